"""The laws that every part obeys, as plain functions that third parties can run on their own parts.

A law of a part that learns takes an instance, teaches clones of it, and raises `LawBroken` (an AssertionError) with
what is wrong: `for law in checks.SAMPLER_LAWS: law(MySampler())`. A law of a connection takes functions that open it,
see `checks.sources`, `checks.sinks` and `checks.stores`.
"""

from streamimb.checks.anchors import ANCHOR_LAWS
from streamimb.checks.calibrators import CALIBRATOR_LAWS, does_no_harm, is_monotone, starts_as_the_identity
from streamimb.checks.class_calibrators import CLASS_CALIBRATOR_LAWS
from streamimb.checks.class_corrections import classes_are_true_or_refused
from streamimb.checks.class_offset_learners import CLASS_OFFSET_LEARNER_LAWS
from streamimb.checks.classifiers import CLASSIFIER_LAWS
from streamimb.checks.conformal import CONFORMAL_LAWS
from streamimb.checks.corrections import is_true_or_refused
from streamimb.checks.decision_rules import DECISION_RULE_LAWS
from streamimb.checks.drift_detectors import DRIFT_DETECTOR_LAWS
from streamimb.checks.label_policies import LABEL_POLICY_LAWS
from streamimb.checks.losses import LOSS_LAWS
from streamimb.checks.metrics import METRIC_LAWS
from streamimb.checks.offset_learners import OFFSET_LEARNER_LAWS
from streamimb.checks.parts import Law, LawBroken
from streamimb.checks.reservoirs import RESERVOIR_LAWS
from streamimb.checks.routes import ROUTE_LAWS
from streamimb.checks.samplers import SAMPLER_LAWS, reaches
from streamimb.checks.scorers import SCORER_LAWS
from streamimb.checks.sinks import SINK_LAWS
from streamimb.checks.sources import SOURCE_LAWS
from streamimb.checks.state_data import data_of
from streamimb.checks.statistics import MERGE_LAWS, STATISTIC_LAWS
from streamimb.checks.stores import STORE_LAWS
from streamimb.checks.synthesizers import SYNTHESIZER_LAWS

__all__ = [
    "ANCHOR_LAWS",
    "CALIBRATOR_LAWS",
    "CLASSIFIER_LAWS",
    "CLASS_CALIBRATOR_LAWS",
    "CLASS_OFFSET_LEARNER_LAWS",
    "CONFORMAL_LAWS",
    "DECISION_RULE_LAWS",
    "DRIFT_DETECTOR_LAWS",
    "LABEL_POLICY_LAWS",
    "LOSS_LAWS",
    "MERGE_LAWS",
    "METRIC_LAWS",
    "OFFSET_LEARNER_LAWS",
    "RESERVOIR_LAWS",
    "ROUTE_LAWS",
    "SAMPLER_LAWS",
    "SCORER_LAWS",
    "SINK_LAWS",
    "SOURCE_LAWS",
    "STATISTIC_LAWS",
    "STORE_LAWS",
    "SYNTHESIZER_LAWS",
    "Law",
    "LawBroken",
    "classes_are_true_or_refused",
    "data_of",
    "does_no_harm",
    "is_monotone",
    "is_true_or_refused",
    "reaches",
    "starts_as_the_identity",
]
