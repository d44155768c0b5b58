from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from streamimb import metrics

EVENTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 9), st.sampled_from([0.5, 1.0, 2.0])),
    min_size=1,
    max_size=60,
)


@given(EVENTS)
def test_it_is_the_weighted_mean_of_scikit_learns_auc_of_each_user(
    events: list[tuple[str, bool, int, float]],
) -> None:
    metric = metrics.GAUC("user", half_life=15)
    for user, y, k, w in events:
        metric.update(y, k / 9, w, {"user": user})
    total = weight = 0.0
    for name in "abc":
        of = [
            (y, k / 9, w * 0.5 ** ((len(events) - 1 - i) / 15))
            for i, (user, y, k, w) in enumerate(events)
            if user == name
        ]
        if len({y for y, _, _ in of}) == 2:
            ys, ps, ws = zip(*of, strict=True)
            total += sum(ws) * roc_auc_score(ys, ps, sample_weight=ws)
            weight += sum(ws)
    if weight:
        assert metric.get() == pytest.approx(total / weight, abs=1e-9)
    else:
        assert math.isnan(metric.get())


def test_a_popular_user_does_not_hide_bad_lists() -> None:
    rng = np.random.default_rng(2)
    within, overall = metrics.GAUC("user"), metrics.ROCAUC()
    for i in range(6_000):
        user = i % 40
        p = (user + 1) / 50.0  # right for each user, and equal within one
        y = bool(rng.random() < p)
        within.update(y, p, x={"user": user + 10})
        overall.update(y, p)
    assert within.get() == pytest.approx(0.5)
    assert overall.get() > 0.7


def test_users_and_their_events_are_bounded() -> None:
    metric = metrics.GAUC("user", users=3, events=4)
    for i in range(200):
        metric.update(i % 2 == 0, 0.5, x={"user": f"u{i % 10}"})
    assert metric.__getstate__()["seen"] == ["u7", "u8", "u9"]
    for i in range(30):
        metric.update(i % 2 == 0, 0.5, x={"user": f"u{7 + i % 3}"})
    state = metric.__getstate__()
    assert [len(held) for held in state["events_seen"]] == [4 * 4 * 8] * 3
    for wrong in (
        {"seen": ["a"]}, {"seen": None}, {"events_seen": [b""] * 3}, {"events_seen": [b"1" * 9] * 3}, {"steps": 0},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            metric.__setstate__({**state, **wrong})
        assert metric.__getstate__() == state
    with pytest.raises(ValueError, match="expected True or False, a string or an integer"):
        metric.update(True, 0.5, x={"user": 2.5})
