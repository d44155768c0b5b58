"""Learners of trees."""

from streamimb.tree.hoeffding import HoeffdingTreeClassifier
from streamimb.tree.rolling_boosting import RollingBoostingClassifier

__all__ = ["HoeffdingTreeClassifier", "RollingBoostingClassifier"]
