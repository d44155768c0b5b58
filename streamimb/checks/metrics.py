"""The laws of a `Metric`: River's `update`, pure reading, merging as one stream after the other, valid readings.

A metric with `requires_labels` gets labels in place of probabilities; one with `requires_x` gets features too.
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

from streamimb.checks.merging import merging
from streamimb.checks.parts import Law, LawBroken, common, require, weights_are_safe
from streamimb.checks.state_data import data_of
from streamimb.exportable import fit
from streamimb.protocols import Metric, ProbabilityMetric, Reading

TOLERANCE = 1e-9  # relative: a merge multiplies by a power of the fade once, a stream by the fade many times
NO_PROBABILITIES = (-0.1, 1.1, math.nan, math.inf)
NO_LABELS = (None, math.nan, 2.5, (1, 2))


def event(i: int) -> tuple[bool, float]:
    """Event i of the test stream: its class and probability, with ties; true until event 1,000, then doubled."""
    rng = random.Random(i)
    truth = round(rng.betavariate(0.6, 5.0), 2)
    return rng.random() < truth, truth if i < 1_000 else min(1.0, 2.0 * truth)


def teach(metric: Any, first: int, n: int) -> list[Any]:
    """Update it with n events from the first on; return its value after some, as text, so that nan equals nan.

    A value is asked for after every 37th event and the last: some metrics sort what they hold.
    """
    said = []
    for i in range(first, first + n):
        _give(metric, *event(i), i)
        if i % 37 == 0 or i == first + n - 1:
            said.append(repr(metric.get()))
    return said


def _give(metric: Any, y: bool, p: float, i: int = 0, w: float = 1.0) -> None:
    """Update it with event i: P(True), or the label at .2 where it takes labels; features where it needs them."""
    said = p >= 0.2 if _takes_labels(metric) else p
    if getattr(metric, "requires_x", False):
        metric.update(y, said, w, features(i))
    else:
        metric.update(y, said, w)


def _takes_labels(metric: Any) -> bool:
    return bool(getattr(metric, "requires_labels", False))


def features(i: int) -> dict[str, Any]:
    """Features of event i for metrics with `requires_x`: the fields t (a time in s), user, amount, cost."""
    return {"t": 600.0 * i, "user": f"u{i * i % 7}", "amount": 1.0 + i % 5, "cost": 0.5 + i % 3}


def it_is_a_metric(metric: Any) -> None:
    """It has the methods of the protocol, and `update` takes (y_true, y_pred) and (y_true, y_pred, w)."""
    require(isinstance(metric, Metric), "update, get, merge or readings is missing")
    pupil = metric.clone()
    try:
        _give(pupil, True, 0.5)
        _give(pupil, False, 0.5, 1, 2.0)
    except TypeError as error:
        raise LawBroken(f"update does not take (y_true, y_pred, w): {error}") from error


def reading_is_pure(metric: Any) -> None:
    """`get` and `readings` change nothing, return the same twice, and work before the first update."""
    pupil = metric.clone()
    for n in (0, 100):
        teach(pupil, 0, n)
        before = data_of(pupil)
        require(repr(pupil.get()) == repr(pupil.get()), "two calls of get returned different results")
        require(
            repr(list(pupil.readings())) == repr(list(pupil.readings())),
            "two calls of readings returned different results",
        )
        require(data_of(pupil) == before, "reading changed the metric")


def probabilities_come_in_three_ways(metric: Any) -> None:
    """P(True), the probabilities of both classes, and `update_p` where there is one, have the same effect.

    So have a label and probabilities with that label the most probable, where a metric takes labels.
    """
    ways = [metric.clone() for _ in range(3)]
    for i in range(200):
        y, p = event(i)
        more = (1.0, features(i)) if getattr(metric, "requires_x", False) else ()
        both = {False: 1.0 - p, True: p}
        if _takes_labels(metric):
            said = p > 0.5
            ways[0].update(y, said, *more)
            ways[1].update(y, both, *more)
            ways[2].update(int(y), int(said), *more)
            continue
        ways[0].update(y, p, *more)
        ways[1].update(y, both, *more)
        if isinstance(metric, ProbabilityMetric) and not more:
            ways[2].update_p(y, p)
        else:
            ways[2].update(y, p, *(more or (1.0,)))
    require(data_of(ways[1]) == data_of(ways[0]), "a mapping has another effect than its P(True)")
    require(
        data_of(ways[2]) == data_of(ways[0]), "update_p, or a weight of 1, has another effect than update"
    )


def what_is_no_probability_is_refused(metric: Any) -> None:
    """NaN and numbers outside [0, 1] raise ValueError and change nothing; so does what is no label."""
    pupil = metric.clone()
    teach(pupil, 0, 50)
    before = data_of(pupil)
    more = (1.0, features(50)) if getattr(metric, "requires_x", False) else ()
    for p in NO_LABELS if _takes_labels(metric) else NO_PROBABILITIES:
        for given in (p,) if _takes_labels(metric) else (p, {False: 0.5, True: p}):
            try:
                pupil.update(True, given, *more)
            except ValueError:
                require(data_of(pupil) == before, f"{p} was refused, but changed something")
            else:
                raise LawBroken(f"{p} was accepted; raise ValueError")


def _update(metric: Any, w: float, y: bool) -> None:
    _give(metric, y, 0.2, 100, w)


def weights_arrive_safely(metric: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves a number."""
    for y in (False, True):
        pupil = metric.clone()
        teach(pupil, 0, 100)
        weights_are_safe(pupil, functools.partial(_update, y=y))
        require(not any(map(math.isnan, _values(pupil))), "a huge weight left it not a number")
        teach(pupil, 100, 100)
        require(not any(map(math.isnan, _values(pupil))), "a huge weight left it not a number")


