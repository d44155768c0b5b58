"""Each law of decision rules and conformal sets on a part that breaks it; a lawful one of few lines passes."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from river import base

from streamimb import checks
from streamimb.checks.parts import LawBroken
from streamimb.protocols import Reading


class MeanTimes(base.Base):
    """A threshold of a few times the mean score: a `DecisionRule` of a few lines."""

    def __init__(self, times: float = 3.0) -> None:
        self.times = times
        self._sum = 0.1
        self._n = 1.0

    def threshold_one(self, x: Any, t: float) -> float:
        return self.times * self._sum / self._n

    def observe_one(self, p: float, x: Any, t: float) -> None:
        if not 0.0 <= p <= 1.0:
            raise ValueError("p")
        self._sum, self._n = 0.99 * self._sum + p, 0.99 * self._n + 1.0

    def readings(self) -> Iterator[Reading]:
        yield Reading("mean_score", "Mean score.", self._sum / self._n)


class HalvesItsParameter(MeanTimes):
    def __init__(self, times: float = 3.0) -> None:
        super().__init__(times / 2.0)


class WantsAFloat(MeanTimes):
    def threshold_one(self, x: Any, t: float) -> float:
        return super().threshold_one(x, t) if isinstance(self.times, float) else 2.0


class Remembers(MeanTimes):
    def clone(self, new_params: Any = None, include_attributes: bool = False) -> Any:
        clone = super().clone(new_params, include_attributes)
        clone._n = self._n
        return clone


class SavesTheTime(MeanTimes):
    def __getstate__(self) -> Any:
        return {**vars(self), "saved": time.perf_counter_ns()}


class Unseeded(MeanTimes):
    def observe_one(self, p: float, x: Any, t: float) -> None:
        super().observe_one(p, x, t)
        self._sum += 1e-3 * random.SystemRandom().random()


class Grows(MeanTimes):
    def observe_one(self, p: float, x: Any, t: float) -> None:
        super().observe_one(p, x, t)
        vars(self).setdefault("_all", []).append(p)


class SaysNone(MeanTimes):
    def threshold_one(self, x: Any, t: float) -> Any:
        return None if x == {} else super().threshold_one(x, t)


class Endless(MeanTimes):
    def threshold_one(self, x: Any, t: float) -> float:
        return math.inf


class CountsWhenAsked(MeanTimes):
    def threshold_one(self, x: Any, t: float) -> float:
        self._n += 1.0
        return super().threshold_one(x, t)


class KeepsX(MeanTimes):
    def observe_one(self, p: float, x: Any, t: float) -> None:
        super().observe_one(p, x, t)
        self._last = x


class TakesAnyScore(MeanTimes):
    def observe_one(self, p: float, x: Any, t: float) -> None:
        self._n += 1.0


class NeedsOrder(MeanTimes):
    def observe_one(self, p: float, x: Any, t: float) -> None:
        super().observe_one(p, x, t)
        if t < getattr(self, "_t", t):
            self._sum = -1.0
        self._t = t


class NamesGrow(MeanTimes):
    def readings(self) -> Iterator[Reading]:
        yield Reading("early" if self._n < 50.0 else "late", "Which.", self._n)


class Everything(base.Base):
    """Sets of all classes but, for one event in ten of each class at random, its own: covers nine in ten."""

    def __init__(self, coverage: float = 0.9, seed: int = 1) -> None:
        self.coverage = coverage
        self.seed = seed
        self._n = 0

    def classes_one(self, p: Any) -> frozenset[Any]:
        rng = random.Random(7_919 * self._n + self.seed)
        return frozenset(label for label in p if rng.random() < self.coverage)

    def learn_one(self, p: Any, y: Any, w: float = 1.0) -> None:
        self._n = (self._n + 1) % 1_000_003


class Counts(Everything):
    def classes_one(self, p: Any) -> frozenset[Any]:
        self._n += 1
        return super().classes_one(p)


class LikeliestOnly(Everything):
    def classes_one(self, p: Any) -> frozenset[Any]:
        return frozenset([max(p, key=p.get)])


Case = tuple[tuple[checks.Law, ...], str, Callable[[], Any]]
RULES, SETS = checks.DECISION_RULE_LAWS, checks.CONFORMAL_LAWS
BROKEN: list[Case] = [
    (RULES, "parameters_are_kept", HalvesItsParameter),
    (RULES, "a_whole_number_works_as_its_float", WantsAFloat),
    (RULES, "clone_forgets", Remembers),
    (RULES, "saves_are_equal", SavesTheTime),
    (RULES, "resume_is_uninterrupted", Unseeded),
    (RULES, "memory_is_bounded", Grows),
    (RULES, "thresholds_are_numbers", SaysNone),
    (RULES, "thresholds_are_numbers", Endless),
    (RULES, "threshold_one_is_pure", CountsWhenAsked),
    (RULES, "x_is_neither_changed_nor_kept", KeepsX),
    (RULES, "what_is_no_probability_is_refused", TakesAnyScore),
    (RULES, "late_events_are_taken", NeedsOrder),
    (RULES, "readings_are_fit_to_export", NamesGrow),
    (SETS, "classes_one_is_pure", Counts),
    (SETS, "each_class_is_covered", LikeliestOnly),
]


@pytest.mark.parametrize(
    ("laws", "name", "make"), [pytest.param(*case, id=f"{case[1]}-{case[2].__name__}") for case in BROKEN]
)
def test_a_broken_part_is_found_out(laws: tuple[checks.Law, ...], name: str, make: Callable[[], Any]) -> None:
    law = next(law for law in laws if law.__name__ == name)
    with pytest.raises(LawBroken):
        law(make())


@pytest.mark.parametrize("law", RULES, ids=lambda law: law.__name__)
def test_a_lawful_rule_passes(law: checks.Law) -> None:
    law(MeanTimes())


@pytest.mark.parametrize("law", SETS, ids=lambda law: law.__name__)
def test_a_lawful_set_passes(law: checks.Law) -> None:
    law(Everything())


def test_every_law_has_a_part_that_breaks_it() -> None:
    shown = {name for _, name, _ in BROKEN}
    assert {law.__name__ for law in (*RULES, *SETS)} <= shown
