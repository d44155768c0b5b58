"""Linear learners, named as in River."""

from streamimb.linear_model.logistic_regression import LogisticRegression
from streamimb.linear_model.softmax_regression import SoftmaxRegression

__all__ = ["LogisticRegression", "SoftmaxRegression"]
