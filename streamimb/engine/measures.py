"""The metrics of one engine: served probabilities, label delays by class, and the share never measured."""

from collections.abc import Callable, Iterator
from typing import Any

from river import base

from streamimb._kernels.saved import entries, refused
from streamimb._kernels.watch import Watch
from streamimb.compose import GuardedClassifier
from streamimb.engine.class_delays import TWOFOLD, ClassDelays
from streamimb.engine.followed_prior import FollowedPrior
from streamimb.engine.other_metrics import OtherMetrics
from streamimb.metrics import ExpectedPerformance
from streamimb.metrics.served import ServedMetrics
from streamimb.protocols import Features, Reading, Served
from streamimb.stats import DecayedMean, DecayedQuantiles

Methods = tuple[Callable[..., Served], Callable[..., Served], Callable[..., Served]]


def taking(measures: Any) -> Callable[..., None]:
    """Return what measures a row and its label, of weight 1 if none is given; with its fields where one reads these.

    `measures` are `Measures` or `ClassMeasures`.
    """
    served, others = measures.served, measures.others
    if not others.of_x and not others.decides:
        take: Callable[..., None] = served.take
        return take

    def take_with_fields(row: Any, y: Any, w: float = 1.0) -> None:
        served.take(row, y, w)
        if others.decides:
            measures.add_decided(y, row.calibrated, row.acted, w)
        if others.of_x:
            others.add_x(y, row.calibrated if row.by_class is None else row.by_class, row.fields(), w)

    return take_with_fields


def measuring(measures: Any, *, cold: bool) -> Callable[[Served, Any, Features | None, Any], None] | None:
    """Return what measures an event that brings its label: what was served, label, columns beside, what was decided.

    None where `measures.served.add` does, which needs no features and no decision: of two classes.
    """
    served, others = measures.served, measures.others
    if not measures.classes and not others.of_x and not others.decides:
        return None

    def measure(said: Served, y: Any, beside: Features | None, decided: Any) -> None:
        if said.by_class is None:
            served.add(said.raw, said.corrected, said.calibrated, y)
        else:
            served.add(said.by_class, y)
        if decided is not None:
            measures.add_decided(y, said.calibrated, decided.acted)
        if others.of_x:
            others.add_x(
                y,
                said.calibrated if said.by_class is None else said.by_class,
                {**said.x, **beside} if beside else said.x,
            )

    return leave_out if cold else measure


def leave_out(said: Served, y: Any, beside: Features | None, decided: Any) -> None:
    """Do nothing: takes the place of what measures while the model is cold."""


