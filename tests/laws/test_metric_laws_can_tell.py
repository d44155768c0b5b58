"""Each law of metrics on a metric that breaks it: a law that never fails says nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from river import base

from streamimb import checks
from streamimb.protocols import Reading

SHARED: list[float] = []


class Good(base.Base):
    """A lawful one, to be broken: the mean squared error, of the last 20 events."""

    def __init__(self, n: int = 20) -> None:
        self.n = n
        self._last: list[tuple[float, float]] = []

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        p = y_pred[True] if isinstance(y_pred, Mapping) else y_pred
        if not (0.0 <= p <= 1.0 and 0.0 <= w < math.inf):
            raise ValueError("y_pred or w")
        if w > 0.0:
            self._last = [*self._last, ((y_true - p) ** 2, min(w, 1e15))][-self.n :]

    def get(self) -> float:
        weight = sum(w for _, w in self._last)
        return sum(w * error for error, w in self._last) / weight if weight > 0.0 else math.nan

    def merge(self, other: Any) -> None:
        if type(other) is not type(self):
            raise ValueError("other")
        self._last = [*self._last, *other._last][-self.n :]

    def readings(self) -> Iterator[Reading]:
        yield Reading("brier", "Mean squared error.", self.get())


class HalvesItsParameter(Good):
    def __init__(self, n: int = 20) -> None:
        super().__init__(n // 2)


class WantsAFloat(Good):
    def __init__(self, n: int = 20, times: float = 1.0) -> None:
        super().__init__(n)
        self.times = times

    def get(self) -> float:
        return super().get() if isinstance(self.times, float) else 0.0


class Shares(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred, w)
        self._all = SHARED
        SHARED.append(w)


class SavesTheTime(Good):
    def __getstate__(self) -> Any:
        return {"n": self.n, "_last": self._last, "_now": random.random()}


class ForgetsOnSaving(Good):
    def __getstate__(self) -> Any:
        return {"n": self.n, "_last": self._last[-5:]}


class Grows(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred, w)
        self._history = [*getattr(self, "_history", []), random.random()]


class TakesPairs(Good):
    def update(self, value: Any) -> None:  # type: ignore[override]
        super().update(*value)


class HasNoReadings(base.Base):
    def __init__(self) -> None:
        self._n = 0

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        self._n += 1


class CountsQuestions(Good):
    def get(self) -> float:
        self._asked = getattr(self, "_asked", 0) + 1
        return super().get()


class SaysTwoThings(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("brier", "Mean squared error.", random.random())


class ReadsFalse(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred[False] if isinstance(y_pred, Mapping) else y_pred, w)


class OtherWayIn(Good):
    def update_p(self, y: bool, p: float, w: float = 1.0) -> None:
        self.update(not y, p, w)


class AcceptsAnyProbability(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        p = y_pred[True] if isinstance(y_pred, Mapping) else y_pred
        super().update(y_true, p if 0.0 <= p <= 1.0 else 0.5, w)


class Labels(Good):
    """A lawful metric of labels: the error rate."""

    requires_labels = True

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        said = max(y_pred, key=y_pred.__getitem__) if isinstance(y_pred, Mapping) else y_pred
        if said not in (0, 1):
            raise ValueError("y_pred is no label")
        super().update(y_true, float(said), w)


class AcceptsAnyLabel(Labels):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred if isinstance(y_pred, Mapping | int) else False, w)


class TakesTheLeastProbable(Labels):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(
            y_true, min(y_pred, key=y_pred.__getitem__) if isinstance(y_pred, Mapping) else y_pred, w
        )


class Features(Good):
    """A lawful metric that needs features: errors weighted by an amount."""

    requires_x = True

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0, x: Any = None) -> None:
        super().update(y_true, y_pred, w * x["amount"])


class WeighsTheFeaturesOnly(Features):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0, x: Any = None) -> None:
        Good.update(self, y_true, y_pred, x["amount"])


class AcceptsAnyWeight(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred, w if 0.0 <= w < math.inf else 1.0)


class CountsNothingAsOne(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred, w or 1.0)


class Overflows(Good):
    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        super().update(y_true, y_pred, w)
        if w > 0.0:
            self._last[-1] = (self._last[-1][0], w)


class NamedLikeAClass(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("Brier", "Mean squared error.", self.get())


class AddsTotal(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("brier_total", "Mean squared error.", self.get())


class HasNoHelp(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("brier", "", self.get())


class NamesOneTwice(Good):
    def readings(self) -> Iterator[Reading]:
        yield from super().readings()
        yield from super().readings()


class ReadsLater(Good):
    def readings(self) -> Iterator[Reading]:
        if self._last:
            yield from super().readings()


class NamesTheEvents(Good):
    def readings(self) -> Iterator[Reading]:
        value = {str(i): 0.0 for i in range(300)}
        yield Reading("brier", "Mean squared error.", value, labels=("event",))


class LacksALabel(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("brier", "Mean squared error.", self.get(), labels=("stage",))


class ReadsText(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("brier", "Mean squared error.", str(self.get()))  # type: ignore[arg-type]


class NeverKnows(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("brier", "Mean squared error.", math.nan)


class PutsTheOtherFirst(Good):
    def merge(self, other: Any) -> None:
        self._last = [*other._last, *self._last][-self.n :]


class TakesFromTheOther(Good):
    def merge(self, other: Any) -> None:
        super().merge(other)
        other._last = []


class ForgetsOnMerging(Good):
    def merge(self, other: Any) -> None:
        super().merge(other)
        self._last = self._last[1:]


class MergesAnything(Good):
    def merge(self, other: Any) -> None:
        if type(other) is type(self):
            super().merge(other)


BROKEN: list[tuple[type, str]] = [
    (HalvesItsParameter, "parameters_are_kept"),
    (WantsAFloat, "a_whole_number_works_as_its_float"),
    (Shares, "clone_forgets"),
    (SavesTheTime, "saves_are_equal"),
    (ForgetsOnSaving, "resume_is_uninterrupted"),
    (Grows, "memory_"),
    (TakesPairs, "it_is_a_metric"),
    (HasNoReadings, "it_is_a_metric"),
    (CountsQuestions, "reading_is_pure"),
    (SaysTwoThings, "reading_is_pure"),
    (ReadsFalse, "probabilities_come_in_three_ways"),
    (OtherWayIn, "probabilities_come_in_three_ways"),
    (AcceptsAnyProbability, "what_is_no_probability_is_refused"),
    (AcceptsAnyLabel, "what_is_no_probability_is_refused"),
    (TakesTheLeastProbable, "probabilities_come_in_three_ways"),
    (WeighsTheFeaturesOnly, "weights_arrive_safely"),
    (AcceptsAnyWeight, "weights_arrive_safely"),
    (CountsNothingAsOne, "weights_arrive_safely"),
    (Overflows, "weights_arrive_safely"),
    (NamedLikeAClass, "readings_are_fit_to_export"),
    (AddsTotal, "readings_are_fit_to_export"),
    (HasNoHelp, "readings_are_fit_to_export"),
    (NamesOneTwice, "readings_are_fit_to_export"),
    (ReadsLater, "readings_are_fit_to_export"),
    (NamesTheEvents, "readings_are_fit_to_export"),
    (LacksALabel, "readings_are_fit_to_export"),
    (ReadsText, "readings_are_fit_to_export"),
    (NeverKnows, "readings_are_fit_to_export"),
    (PutsTheOtherFirst, "merge_is_the_concatenation"),
    (TakesFromTheOther, "merge_is_the_concatenation"),
    (ForgetsOnMerging, "empty_is_neutral"),
    (MergesAnything, "another_kind_is_refused"),
]


@pytest.mark.parametrize("law", checks.METRIC_LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("kind", [Good, Labels, Features])
def test_the_lawful_metric_obeys(law: Callable[[Any], None], kind: type) -> None:
    law(kind())


@pytest.mark.parametrize(("kind", "name"), BROKEN, ids=lambda part: getattr(part, "__name__", part))
def test_the_law_can_tell(kind: type, name: str) -> None:
    (law,) = [law for law in checks.METRIC_LAWS if law.__name__.startswith(name)]
    with pytest.raises(checks.LawBroken):
        law(kind())


def test_every_law_is_broken_by_something() -> None:
    assert all(any(law.__name__.startswith(name) for _, name in BROKEN) for law in checks.METRIC_LAWS)
