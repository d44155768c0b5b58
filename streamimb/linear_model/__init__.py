"""Linear and additive learners, named as in River and pyGAM."""

from streamimb.linear_model.logistic_gam import LogisticGAM
from streamimb.linear_model.logistic_regression import LogisticRegression
from streamimb.linear_model.normalized_head import NormalizedHead
from streamimb.linear_model.softmax_gam import SoftmaxGAM
from streamimb.linear_model.softmax_regression import SoftmaxRegression

__all__ = ["LogisticGAM", "LogisticRegression", "NormalizedHead", "SoftmaxGAM", "SoftmaxRegression"]
