"""The wrapper that gives `predict_one` a meaning where the rare class is rare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from river import base, compose

from streamimb._kernels.answer import true_of
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, whole
from streamimb.compose.capabilities import CLASSIFIER, Traits, refuse_stranger
from streamimb.decision import CostThreshold
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, finite, refuse
from streamimb.protocols import DecisionRule, Features

Time = str | Callable[[Features], float]


class ThresholdedClassifier(Part, base.Wrapper[base.Classifier], base.Classifier):
    """A classifier whose `predict_one` is a decision rule's: True where P(True) is at or above its threshold.

    River's `predict_one` takes the more likely class, which at a base rate of 1 % is False for almost every event. Put
    this around a calibrated classifier, because rules take P(True) as it is.

    An event counts for the rule when it is learned, at the probability of that moment: predictions change nothing. (The
    service counts an event when it is scored.)

    **Cost**: one prediction, and that of the rule.

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
        An argument of another kind; an event whose time is no finite number; a weight `w` that is negative, not finite,
        or that the classifier would drop.

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
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        if rule is not None:
            refuse_stranger("rule", rule, DecisionRule, "a decision rule such as decision.AlertBudget()")
        if time is not None and not callable(time) and (not isinstance(time, str) or not time):
            refuse("time", time, "the name of a field, a callable of x, or None")
        self.classifier: Any = classifier
        self.rule: Any = CostThreshold(miss=1.0) if rule is None else rule
        self.time = time
        self._traits = Traits(classifier)
        self._n = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    def _time_of(self, x: Features) -> float:
        if self.time is None:
            return float(self._n)
        t = x.get(self.time) if isinstance(self.time, str) else self.time(x)
        if not finite(t):
            raise ValueError(
                "time: an event has no finite number of seconds there: name the field that has it"
            )
        return float(t)  # type: ignore[arg-type]  # `finite` has checked it

    def predict_proba_one(self, x: Features, **kwargs: Any) -> dict[Any, float]:
        """Return the probabilities of the classifier."""
        return self.classifier.predict_proba_one(x, **kwargs)  # type: ignore[no-any-return]

    def threshold_one(self, x: Features) -> float:
        """Return the threshold of the rule for this event; pure."""
        return self.rule.threshold_one(x, self._time_of(x))  # type: ignore[no-any-return]

    def predict_one(self, x: Features, **kwargs: Any) -> bool:
        """Return whether P(True) is at or above the threshold of the rule."""
        return true_of(self.predict_proba_one(x, **kwargs)) >= self.threshold_one(x)

    def learn_one(self, x: Features, y: Any, w: float = 1.0, **kwargs: Any) -> None:
        """Learn the event, then count it once for the rule, at its probability before it was learned."""
        if not self._traits.takes(checked_weight(w)):
            return
        t, p = self._time_of(x), true_of(self.classifier.predict_proba_one(x))
        if w != 1.0:
            kwargs["w"] = w
        self.classifier.learn_one(x, y, **kwargs)
        self.rule.observe_one(p, x, t)
        self._n += 1

    def __getstate__(self) -> dict[str, Any]:
        return {"classifier": self.classifier, "rule": self.rule, "time": self.time, "n": self._n}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "classifier", "rule", "time", "n")
        fresh = ThresholdedClassifier(saved["classifier"], saved["rule"], saved["time"])
        fresh._n = whole(saved, "n")
        vars(self).update(vars(fresh))