class Measures(base.Base):
    """The metrics of one engine, each decayed and bounded in memory.

    `served` takes every measured event once, at its label or maturity. `delay_positive` and `delay_negative`
    are seconds from event to label, without labels that came with their event. `served.measured_share()` is the
    decayed share of remembered events that were measured before they expired or were evicted: below 1, the
    other metrics cover only the events whose label came. `late_share` is the decayed share of reported
    positives that came after their window. `expected` has precision and recall before labels, beside those measured.
    `others` are a user's own metrics, which `follow` sets.

    Cost: about .1 µs per measured event, compiled.

    Parameters
    ----------
    half_life
        Measured events after which one counts half; > 0.
    threshold
        P(True) from which an event counts as an alert in `expected`; not where a decision rule acts on events.

    Examples
    --------
    >>> measures = Measures()
    >>> measures.served.add(0.5, 0.1, 0.1, True)
    >>> round(measures.served.log_loss.get(), 3)
    2.303
    """

    def __init__(self, half_life: float = 20_000, threshold: float = 0.5) -> None:
        self.half_life, self.threshold = half_life, threshold
        self._expected = ExpectedPerformance(threshold, half_life=half_life)
        self._served = ServedMetrics(half_life)
        self._delays = ClassDelays((False, True))
        self._late_share = DecayedMean(2_000)
        self._others = OtherMetrics({})

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def __getstate__(self) -> dict[str, Any]:
        return {
            "half_life": self.half_life,
            "threshold": self.threshold,
            "expected": self._expected,
            "served": self._served,
            "delays": self._delays.state(),
            "late_share": self._late_share,
        }  # the others are saved apart, so that a state loads where one of them is no longer known

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "threshold", "expected", "served", "delays", "late_share")
        fresh = Measures(saved["half_life"], saved["threshold"])  # refuses invalid parameters
        parts = (saved["expected"], saved["served"], saved["late_share"])
        made = (fresh._expected, fresh._served, fresh._late_share)
        for part, own in zip(parts, made, strict=True):
            if type(part) is not type(own) or part._get_params() != own._get_params():
                raise refused("measures", "metrics with the parameters that follow from theirs")
        fresh._expected, fresh._served, fresh._late_share = parts
        fresh._delays = ClassDelays.of_state(saved["delays"], (False, True))
        vars(self).update(vars(fresh))

    @property
    def classes(self) -> tuple[str, ...]:
        """None by name: they are True and False."""
        return ()

    def follow(self, others: OtherMetrics, *more: Callable[[bool, float, float], None]) -> None:
        """Update these metrics too from now on, and call each of `more` with the label, the probability and weight."""
        self._others = others
        expected = () if others.decides else (self._expected.update_p,)  # else `add_decided` does
        self._served.feed(*expected, *((others.add,) if others.metrics else ()), *more)

    def add_decided(self, y: bool, p: float, acted: bool | None, w: float = 1.0) -> None:
        """Add what was decided on a measured event; None where there was no rule yet."""
        if acted is None:
            self._expected.update_p(y, p, w)
        else:
            self._expected.update_acted(y, p, acted, w)
            self._others.add_decision(y, acted, w)

    @property
    def others(self) -> OtherMetrics:
        """The user's own metrics."""
        return self._others

    def methods_of(self, model: GuardedClassifier) -> Methods:
        """The methods of a model that serve P(True); that serve it and learn; and that serve after a failure."""
        return model.serve_one, model.serve_learn_one, model.serve_again_one

    @property
    def answer(self) -> None:
        """None: the score itself is the answer to an event."""
        return None

    def extend_to(self, classes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the classes that were added: none."""
        return ()

    def follow_scores(self, watch: Watch, prior: FollowedPrior, others: OtherMetrics) -> None:
        """Let what is expected, the prior, and metrics of what is served follow each score from now on."""
        expected = () if others.decides else (self._expected.serve,)  # else the decision comes with it
        served = (others.serve,) if others.of_served else ()
        watch.follow(*expected, prior.free.update, *served)

    def look_at(self, prior: FollowedPrior, *, overdue: bool) -> None:
        """Let the prior follow what was measured."""
        prior.look(self._served, overdue=overdue)

    def readings_of(self, prior: FollowedPrior, silent_n: float) -> Iterator[Reading]:
        """Return the readings of the prior, after so many events without a label."""
        return prior.readings(self._served, silent_n)

    @property
    def expected(self) -> ExpectedPerformance:
        """What the probabilities served let expect, and what came."""
        return self._expected

    @property
    def served(self) -> ServedMetrics:
        """All metrics of served probabilities."""
        return self._served

    @property
    def delay_positive(self) -> DecayedQuantiles:
        """Seconds from a positive event to its label."""
        return self._delays.of[True]

    @property
    def delay_negative(self) -> DecayedQuantiles:
        """Seconds from a negative event to its label, where negatives are reported."""
        return self._delays.of[False]

    @property
    def late_share(self) -> DecayedMean:
        """Share of reported positives that came after their window."""
        return self._late_share

    def orphan(self, y: Any) -> None:
        """Add a label whose event was not found."""
        self._served.orphan(y)

    def report(self, *, late: bool) -> None:
        """Add a reported positive, which came after its window or within it."""
        self._late_share.update(1.0 if late else 0.0)

    def delay(self, y: Any, seconds: float) -> None:
        """Add the delay of one label."""
        self._delays.add(y, seconds)

    @property
    def delays(self) -> ClassDelays:
        """The delays of both classes, and whether they differ; learning at the label then favours the fast class."""
        return self._delays

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield from self._served.readings()
        for reading in self._expected.readings():
            if reading.name != "provisional_cost":  # the engine knows no costs
                yield reading
        yield Reading(
            "label_delay_seconds",
            "Median delay of labels.",
            {"true": self.delay_positive.quantile(0.5), "false": self.delay_negative.quantile(0.5)},
            labels=("y",),
            unit="s",
        )
        yield Reading(
            "label_delays_differ",
            "1 where the classes' median delays differ twofold, by more than chance.",
            float(self._delays.differ(TWOFOLD)),
        )
        yield Reading(
            "late_share",
            "Share of positives that came after their window.",
            self._late_share.get(),
            unit="share",
        )
        yield from self._others.readings()
