"""The laws every part obeys, as plain functions that third parties can run on parts of their own.

A law takes an instance, teaches clones of it, and raises `LawBroken` (an AssertionError) with what is
wrong. `for law in checks.SAMPLER_LAWS: law(MySampler())`.
"""

from streamimb.checks.calibrators import CALIBRATOR_LAWS, is_monotone
from streamimb.checks.classifiers import CLASSIFIER_LAWS
from streamimb.checks.metrics import METRIC_LAWS
from streamimb.checks.parts import Law, LawBroken
from streamimb.checks.samplers import SAMPLER_LAWS, reaches
from streamimb.checks.statistics import MERGE_LAWS, STATISTIC_LAWS

__all__ = [
    "CALIBRATOR_LAWS",
    "CLASSIFIER_LAWS",
    "MERGE_LAWS",
    "METRIC_LAWS",
    "SAMPLER_LAWS",
    "STATISTIC_LAWS",
    "Law",
    "LawBroken",
    "is_monotone",
    "reaches",
]
