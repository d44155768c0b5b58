"""Linear learners, named as in River."""

from streamimb.linear_model.logistic_regression import LogisticRegression

__all__ = ["LogisticRegression"]
