"""Sampler × learner × route with three classes by name: the probability of each is true.

Here a few cells; `make truth` has all of them, with more events and seeds.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from benchmarks.corrected import CLASS_LEARNERS, LEARNERS, class_cells
from streamimb import checks, linear_model, sampling
from streamimb.checks.class_corrections import SHARES
from tests.laws.lawful import Sampler
from tests.laws.table import SAMPLERS
from tests.laws.test_class_offset_laws_can_tell import Lawful
from tests.laws.test_correction_laws_can_tell import CorrectsNothing, CorrectsTwice

CELLS: dict[str, tuple[int, dict[str, tuple[str, ...]]]] = {
    "SoftmaxRegression": (6_000, {"offset": ("ScoreUnderSampler keep_rate", "ClassWeights", "OverSampler", "Product"),
                                  "prior": ("UnderSampler share", "ClassBalance"),
                                  "weight": ("ClusterSampler", "ScoreUnderSampler")}),
    "River GaussianNB": (1_500, {"prior": ("UnderSampler share",)}),
    "River HoeffdingTreeClassifier": (4_000, {"prior": ("ErrorBandSampler",), "weight": ("UnderSampler keep_rate",)}),
}  # fmt: skip
FEW = [
    (sampler, learner, route, n)
    for learner, (n, routes) in CELLS.items()
    for route, samplers in routes.items()
    for sampler in samplers
]


@pytest.mark.parametrize(("sampler", "learner", "route", "n"), FEW)
def test_the_probability_of_each_class_is_that_of_the_unsampled_stream(
    sampler: str, learner: str, route: str, n: int
) -> None:
    assert checks.classes_are_true_or_refused(SAMPLERS[sampler](), LEARNERS[learner](), route, True, n)


def test_every_learner_and_route_appears() -> None:
    assert tuple(CELLS) == CLASS_LEARNERS
    assert {each[1:3] for each in FEW} == {(cell.learner, cell.route) for cell in class_cells()}


class DrawsAtAnotherRate(Sampler):
    """The first call for an event says one rate, the second another: it is served at one and drawn at the other."""

    depends_on_x = True
    asked = 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        self.asked += 1
        return {label: 20.0 if label == "rare" and self.asked % 2 else 1.0 for label in p}


class IgnoresTheShift(Lawful):
    """It is trained at the log of the shares of the stream, whatever the sampler did."""

    @property
    def _multiclass(self) -> bool:
        return True

    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().step_one(x, y, {name: math.log(SHARES.get(name, 0.1)) for name in offsets}, w)


UNDER = sampling.UnderSampler(share=0.4)
BROKEN: dict[str, tuple[Any, Any, Any]] = {
    "a route that corrects nothing": (UNDER, linear_model.SoftmaxRegression(), CorrectsNothing()),
    "a route that corrects twice": (UNDER, linear_model.SoftmaxRegression(), CorrectsTwice()),
    "rates that are not those of the draw": (DrawsAtAnotherRate(), linear_model.SoftmaxRegression(), "prior"),
    "a learner that ignores the shift": (sampling.ClassWeights(), IgnoresTheShift(), "offset"),
}


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize(("sampler", "learner", "route"), BROKEN.values(), ids=BROKEN)
def test_a_broken_part_is_found_also_behind_the_calibrator(
    sampler: Any, learner: Any, route: Any, calibrated: bool
) -> None:
    with pytest.raises(checks.LawBroken, match="mean p of '"):
        checks.classes_are_true_or_refused(sampler, learner, route, calibrated, 4_000)


def test_what_is_refused_has_no_ratio() -> None:
    learner = LEARNERS["River GaussianNB"]()
    assert checks.classes_are_true_or_refused(sampling.ClassWeights(), learner) is None
