from __future__ import annotations

import math
from typing import Any

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


@pytest.mark.parametrize("weighed", [False, True], ids=["plain", "weighed"])
def test_intervals_hold_the_truth(weighed: bool) -> None:
    """300 streams of 150 users, whose rankings and numbers of events differ."""

    def measured(seed: int, users: int) -> Any:
        rng = np.random.default_rng(seed)
        metric = metrics.GAUC("u", users=users, half_life=math.inf)
        for user in range(users):
            skill, n = rng.normal(1.0, 0.7), 4 + rng.poisson(8)
            y = rng.random(n) < 0.3
            p = 1.0 / (1.0 + np.exp(-(skill * y + rng.normal(size=n) - 1.0)))
            w = rng.choice([0.5, 3.0], n) if weighed else np.ones(n)
            for one in zip(y.tolist(), p.tolist(), w.tolist(), strict=True):
                metric.update(*one, {"u": user})
        return metric.interval()

    truth, runs = measured(10_000, 40_000).value, 300
    held = 0
    for seed in range(runs):
        found = measured(seed, 150)
        held += found.low <= truth <= found.high
    assert abs(held / runs - 0.95) < 3.0 * math.sqrt(0.95 * 0.05 / runs) + 0.01, held / runs


def test_the_interval_needs_two_users() -> None:
    metric = metrics.GAUC("u")
    assert math.isnan(metric.interval().value)
    for y, p in ((True, 0.3), (False, 0.2)):
        metric.update(y, p, 1.0, {"u": "a"})
    assert metric.interval().value == metric.get() == 1.0
    assert math.isnan(metric.interval().low)
