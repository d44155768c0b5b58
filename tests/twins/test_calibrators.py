from __future__ import annotations

import random
from array import array
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

KINDS = [
    ("score_regression", "ScoreRegression", (1, 50.0, True)),
    ("score_regression", "ScoreRegression", (2, 0.0, False)),
    ("score_regression", "ScoreRegression", (3, 0.0, False)),
    ("score_regression", "ScoreRegression", (3, 50.0, True)),
    ("score_bins", "ScoreBins", (False, 30.0)),
    ("score_bins", "ScoreBins", (True, 0.0)),
    ("hedging", "Hedging", (False, 1)),
    ("hedging", "Hedging", (True, 1)),
]
SCORES = st.one_of(PROBABILITIES, st.floats())


def made(load: Any, module: str, name: str, shape: Any, around: bool) -> Any:
    kind = getattr(load(module), name)
    inner = load("platt").PlattScalings((50.0,), 0.0, 0.0) if around else None
    return kind(*shape) if module == "score_regression" else kind(inner, *shape)


def both(kind: Any) -> list[tuple[Any, Any]]:
    module, name, shape = kind
    arounds = {"score_regression": [False], "score_bins": [False, True], "hedging": [True]}[module]
    return [
        (made(compiled, module, name, shape, around), made(interpreted, module, name, shape, around))
        for around in arounds
    ]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=40, deadline=None)
@given(stream=st.lists(st.tuples(SCORES, st.booleans(), WEIGHTS), max_size=40))
def test_any_scores_agree_bit_for_bit(kind: Any, stream: list[tuple[float, bool, float]]) -> None:
    for native, twin in both(kind):
        for p, y, w in stream:
            assert outcome(native.calibrate_one, p) == outcome(twin.calibrate_one, p)
            assert outcome(native.learn_one, p, y, w) == outcome(twin.learn_one, p, y, w)
        assert exact(native._learned) == exact(twin._learned)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_stream_of_distorted_scores_agrees_bit_for_bit(kind: Any) -> None:
    for native, twin in both(kind):
        rng = random.Random(5)
        for i in range(3_000):
            p = rng.betavariate(0.3, 8)
            y, w = rng.random() < p, rng.choice([1.0, 1.0, rng.expovariate(1)])
            score = 20 * p / (1 + 19 * p)
            assert native.calibrate_one(score).hex() == twin.calibrate_one(score).hex()
            native.learn_one(score, y, w)
            twin.learn_one(score, y, w)
            if i % 1_000 == 999:
                state = native._learned
                native._resume(twin._learned)
                twin._resume(state)
        assert exact(native._learned) == exact(twin._learned)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PROBABILITIES, st.booleans(), st.floats(1e-3, 1e6)), max_size=40))
def test_pooling_agrees_bit_for_bit(events: list[tuple[float, bool, float]]) -> None:
    found = []
    for load in (compiled, interpreted):
        pooling = load("pooling")
        ordered = sorted(events)
        columns = [array("d", column) for column in zip(*((p, w * y, w) for p, y, w in ordered), strict=True)]
        scores, hits, masses = pooling.merged(*(columns or [array("d")] * 3))
        corners = pooling.isotonic(scores, hits, masses)
        found.append(
            [part.tobytes() for part in (scores, hits, masses, *corners, pooling.with_true(hits, masses))]
        )
    assert found[0] == found[1]
