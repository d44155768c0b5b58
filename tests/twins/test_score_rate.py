from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

PRIOR = {False: 0.97, True: 0.03}
AIMS = [(4.0, 0.0, 0.5), (0.0, 0.03, 0.5), (1.0, 0.0, 0.0), (0.0, 1.0, 1.0)]


def make(kernel: Any, aim: tuple[float, float, float]) -> Any:
    rates = kernel("score_rate").ScoreRate(2_000)
    rates._set_aim(*aim)
    rates._keep_first(30.0 if aim is AIMS[0] else 0.0, 0.0)
    return rates


def drive(native: Any, twin: Any, p: float, y: bool, w: float) -> None:
    proba = {False: 1.0 - p, True: p}
    rates = native.rates_one({}, proba, PRIOR) if 0 <= p <= 1 else {False: 1.0, True: 1.0}
    assert outcome(native.rates_one, {}, proba, PRIOR) == outcome(twin.rates_one, {}, proba, PRIOR)
    assert outcome(native.learn_one, {}, y, proba, rates, PRIOR, w) == outcome(
        twin.learn_one, {}, y, proba, rates, PRIOR, w
    )
    assert exact(native.negatives) == exact(twin.negatives)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(AIMS), st.lists(st.tuples(PROBABILITIES, st.booleans(), WEIGHTS), max_size=60))
def test_any_scores_agree_bit_for_bit(aim: Any, stream: list[tuple[float, bool, float]]) -> None:
    native, twin = make(compiled, aim), make(interpreted, aim)
    for p, y, w in stream:
        drive(native, twin, p, y, w)


@pytest.mark.parametrize("aim", AIMS, ids=str)
def test_a_rare_class_agrees_bit_for_bit(aim: Any) -> None:
    rng = random.Random(6)
    native, twin = make(compiled, aim), make(interpreted, aim)
    for _ in range(5_000):
        p = rng.betavariate(0.3, 8)
        drive(native, twin, p, rng.random() < p, 1.0)
