"""The metrics of one engine over classes by name: served probabilities and decisions, and label delays by class."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from river import base

from streamimb._kernels.saved import entries, refused
from streamimb._kernels.watch import Watch
from streamimb.compose import GuardedClassifier
from streamimb.engine.class_delays import TWOFOLD, ClassDelays
from streamimb.engine.decided import Decided
from streamimb.engine.followed_prior import FollowedPrior
from streamimb.engine.measures import Measures, Methods
from streamimb.engine.other_metrics import OtherMetrics
from streamimb.engine.settings import Settings
from streamimb.events import ClassScore, Score
from streamimb.metrics.served_classes import ServedClasses
from streamimb.protocols import Reading, Served


class ClassMeasures(base.Base):
    """What `Measures` is for True and False, for classes by name.

    `served` takes every measured event once, at its label. `delays` has the seconds from event to label by class,
    without labels that came with their event. `others` are a user's own metrics, which `follow` sets.

    Cost: about .3 µs per measured event and class.

    Parameters
    ----------
    classes
        Names of the classes; `extend` adds further ones.
    half_life
        Measured events after which one counts half; > 0.

    Examples
    --------
    >>> measures = ClassMeasures(("a", "b"))
    >>> measures.delay("b", 30.0)
    >>> measures.delays.of["b"].weight()
    1.0
    """

    def __init__(self, classes: tuple[str, ...], half_life: float = 20_000) -> None:
        self.classes = classes
        self.half_life = half_life
        self._served = ServedClasses(classes, half_life)
        self._delays = ClassDelays(classes)
        self._others = OtherMetrics({}, classes)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classes": ("a", "b", "c"), "half_life": 100}

    def __getstate__(self) -> dict[str, Any]:
        return {"served": self._served, "delays": self._delays.state()}  # the others are saved apart

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "served", "delays")
        served = saved["served"]
        if type(served) is not ServedClasses:
            raise refused("served", "metrics of classes")
        fresh = ClassMeasures(served.classes, served.half_life)
        fresh._delays = ClassDelays.of_state(saved["delays"], served.classes)
        fresh._served = served
        vars(self).update(vars(fresh))

    def follow(self, others: OtherMetrics, *more: Callable[[bool, float, float], None]) -> None:
        """Update these metrics too from now on; nothing of P(True) is passed on to `more`."""
        others.extend(self.classes)
        self._others = others
        self._served.feed(others.add_class if others.metrics else None)

    def methods_of(self, model: GuardedClassifier) -> Methods:
        """The methods of a model that serve P of each class; that serve it and learn; and that serve after a failure.

        A classifier that keeps no class prior is judged by the shares of the classes that were measured.
        """
        methods = model.serve_classes_one, model.serve_learn_classes_one, model.serve_classes_again_one
        serve, serve_learn, serve_again = (
            partial(method, classes=self.classes, shares=self._served.shares) for method in methods
        )
        return serve, serve_learn, serve_again

    @property
    def answer(self) -> Callable[[Score, Served, Decided | None], ClassScore]:
        """What makes the answer to an event of its score."""
        return class_answer

    def extend_to(self, classes: tuple[str, ...]) -> tuple[str, ...]:
        """Measure those of the classes that are new from now on; return them."""
        added = tuple(name for name in classes if name not in self.classes)
        self.extend(added)
        return added

    @property
    def expected(self) -> None:
        """None: classes by name have no expected performance."""
        return None

    def follow_scores(self, watch: Watch, prior: FollowedPrior, others: OtherMetrics) -> None:
        """Do nothing: no P(True) is served."""

    def look_at(self, prior: FollowedPrior, *, overdue: bool) -> None:
        """Do nothing: there is no prior of True."""

    def readings_of(self, prior: FollowedPrior, silent_n: float) -> Iterator[Reading]:
        """Return the readings of the prior of True: none."""
        return iter(())

    @property
    def others(self) -> OtherMetrics:
        """The user's own metrics."""
        return self._others

    @property
    def served(self) -> ServedClasses:
        """All metrics of served probabilities and decisions."""
        return self._served

    @property
    def delays(self) -> ClassDelays:
        """Seconds from event to label, by class, and whether they differ."""
        return self._delays

    def orphan(self, y: Any) -> None:
        """Add a label whose event was not found."""
        self._served.orphan(y)

    def report(self, *, late: bool) -> None:
        """Refuse what belongs to an engine to which only positives are reported."""
        raise TypeError("a ClassMeasures measures labels of every class")

    def extend(self, classes: tuple[str, ...]) -> None:
        """Measure these further classes from now on."""
        self.classes = (*self.classes, *classes)
        self._served.extend(classes)
        self._delays.extend(classes)
        self._others.extend(classes)

    def delay(self, y: Any, seconds: float) -> None:
        """Add the delay of one label."""
        self._delays.add(y, seconds)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield from self._served.readings()
        yield Reading(
            "label_delay_seconds",
            "Median delay of labels.",
            {name: one.quantile(0.5) for name, one in self._delays.of.items()},
            labels=("y",),
            unit="s",
        )
        yield Reading(
            "label_delays_differ",
            "1 where the classes' median delays differ twofold, by more than chance.",
            float(self._delays.differ(TWOFOLD)),
        )
        yield from self._others.readings()


def class_answer(score: Score, served: Served, decided: Decided | None) -> ClassScore:
    """Return a score with its decision, and the calibrated probability of each class.

    Cost: O(classes).
    """
    by_class: Any = served.by_class
    return ClassScore(
        score.id,
        score.t,
        score.p,
        score.raw,
        score.corrected,
        score.calibrated,
        score.model_version,
        score.kept_share,
        by_class.decision,
        {name: calibrated for name, (_, _, calibrated) in by_class.p.items()},
        score.reasons,
    )


def measures_of(classes: tuple[str, ...], settings: Settings) -> Measures | ClassMeasures:
    """Return new measures of an engine that has these classes by name, or none.

    Cost: O(classes).
    """
    if classes:
        return ClassMeasures(classes, settings.half_life)
    return Measures(settings.half_life, settings.threshold)
