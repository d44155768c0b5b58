from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import recall_score

from streamimb import metrics
from tests.metrics.streams import decayed_weights, rare_stream


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(0, 9).map(lambda k: k / 9),
            st.sampled_from([0.5, 1.0]),
            st.integers(1, 50),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_it_is_recall_with_the_values_as_weights(events: list[tuple[bool, float, float, int]]) -> None:
    metric = metrics.ValueRecall("amount", threshold=0.4, half_life=10)
    for y, p, w, amount in events:
        metric.update(y, p, w, {"amount": amount})
    ys, ps, _, amounts = zip(*events, strict=True)
    weights = decayed_weights([(a, b, c) for a, b, c, _ in events], 10) * amounts
    if any(ys):
        exact = recall_score(ys, [p >= 0.4 for p in ps], sample_weight=weights)
        assert metric.get() == pytest.approx(exact, abs=1e-9)
    else:
        assert math.isnan(metric.get())


def test_horvitz_thompson_weights_give_the_recall_of_all_events() -> None:
    """MATH 7: naive recall of events that were not blocked is far off; weights 1/π repair it."""
    naive, weighted, truth = [], [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        all_events, kept, counted = (metrics.ValueRecall("amount", 0.05, math.inf) for _ in range(3))
        for y, p, _ in rare_stream("plain", seed, 20_000, base=0.03):
            x = {"amount": float(rng.exponential(10.0)) + 1.0}
            all_events.update(y, p, 1.0, x)
            seen = 0.1 if p >= 0.05 else 1.0  # alerts are blocked, and seen only in one of ten cases
            if rng.random() < seen:
                kept.update(y, p, 1.0, x)
                counted.update(y, p, 1.0 / seen, x)
        truth.append(all_events.get())
        naive.append(kept.get() - truth[-1])
        weighted.append(counted.get() - truth[-1])
    error = float(np.std(weighted, ddof=1)) / math.sqrt(8)
    assert abs(float(np.mean(weighted))) < 3.0 * error
    assert float(np.mean(naive)) < -0.3


def test_the_interval_covers_the_recall() -> None:
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        metric = metrics.ValueRecall("amount", 0.5, math.inf)
        for _ in range(300):
            metric.update(
                True, 0.9 if rng.random() < 0.7 else 0.1, 1.0, {"amount": float(rng.uniform(1, 10))}
            )
        found = metric.interval()
        held += found.low <= 0.7 <= found.high
    assert held >= 50  # of 60 intervals 57 are expected, 50 is 4 standard errors below


@pytest.mark.parametrize(
    "x", [None, {}, {"amount": -1.0}, {"amount": "5"}, {"amount": math.nan}, {"amount": 1e16}]
)
def test_what_is_no_value_is_refused_and_changes_nothing(x: dict[str, object] | None) -> None:
    metric = metrics.ValueRecall("amount", 0.5)
    before = metric.__getstate__()
    with pytest.raises(ValueError, match=r"^x"):
        metric.update(True, 0.9, 1.0, x)
    assert metric.__getstate__() == before
