"""The wrapper that gives `predict_one` a meaning where the rare class is rare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from river import base, compose

from streamimb._kernels.answer import true_of
from streamimb._kernels.saved import entries, refused, whole
from streamimb._kernels.thresholded import ThresholdedModel
from streamimb.compose.capabilities import CLASSIFIER, model_of, refuse_stranger
from streamimb.compose.contributions import inner_contributions
from streamimb.compose.tilting import refuse_tilt_around
from streamimb.decision import CostThreshold
from streamimb.decision.threshold import checked_threshold
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, field, finite
from streamimb.protocols import DecisionRule, Features

Time = str | Callable[[Features], float]


class ThresholdedClassifier(ThresholdedModel, Part, base.Wrapper[base.Classifier], base.Classifier):
    """A classifier whose `predict_one` is a decision rule's: True where P(True) is at or above its threshold.

    River's `predict_one` takes the more likely class, which at a base rate of 1 % is False for almost every event. Put
    this around a calibrated classifier, because rules take P(True) as it is.

    An event counts for the rule when it is learned, at the probability of that moment: predictions change nothing. (The
    service counts an event when it is scored.)

    **Cost**: that of the classifier and of the rule; the event is read once.

    Parameters
    ----------
    classifier
        Any River classifier of False and True; it is used itself, not copied.
    rule
        A decision rule (`streamimb.decision`). None: `decision.CostThreshold(miss=1.0)`, which acts from .5 on.
    time
        The field of x that has the time of an event in seconds, or a callable of x, for rules that use time; None: each
        learned event counts as one second.

    Raises
    ------
    ValueError
        An argument of another kind; a classifier of River's that samples or weights the events of one of ours inside
        it; an event whose time is no finite number; a weight `w` that is negative, not finite, or that the classifier
        would drop.

    Examples
    --------
    >>> import random
    >>> from streamimb import ThresholdedClassifier, decision, linear_model
    >>> rng = random.Random(1)
    >>> model = ThresholdedClassifier(linear_model.LogisticRegression(), decision.AlertBudget(share=0.02))
    >>> acted = 0
    >>> for _ in range(10_000):
    ...     y = rng.random() < 0.01
    ...     x = {"a": rng.gauss(2.0 * y, 1)}
    ...     acted += model.predict_one(x)
    ...     model.learn_one(x, y)
    >>> round(acted / 10_000, 2)
    0.02
    """

    _multiclass = False

    def __init__(
        self,
        classifier: base.Classifier | compose.Pipeline,
        rule: DecisionRule | None = None,
        time: Time | None = None,
    ) -> None:
        self.check_idle()
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        refuse_tilt_around(classifier)
        if rule is not None:
            refuse_stranger("rule", rule, DecisionRule, "a decision rule such as decision.AlertBudget()")
        self.classifier: Any = classifier  # typed Any: it has more methods than its base
        self.rule: Any = CostThreshold(miss=1.0) if rule is None else rule
        self.time = None if time is None else field("time", time)
        self._n = 0
        ThresholdedModel.__init__(self, model_of(classifier))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096

    def _time_of(self, x: Features) -> float:
        if self.time is None:
            return float(self._n)
        if callable(self.time):
            t: Any = self.time(x)
        else:
            t = x.get(self.time) if isinstance(x, dict) else None
        if not finite(t):
            raise ValueError(
                "time: an event has no finite number of seconds there: name the field that has it"
            )
        return float(t)

    def _count(self, p: float, x: Features, t: float) -> None:
        self.rule.observe_one(p, x, t)
        self._n += 1

    def threshold_one(self, x: Features) -> float:
        """Return the threshold of the rule for this event; pure."""
        return checked_threshold(self.rule.threshold_one(x, self._time_of(x)))

    def predict_one(self, x: Features, **kwargs: Any) -> bool:
        """Return whether P(True) is at or above the threshold of the rule."""
        return true_of(self.predict_proba_one(x, **kwargs)) >= self.threshold_one(x)

    def contributions_one(self, x: Features) -> dict[Any, float]:
        """Return what each feature adds to the log-odds: the classifier's entries.

        Raises
        ------
        ValueError
            Where the classifier cannot compute contributions.
        """
        return inner_contributions(self.classifier, x)

    def __getstate__(self) -> dict[str, Any]:
        return {"classifier": self.classifier, "rule": self.rule, "time": self.time, "n": self._n}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "classifier", "rule", "time", "n")
        made = ThresholdedClassifier(saved["classifier"], saved["rule"], saved["time"])
        if made.rule is not saved["rule"]:
            raise refused("rule", "a decision rule")
        made._n = whole(saved, "n")
        self.check_idle()
        vars(self).update(vars(made))
        ThresholdedModel.__init__(self, model_of(self.classifier))
