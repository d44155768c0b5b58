"""What holds on every stream there is, shrunk to the shortest one on which it does not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.table import CALIBRATORS, MONOTONE, SAMPLERS, STATISTICS, SUMS

SCORES = st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 5e-324, 1e-9, 0.5, 1.0]))
SHARES = st.floats(1e-15, 1.0, exclude_max=True)  # of True, as a class prior gives it
WEIGHTS = st.one_of(st.just(1.0), st.floats(0.0, 1e308), st.sampled_from([0.0, 5e-324, 1e15, 1.7e308]))
EVENTS = st.lists(st.tuples(SCORES, st.booleans(), WEIGHTS), max_size=60)
LABELS = st.lists(
    st.tuples(
        st.sampled_from([False, True, 0, 1, 2, "a", "b"]), st.lists(SCORES, min_size=1, max_size=5), WEIGHTS
    ),
    max_size=40,
)
FEW = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize("name", SAMPLERS)
@FEW
@given(events=EVENTS, share=SHARES)
def test_rates_and_their_shift_are_finite(
    name: str, events: list[tuple[float, bool, float]], share: float
) -> None:
    sampler = SAMPLERS[name]()
    for score, y, w in events:
        p = {False: 1.0 - score, True: score}
        prior = {False: 1.0 - share, True: share}
        rates = sampler.rates_one({}, p, prior)
        assert all(1e-6 <= rate <= 1e15 for rate in rates.values())
        assert math.isfinite(math.log(rates[True]) - math.log(rates[False]))
        sampler.learn_one({}, y, p, rates, prior, w)


@pytest.mark.parametrize("name", SAMPLERS)
@FEW
@given(events=LABELS)
def test_rates_of_any_classes_are_finite(name: str, events: list[tuple[Any, list[float], float]]) -> None:
    sampler, known = SAMPLERS[name](), {False}
    for y, scores, w in events:
        total = math.fsum(scores[i % len(scores)] for i in range(len(known))) or 1.0
        p = {label: scores[i % len(scores)] / total for i, label in enumerate(sorted(known, key=str))}
        prior = {label: 1.0 / len(p) for label in p}
        rates = sampler.rates_one({}, p, prior)
        assert set(rates) == set(p)
        assert all(1e-6 <= rate <= 1e15 for rate in rates.values())
        sampler.learn_one({}, y, p, rates, prior, w)
        known.add(y)


@pytest.mark.parametrize("name", CALIBRATORS)
@FEW
@given(events=EVENTS, p=SCORES)
def test_a_calibrated_score_is_a_probability(
    name: str, events: list[tuple[float, bool, float]], p: float
) -> None:
    calibrator = CALIBRATORS[name]()
    for score, y, w in events:
        calibrator.learn_one(score, y, w)
        assert 0.0 <= calibrator.calibrate_one(p) <= 1.0
    if name in MONOTONE:
        assert calibrator.calibrate_one(p / 2) <= calibrator.calibrate_one(p) + 1e-15


@pytest.mark.parametrize("name", ["ClassPrior", "ClassPrior short"])
@FEW
@given(events=LABELS)
def test_shares_of_any_labels_are_shares(name: str, events: list[tuple[Any, list[float], float]]) -> None:
    prior = STATISTICS[name]()
    for y, _, w in events:
        prior.update(y, w)
        shares = prior.get()
        assert w == 0.0 or y in shares
        assert all(0.0 < share < 1.0 or len(shares) == 1 for share in shares.values())
        assert math.isclose(math.fsum(shares.values()), 1.0)
        assert 0.0 < prior.rate < 1.0
        assert math.isfinite(prior.logit)


@pytest.mark.parametrize("name", sorted(SUMS))
@FEW
@given(parts=st.lists(st.lists(st.floats(-1e6, 1e6), max_size=20), min_size=1, max_size=4))
def test_parts_merged_are_the_whole(name: str, parts: list[list[float]]) -> None:
    whole, merged = STATISTICS[name](), STATISTICS[name]()
    for part in parts:
        one = STATISTICS[name]()
        for value in part:
            whole.update(value)
            one.update(value)
        merged.merge(one)
    size = 1.0 + math.fsum(abs(value) for part in parts for value in part)
    assert math.isclose(merged.get(), whole.get(), rel_tol=1e-9, abs_tol=1e-12 * size)
