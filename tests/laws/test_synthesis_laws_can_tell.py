"""Each law of synthesizers and reservoirs on a part that breaks it; a lawful one of few lines passes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from river import base

from streamimb import checks
from streamimb.checks.parts import LawBroken

SHARED: list[Any] = []


class Echo(base.Base):
    """The last event of the class with a little noise in its numbers: a `Synthesizer` of a few lines."""

    def __init__(self, noise: float = 0.1, seed: int = 1) -> None:
        self.noise = noise
        self.seed = seed
        self._rng = random.Random(seed)
        self._last: dict[Any, Any] = {}

    def learn_one(self, x: Any, y: Any) -> None:
        self._last[y] = {name: value for name, value in x.items() if isinstance(value, int | float | str)}

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        last = self._last.get(y, x)
        return [({**x, **{name: self._moved(last[name]) for name in last}}, 1.0) for _ in range(copies)]

    def _moved(self, value: Any) -> Any:
        return value + self.noise * self._rng.gauss(0.0, 1.0) if type(value) is float else value


class Doubles(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [(example, 2.0) for example, _ in super().examples_one(x, y, copies, score)]


class WeighsNegatively(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [(dict(x), copies + 1.0), (dict(x), -1.0)]


class WaitsForTheFirst(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return super().examples_one(x, y, copies, score) if y in self._last else []


class GivesX(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [(x, float(copies))]


class GivesWhatItKeeps(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [(self._last.get(y) or dict(x), float(copies))]


class KeepsX(Echo):
    def learn_one(self, x: Any, y: Any) -> None:
        self._last[y] = x


class ChangesX(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        x["asked"] = 1.0
        return super().examples_one(x, y, copies, score)


class KnowsTwoLabels(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return super().examples_one(x, y, copies if y in (False, True) else 0, score)


class DropsOddEvents(Echo):
    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return super().examples_one(x, y, copies, score) if "a" in x else []


class Invents(Echo):
    """Examples that are nothing like the class."""

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [(dict.fromkeys(x, 100.0), float(copies))]


class Remembers(Echo):
    def __init__(self) -> None:
        super().__init__()
        self._seen = SHARED

    def learn_one(self, x: Any, y: Any) -> None:
        self._seen.append(y)


class Grows(Echo):
    def learn_one(self, x: Any, y: Any) -> None:
        self._last[len(self._last)] = {}


class HalvesItsParameter(Echo):
    def __init__(self, noise: float = 1.0) -> None:
        super().__init__(noise / 2)


class WantsAFloat(Echo):
    def _moved(self, value: Any) -> Any:
        return super()._moved(value) if isinstance(self.noise, float) else None


class Unseeded(Echo):
    def _moved(self, value: Any) -> Any:
        return random.random()


class SavesTheTime(Echo):
    def __getstate__(self) -> Any:
        return {**self.__dict__, "now": random.random()}


class FirstEvents(base.Base):
    """The first events that come: a lawful reservoir where its seed chose among them."""

    def __init__(self, size: int = 50, event_bytes: int = 1_000, seed: int = 1) -> None:
        self.size = size
        self.event_bytes = event_bytes
        self.seed = seed
        self._rng = random.Random(seed)
        self._kept: list[Any] = []

    @property
    def memory_budget_bytes(self) -> int:
        return 10_000 + 100 * self.size

    def update(self, x: Any) -> None:
        if len(self._kept) < self.size and len(repr(x)) <= self.event_bytes:
            self._kept.append({name: value for name, value in x.items() if not isinstance(value, list)})
        elif self._rng.random() < 0.1 and len(repr(x)) <= self.event_bytes and self._kept:
            kept = {name: value for name, value in x.items() if not isinstance(value, list)}
            self._kept[self._rng.randrange(self.size)] = kept

    def get(self) -> list[Any]:
        return [dict(x) for x in self._kept]

    def merge(self, other: Any) -> None:
        self._kept = [*self._kept, *other.get()][: self.size]


class Overflows(FirstEvents):
    def update(self, x: Any) -> None:
        self._kept.append(dict(x))


class KeepsLongEvents(FirstEvents):
    def update(self, x: Any) -> None:
        if len(self._kept) < self.size:
            self._kept.append(dict(x))


class HandsOut(FirstEvents):
    def get(self) -> list[Any]:
        return self._kept


class KeepsTheDict(FirstEvents):
    def update(self, x: Any) -> None:
        if len(self._kept) < self.size:
            self._kept.append(x)


class Seedless(FirstEvents):
    def update(self, x: Any) -> None:
        if len(self._kept) < self.size and len(repr(x)) <= self.event_bytes:
            self._kept.append(dict(x))


class MergesNothing(FirstEvents):
    def merge(self, other: Any) -> None:
        pass


Case = tuple[tuple[checks.Law, ...], str, Callable[[], Any]]
BROKEN: list[Case] = [
    *[
        (checks.SYNTHESIZER_LAWS, name, make)
        for name, make in (
            ("parameters_are_kept", HalvesItsParameter),
            ("a_whole_number_works_as_its_float", WantsAFloat),
            ("clone_forgets", Remembers),
            ("saves_are_equal", SavesTheTime),
            ("resume_is_uninterrupted", Unseeded),
            ("memory_is_bounded", Grows),
            ("weights_sum_to_the_copies", Doubles),
            ("weights_sum_to_the_copies", WeighsNegatively),
            ("weights_sum_to_the_copies", WaitsForTheFirst),
            ("x_is_neither_changed_nor_aliased", GivesX),
            ("x_is_neither_changed_nor_aliased", GivesWhatItKeeps),
            ("x_is_neither_changed_nor_aliased", KeepsX),
            ("x_is_neither_changed_nor_aliased", ChangesX),
            ("classes_may_come_at_any_time", KnowsTwoLabels),
            ("events_of_any_fields_are_taken", DropsOddEvents),
            ("predictions_sum_to_those_with_copies", Invents),
        )
    ],
    *[
        (checks.RESERVOIR_LAWS, name, make)
        for name, make in (
            ("what_is_held_was_given", Overflows),
            ("bytes_are_bounded", KeepsLongEvents),
            ("get_is_pure", HandsOut),
            ("x_is_neither_changed_nor_aliased", KeepsTheDict),
            ("seeds_differ", Seedless),
            ("merge_samples_both", MergesNothing),
        )
    ],
]


@pytest.mark.parametrize(
    ("laws", "name", "make"), [pytest.param(*case, id=f"{case[1]}-{case[2].__name__}") for case in BROKEN]
)
def test_a_broken_part_is_found_out(laws: tuple[checks.Law, ...], name: str, make: Callable[[], Any]) -> None:
    law = next(law for law in laws if law.__name__ == name)
    with pytest.raises(LawBroken):
        law(make())


@pytest.mark.parametrize("law", checks.SYNTHESIZER_LAWS, ids=lambda law: law.__name__)
def test_a_lawful_synthesizer_passes(law: checks.Law) -> None:
    law(Echo())


@pytest.mark.parametrize("law", checks.RESERVOIR_LAWS, ids=lambda law: law.__name__)
def test_a_lawful_reservoir_passes(law: checks.Law) -> None:
    law(FirstEvents())


def test_every_law_has_a_part_that_breaks_it() -> None:
    for laws in (checks.SYNTHESIZER_LAWS, checks.RESERVOIR_LAWS):
        own = {law.__name__ for law in laws}
        shown = {name for of, name, _ in BROKEN if of is laws}
        common = {law.__name__ for law in checks.SYNTHESIZER_LAWS} & {
            law.__name__ for law in checks.RESERVOIR_LAWS
        }
        assert own - common <= shown
    assert common - {"x_is_neither_changed_nor_aliased"} <= {name for _, name, _ in BROKEN}
