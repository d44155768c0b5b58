"""Learners of trees."""

from streamimb.tree.rolling_boosting import RollingBoostingClassifier

__all__ = ["RollingBoostingClassifier"]