def readings_are_fit_to_export(metric: Any) -> None:
    """Names, help texts and labels are valid and do not depend on the events, and values are numbers."""
    pupil = metric.clone()
    before = [described(reading) for reading in pupil.readings()]
    require(bool(before), "it has no reading")
    require(len({name for name, *_ in before}) == len(before), "two readings have one name")
    for n in (1, 300):
        teach(pupil, 0, n)
        after = [described(reading) for reading in pupil.readings()]
        require(after == before, "what it has seen changes the names, kinds or labels of its readings")
    require(
        not any(map(math.isnan, _values(pupil))), "a reading is no number after 300 events of both classes"
    )


def described(reading: Reading) -> tuple[str, str, str, tuple[str, ...]]:
    """Return the fixed attributes of a reading; raise LawBroken where it is not valid."""
    try:
        fit(reading)
    except ValueError as error:
        raise LawBroken(str(error)) from error
    return reading.name, reading.help, reading.kind, reading.labels


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _numbers(inner)
    else:
        yield value


def _values(metric: Any) -> list[float]:
    return [value for reading in metric.readings() for value in _numbers(reading.value)]


def another_kind_is_refused(metric: Any) -> None:
    """Merging what is no metric of this class raises ValueError and changes nothing."""
    pupil = metric.clone()
    teach(pupil, 0, 30)
    before = data_of(pupil)
    for other in (object(), 0.5):
        try:
            pupil.merge(other)
        except ValueError:
            require(data_of(pupil) == before, "a merge was refused, but changed something")
        else:
            raise LawBroken(f"merging a {type(other).__name__} was accepted; raise ValueError")


def _same(one: Any, other: Any, message: str) -> None:
    pairs = zip(_values(one), _values(other), strict=True)
    require(
        all(math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-12) or (a != a and b != b) for a, b in pairs),
        message,
    )


METRIC_LAWS: tuple[Law, ...] = (
    *common(teach),
    it_is_a_metric,
    reading_is_pure,
    probabilities_come_in_three_ways,
    what_is_no_probability_is_refused,
    weights_arrive_safely,
    readings_are_fit_to_export,
    *merging(teach, _same),
    another_kind_is_refused,
)
