"""Linear learners, named as in River. They know kernels and statistics, and nothing of policies."""

from streamimb.linear_model.logistic_regression import LogisticRegression

__all__ = ["LogisticRegression"]
