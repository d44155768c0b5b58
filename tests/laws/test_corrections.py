"""Sampler × learner × route: true probabilities, or a refusal at construction that names the way out.

Here one cell for each sampler, so that every learner and route appears; `make truth` has all cells and more seeds.
"""

from __future__ import annotations

import pytest

from benchmarks.corrected import LEARNERS, ROUTES, Cell, cells, made, rotated
from streamimb import SampledClassifier, checks, sampling
from tests.laws.table import SAMPLERS

SEED = 1
EVENTS = {"River GaussianNB": 8_000}  # of others 20,000; it takes 200 µs an event


def name(cell: Cell) -> str:
    return f"{cell.sampler}-{cell.learner}-{cell.route}"


@pytest.mark.parametrize("cell", rotated(), ids=name)
def test_probabilities_are_those_of_the_unsampled_stream(cell: Cell) -> None:
    sampler, learner = SAMPLERS[cell.sampler](), LEARNERS[cell.learner]()
    n = EVENTS.get(cell.learner, 20_000)
    assert checks.is_true_or_refused(sampler, learner, cell.route, cell.calibrated, n, SEED)


def test_every_sampler_learner_and_route_appears() -> None:
    assert {cell.sampler.split()[0] for cell in rotated()} == set(sampling.__all__)
    assert {(cell.learner, cell.route) for cell in rotated()} == {
        (cell.learner, cell.route) for cell in cells()
    }
    assert len(cells()) + len(cells(accepted=False)) == len(SAMPLERS) * len(LEARNERS) * len(ROUTES)


@pytest.mark.parametrize("cell", cells(accepted=False), ids=name)
def test_what_cannot_be_corrected_is_refused_with_the_way_out(cell: Cell) -> None:
    assert isinstance(made(cell, SEED), str)


@pytest.mark.parametrize("cell", cells(), ids=name)
def test_what_can_be_corrected_is_accepted(cell: Cell) -> None:
    assert isinstance(made(cell, SEED), SampledClassifier)
