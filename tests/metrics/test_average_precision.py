from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from streamimb import metrics
from streamimb.metrics.average_precision import average_precision


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=80))
def test_it_is_scikit_learns_ties_included(events: list[tuple[int, bool]]) -> None:
    p = [k / 10 for k, _ in events]
    y = [hit for _, hit in events]
    ours = average_precision(p, bytes(y))
    if not any(y):
        assert math.isnan(ours)
    else:
        assert ours == pytest.approx(average_precision_score(y, p), abs=1e-12)


def test_the_window_is_the_last_events() -> None:
    rng = random.Random(3)
    metric = metrics.AveragePrecision(window_n=100)
    events = [(rng.random(), rng.random() < 0.2) for _ in range(350)]
    for p, y in events:
        metric.update(y, p)
    last, found = zip(*events[-100:], strict=True)
    exact = average_precision_score(np.array(found), np.array(last))
    assert metric.get() == pytest.approx(exact, abs=1e-12)


def test_one_score_for_all_is_the_base_rate() -> None:
    metric = metrics.AveragePrecision()
    for i in range(1000):
        metric.update(i % 50 == 0, 0.3)
    assert metric.get() == pytest.approx(0.02)
