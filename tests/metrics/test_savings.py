from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamimb import metrics
from tests.metrics.streams import rare_stream

EVENTS = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1), st.integers(0, 50), st.sampled_from([0.5, 1.0])),
    min_size=1,
    max_size=40,
)


@given(EVENTS)
def test_it_is_bahnsens_savings_score(events: list[tuple[bool, float, int, float]]) -> None:
    metric = metrics.Savings("amount", 2.0, threshold=0.3, half_life=math.inf)
    for y, p, amount, w in events:
        metric.update(y, p, w, {"amount": amount})
    cost = sum(w * (2.0 if p >= 0.3 else amount * y) for y, p, amount, w in events)
    base = min(sum(w * amount * y for y, _, amount, w in events), sum(2.0 * w for *_, w in events))
    if base > 0.0:
        assert metric.get() == pytest.approx(1.0 - cost / base, abs=1e-9)
    else:
        assert math.isnan(metric.get())


def test_decisions_by_cost_save_more_than_any_threshold_where_probabilities_are_right() -> None:
    gained = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        by_cost = metrics.Savings("amount", 2.0, half_life=math.inf)
        cuts = [metrics.Savings("amount", 2.0, threshold=t, half_life=math.inf) for t in (0.01, 0.05, 0.2)]
        for y, p, _ in rare_stream("plain", seed, 15_000, base=0.02):
            x = {"amount": float(rng.lognormal(4.0, 1.2))}
            for metric in (by_cost, *cuts):
                metric.update(y, p, 1.0, x)
        gained.append(by_cost.get() - max(metric.get() for metric in cuts))
    assert float(np.mean(gained)) > 3.0 * float(np.std(gained, ddof=1)) / math.sqrt(8) > 0.0


def test_costs_may_be_functions_of_the_features() -> None:
    metric = metrics.Savings(lambda x: 10.0 * x["n"], lambda x: x["n"], half_life=math.inf)
    metric.update(True, 0.5, x={"n": 2.0})
    metric.update(False, 0.05, x={"n": 1.0})
    assert metric.get() == pytest.approx(1.0 - 2.0 / 3.0)
    assert metric.requires_x
    assert not metrics.Savings(5.0, 1.0).requires_x
