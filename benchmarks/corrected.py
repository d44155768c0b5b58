"""Every sampler, learner and route: refused at construction, or true probabilities of the unsampled stream.

The law is `streamimb.checks.is_true_or_refused`; its stream has 5 % positives and a known P. The samplers are those of
the table of laws, so that a new one is in this table too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from river import linear_model as river_linear_model
from river import naive_bayes, preprocessing, tree

from streamimb import linear_model
from streamimb.checks.class_corrections import NAMES, class_ratios
from streamimb.checks.corrections import ratios, sampled_or_refused
from streamimb.compose import SampledClassifier
from tests.laws.table import SAMPLERS

LEARNERS: dict[str, Callable[[], Any]] = {
    "LogisticRegression": linear_model.LogisticRegression,
    "SoftmaxRegression": linear_model.SoftmaxRegression,
    "River scaler|LogisticRegression": lambda: (
        preprocessing.StandardScaler() | river_linear_model.LogisticRegression()
    ),
    "River GaussianNB": naive_bayes.GaussianNB,
    "River HoeffdingTreeClassifier": tree.HoeffdingTreeClassifier,
}
ROUTES = ("offset", "prior", "weight")
OFFSET_LEARNERS = ("LogisticRegression", "SoftmaxRegression")
WITHOUT_WEIGHT = ("River GaussianNB",)

CLASS_LEARNERS = ("SoftmaxRegression", "River GaussianNB", "River HoeffdingTreeClassifier")


class Cell(NamedTuple):
    """A cell of the table; `calibrated` says which of its probabilities is judged."""

    sampler: str
    learner: str
    route: str
    calibrated: bool


def allowed(draws: bool, learner: str, route: str) -> bool:
    """What the pages say: which sampler, by whether it draws copies or gives weights, learner and route go together."""
    if route == "offset":
        return learner in OFFSET_LEARNERS
    if learner in WITHOUT_WEIGHT:
        return draws and route == "prior"
    return draws or route == "prior"  # weights are not taken out by weights


@functools.cache
def cells(accepted: bool = True) -> tuple[Cell, ...]:
    """Every cell in which the three go together; else every other one.

    Offsets and weights of our learners are exact. Learners of River's are judged behind the calibrator, and so is the
    prior route: a learner does not represent every shift, nor forget as fast as every rate moves.
    """
    return tuple(
        Cell(sampler, learner, route, route == "prior" or learner.startswith("River "))
        for sampler, make in SAMPLERS.items()
        for learner in LEARNERS
        for route in ROUTES
        if allowed(make().draws, learner, route) == accepted
    )


def made(cell: Cell, seed: int) -> SampledClassifier | str:
    """The sampled classifier of a cell, or the message by which it is refused."""
    return sampled_or_refused(SAMPLERS[cell.sampler](), LEARNERS[cell.learner](), cell.route, seed)


def class_cells() -> list[Cell]:
    """Every cell of a learner of many classes in which the three go together, judged behind the calibrator.

    A sampler that thins every class leaves few examples of the rare ones, from which a learner has errors of its own.
    """
    return [cell._replace(calibrated=True) for cell in cells() if cell.learner in CLASS_LEARNERS]


def rotated() -> list[Cell]:
    """One cell for each sampler, so that every learner and route appears."""
    found, used = [], dict.fromkeys(((cell.learner, cell.route) for cell in cells()), 0)
    for sampler in SAMPLERS:
        own = [cell for cell in cells() if cell.sampler == sampler]
        cell = min(own, key=lambda cell: used[cell.learner, cell.route])
        used[cell.learner, cell.route] += 1
        found.append(cell)
    return found


def corrected(sampler: str, learner: str, n: int, seed: int) -> dict[str, float]:
    """The ratios of each route of a sampler and a learner, under the name of the route; and what is refused."""
    measures = {"expected error": 0.0}
    for cell in cells():
        if (cell.sampler, cell.learner) == (sampler, learner):
            model = made(cell, seed)
            assert isinstance(model, SampledClassifier), model
            found = ratios(model, n, seed)
            for name in ("raw", "corrected", "calibrated"):
                measures[f"{cell.route} {name}"] = getattr(found, name)
            measures["expected error"], measures["kept"] = found.standard_error, found.kept_share
    return measures


def corrected_classes(sampler: str, learner: str, n: int, seed: int) -> dict[str, float]:
    """The ratios of each of three classes, under the names of the route, the stage and the class."""
    measures = {}
    for cell in class_cells():
        if (cell.sampler, cell.learner) == (sampler, learner):
            model = made(cell, seed)
            assert isinstance(model, SampledClassifier), model
            found = class_ratios(model, n, seed)
            for stage in ("raw", "corrected", "calibrated"):
                for name in NAMES:
                    measures[f"{cell.route} {stage} {name}"] = getattr(found, stage)[name]
            measures["kept"] = found.kept_share
    return measures
