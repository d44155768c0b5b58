"""How a classifier is spoken to: as a scorer of ours, or through River's two verbs.

Chosen once, at construction. Must never know events or labels beyond x and y.
"""

from math import inf
from typing import Any

from river import base

from streamimb.correction.answer import ProbabilityError, true_of
from streamimb.protocols import Features, Scorer, Scores


class ScorerLane:
    """A classifier that is a `Scorer`: it says raw, corrected and calibrated, and what share it keeps.

    Cost: the classifier's.
    """

    __slots__ = ("classifier", "learn_one", "score_learn_one", "scores_one")

    def __init__(self, classifier: Scorer) -> None:
        self.classifier = classifier
        self.scores_one = classifier.scores_one
        self.learn_one = classifier.learn_scored_one
        self.score_learn_one = classifier.score_learn_one

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, decayed."""
        return self.classifier.kept_share


class RiverLane:
    """Any other classifier: raw, corrected and calibrated are its one probability of True.

    Before it has learned a positive such a classifier may not name True: P(True) is then 0. Any other answer without
    a probability of True raises `ProbabilityError`.

    Cost: the classifier's.
    """

    __slots__ = ("classifier", "learn_one")

    kept_share = 1.0

    def __init__(self, classifier: base.Classifier) -> None:
        self.classifier = classifier
        self.learn_one = classifier.learn_one

    def scores_one(self, x: Features) -> Scores:
        """Score x."""
        p = true_of(self.classifier.predict_proba_one(x))
        return Scores(p, p, p)

    def score_learn_one(self, x: Features, y: bool) -> Scores:
        """Score x, then learn it."""
        scores = self.scores_one(x)
        self.learn_one(x, y)
        return scores


def probabilities(scores: Scores) -> tuple[float, float, float]:
    """Return raw, corrected and calibrated as Python's own floats.

    Cost: none worth a figure.

    Raises
    ------
    ArithmeticError
        One of them is no probability.
    """
    raw, corrected, p = float(scores.raw), float(scores.corrected), float(scores.calibrated)
    if not (0.0 <= p <= 1.0 and 0.0 <= raw <= 1.0 and 0.0 <= corrected <= 1.0):
        raise ArithmeticError
    return raw, corrected, p


def share_of(lane: ScorerLane | RiverLane, before: float) -> float:
    """Return the kept share; the one of before where the classifier raises or gives no share.

    Cost: the classifier's.
    """
    try:
        share = float(lane.kept_share)
    except Exception:  # noqa: BLE001  a user's model may raise anything; what it learned stays learned
        return before
    return share if 0.0 <= share < inf else before


def named(error: Exception) -> str:
    """Return what a log may show of an exception: its class, and its message only where streamimb wrote it.

    Any other message may quote the value of a feature.

    Cost: none worth a figure.
    """
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, ProbabilityError) else name


def lane_of(classifier: Any) -> ScorerLane | RiverLane:
    """Return the way to speak to a classifier.

    Cost: once.
    """
    return ScorerLane(classifier) if isinstance(classifier, Scorer) else RiverLane(classifier)
