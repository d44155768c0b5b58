"""Every public drift detector under every law of drift detectors, and each law on a detector that breaks it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from river import base

from streamimb import checks, drift
from streamimb.checks.parts import Law
from streamimb.events import Alarm
from streamimb.protocols import Reading
from tests.laws.table import DRIFT_DETECTORS


@pytest.mark.parametrize("name", DRIFT_DETECTORS)
@pytest.mark.parametrize("law", checks.DRIFT_DETECTOR_LAWS, ids=lambda law: law.__name__)
def test_a_detector_obeys_its_laws(name: str, law: Law) -> None:
    law(DRIFT_DETECTORS[name]())


def test_every_detector_is_in_the_table() -> None:
    assert set(drift.__all__) == {name.partition(" ")[0] for name in DRIFT_DETECTORS}


class Good(base.DriftDetector):
    """A lawful one, to be broken: the share of True among the last 500 labels."""

    watches = "labelled scores"

    def __init__(self, n: int = 500) -> None:
        super().__init__()
        self.n = n
        self._last: list[float] = []
        self._found = False

    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        if not (0.0 <= p <= 1.0 and 0.0 <= w < math.inf):
            raise ValueError("p or w")
        if w > 0.0:
            self._last = [*self._last, float(y)][-self.n :]
            self._found = len(self._last) == self.n and sum(self._last) > 0.2 * self.n

    @property
    def drift_detected(self) -> bool:
        return self._found

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        found = Alarm("prior", "prior", (), {"share": sum(self._last) / self.n}, "Look at the labels.")
        return (found,) if self._found else ()

    def readings(self) -> Iterator[Reading]:
        yield Reading("share", "Share of True.", sum(self._last) / self.n)


class HalvesItsParameter(Good):
    def __init__(self, n: int = 1_000) -> None:
        super().__init__(n // 2)


class Shares(Good):
    SHARED: ClassVar[list[float]] = []

    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        super().update(y, p, w)
        self._all = self.SHARED
        self.SHARED.append(w)


class SavesTheTime(Good):
    SAVES = iter(range(10**9))

    def __getstate__(self) -> Any:
        return {**self.__dict__, "_now": next(self.SAVES)}


class ForgetsOnSaving(Good):
    def __getstate__(self) -> Any:
        return {**self.__dict__, "_last": self._last[:-5]}


class Grows(Good):
    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        super().update(y, p, w)
        self.__dict__.setdefault("_history", []).append(float(p))


class HasNoAlarms(base.DriftDetector):
    watches = "scores"

    def update(self, p: Any, w: float = 1.0) -> None:
        pass


class AlarmsAlways(Good):
    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        super().update(y, p, w)
        self._found = self._found or w > 0.0


class NeverAlarms(Good):
    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        super().update(False, p, w)


class CountsQuestions(Good):
    def readings(self) -> Iterator[Reading]:
        self._asked = getattr(self, "_asked", 0) + 1
        yield from super().readings()


class NamedLikeAClass(Good):
    def readings(self) -> Iterator[Reading]:
        yield Reading("Share", "Share of True.", 0.0)


class AcceptsAnyProbability(Good):
    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        super().update(y, p if 0.0 <= p <= 1.0 else 0.5, w)


class AcceptsAnyWeight(Good):
    def update(self, y: Any, p: Any, w: float = 1.0) -> None:  # type: ignore[override]
        super().update(y, p, w if 0.0 <= w < math.inf else 1.0)


BROKEN: list[tuple[type, str]] = [
    (HalvesItsParameter, "parameters_are_kept"),
    (Shares, "clone_forgets"),
    (SavesTheTime, "saves_are_equal"),
    (ForgetsOnSaving, "resume_is_uninterrupted"),
    (Grows, "memory_"),
    (HasNoAlarms, "it_is_a_detector"),
    (AlarmsAlways, "a_change_is_named"),
    (NeverAlarms, "a_change_is_named"),
    (CountsQuestions, "reading_is_pure"),
    (NamedLikeAClass, "readings_are_fit_to_export"),
    (AcceptsAnyProbability, "what_is_no_probability_is_refused"),
    (AcceptsAnyWeight, "weights_arrive_safely"),
]


@pytest.mark.parametrize("law", checks.DRIFT_DETECTOR_LAWS, ids=lambda law: law.__name__)
def test_the_lawful_detector_obeys(law: Callable[[Any], None]) -> None:
    law(Good())


@pytest.mark.parametrize(("kind", "name"), BROKEN, ids=lambda part: getattr(part, "__name__", part))
def test_the_law_can_tell(kind: type, name: str) -> None:
    (law,) = [law for law in checks.DRIFT_DETECTOR_LAWS if law.__name__.startswith(name)]
    with pytest.raises(checks.LawBroken):
        law(kind())


def test_every_law_is_broken_by_something() -> None:
    shown = ("a_whole_number_works_as_its_float", *(name for _, name in BROKEN))  # the first: on samplers
    assert all(law.__name__.startswith(shown) for law in checks.DRIFT_DETECTOR_LAWS)
