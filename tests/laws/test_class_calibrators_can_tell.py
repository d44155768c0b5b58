"""Each law of class calibrators on a part that breaks it; plain ones of a third party pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from river import base

from streamimb import calibration, checks
from tests.laws.lawful import checked


class Plain(base.Base):
    """Temperature scaling by small steps, without an anchor."""

    joint = True

    def __init__(self, step: float = 0.1) -> None:
        self.step = step
        self._a, self._n = 1.0, 1.0

    def calibrate_one(self, p: Any) -> dict[Any, float]:
        if not all(0.0 <= q <= 1.0 for q in p.values()):
            raise ValueError("p")
        masses = {k: max(1e-9, q) ** self._a for k, q in p.items()}
        total = math.fsum(masses.values())
        return {k: mass / total for k, mass in masses.items()}

    def learn_one(self, p: Any, y: Any, w: float = 1.0) -> None:
        q, w = self.calibrate_one(p), checked(w)
        if y not in p or w == 0.0:
            return
        self._n = min(1e15, self._n + w)
        mean = math.fsum(q[k] * math.log(max(1e-9, p[k])) for k in p)
        slope = mean - math.log(max(1e-9, p[y]))
        self._a = min(
            5.0, max(0.1, self._a - self.step * min(1.0, max(-1.0, w * slope / math.sqrt(self._n))))
        )


class LeavesOut(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        q = super().calibrate_one(p)
        q.pop("new", None)
        return q


class SaysTooMuch(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        return {k: min(1.0, 1.1 * q) for k, q in super().calibrate_one(p).items()}


class LearnsWhenAsked(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        self._n += 1.0
        return super().calibrate_one(p)


class ChangesP(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        q = super().calibrate_one(p)
        p.clear()
        return q


class KeepsP(Plain):
    def learn_one(self, p: Any, y: Any, w: float = 1.0) -> None:
        super().learn_one(p, y, w)
        self._last = p


class TakesNan(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        return super().calibrate_one({k: min(1.0, max(0.0, q)) for k, q in p.items()})


class DropsWeights(Plain):
    def learn_one(self, p: Any, y: Any, w: float = 1.0) -> None:
        super().learn_one(p, y, min(1.0, checked(w)))


class Flattens(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        super().calibrate_one(p)
        return dict.fromkeys(p, 1.0 / len(p))


class Identity(Plain):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        super().calibrate_one(p)
        return {k: q / math.fsum(p.values()) for k, q in p.items()}


class Grows(Plain):
    def __init__(self, step: float = 0.1) -> None:
        super().__init__(step)
        self._all: list[float] = []

    def learn_one(self, p: Any, y: Any, w: float = 1.0) -> None:
        super().learn_one(p, y, w)
        self._all += [w] if w > 0.0 else []


BROKEN: list[tuple[str, Callable[[], Any]]] = [
    ("answers_are_probabilities_of_the_classes", LeavesOut),
    ("answers_are_probabilities_of_the_classes", SaysTooMuch),
    ("calibrate_one_is_pure", LearnsWhenAsked),
    ("p_is_left_alone", ChangesP),
    ("p_is_left_alone", KeepsP),
    ("what_is_no_probability_is_refused", TakesNan),
    ("weights_arrive_safely", DropsWeights),
    ("does_no_harm", Flattens),
    ("repairs_bold_answers", Identity),
    ("memory_is_bounded", Grows),
]


@pytest.mark.parametrize(("name", "make"), BROKEN)
def test_a_broken_class_calibrator_is_found_out(name: str, make: Callable[[], Any]) -> None:
    law = next(law for law in checks.CLASS_CALIBRATOR_LAWS if law.__name__ == name)
    with pytest.raises(checks.LawBroken):
        law(make())


@pytest.mark.parametrize("law", checks.CLASS_CALIBRATOR_LAWS, ids=lambda law: law.__name__)
def test_a_plain_temperature_is_lawful(law: checks.Law) -> None:
    law(Plain())


def test_every_law_of_its_own_has_a_part_that_breaks_it() -> None:
    common = {
        "parameters_are_kept", "a_whole_number_works_as_its_float", "clone_forgets", "saves_are_equal",
        "resume_is_uninterrupted",
    }  # fmt: skip
    names = {law.__name__ for law in checks.CLASS_CALIBRATOR_LAWS}
    assert names - {name for name, _ in BROKEN} == common  # shown on samplers


def test_the_identity_of_one_class_is_no_calibrator_of_all() -> None:
    with pytest.raises(ValueError, match=r"(?s)^calibrator=.*: expected a calibrator"):
        calibration.Calibeating(calibration.Temperature())  # type: ignore[arg-type]
