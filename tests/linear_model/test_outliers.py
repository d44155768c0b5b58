"""What one value of another size does to a feature: nothing that lasts; a change of scale is followed."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from streamimb.linear_model import LogisticRegression


def normal(z):
    return z


def lognormal(z):
    return math.exp(1.5 * z)


def far_from_zero(z):
    return 1000.0 + z


def stream(n, seed, shape=normal, rate=0.05):
    rng = random.Random(seed)
    w = (0.9, -0.6, 0.4)
    for _ in range(n):
        z = [rng.gauss(0, 1) for _ in w]
        margin = sum(a * b for a, b in zip(w, z, strict=True)) + math.log(rate / (1 - rate)) - 0.6
        yield {f"v{i}": shape(v) for i, v in enumerate(z)}, rng.random() < 1 / (1 + math.exp(-margin))


def loss(events, at, value, start):
    model, total = LogisticRegression(), 0.0
    for i, (x, y) in enumerate(events):
        if i in at:
            model.learn_one({**x, "v0": value}, False)
        if i >= start:
            p = model.predict_proba_one(x)[True]
            total -= math.log(p if y else 1 - p)
        model.learn_one(x, y)
    return total / (len(events) - start)


@pytest.mark.parametrize("at", [(1,), (2,), (10,), (49,), (3_000,), (15_000,), (30_000,)], ids=str)
@pytest.mark.parametrize("shape", [normal, lognormal, far_from_zero])
def test_an_outlier_is_recovered_from_within_5_000_events(shape, at):
    excess = 0.0
    for seed in (1, 2, 3):
        start = max(at) + 5_000
        events = list(stream(start + 5_000, seed, shape))
        excess += loss(events, at, 1e4, start) - loss(events, (), 0.0, start)
    assert excess / 3 < 0.001


def sd(model, name):
    """The standard deviation a feature is divided by."""
    state = model.__getstate__()["kernel"]
    return 1.0 / np.frombuffer(state["experts"]["moments"]["inv_sd"])[state["reader"]["names"].index(name)]


@pytest.mark.parametrize("before", [100, 20_000])
def test_a_change_of_unit_is_followed(before):
    rng, model = random.Random(1), LogisticRegression()
    for i in range(before + 5_000):
        model.learn_one({"a": rng.gauss(0, 1) * (1.0 if i < before else 100.0)}, False)
    expected = 100 * math.sqrt(5_000 / (before + 5_000))  # of both units together
    assert 0.6 * expected < sd(model, "a") < 1.1 * expected


def test_a_slow_drift_is_followed():
    rng, model = random.Random(1), LogisticRegression()
    for i in range(20_000):
        model.learn_one({"a": rng.gauss(0, 1) * math.exp(i / 4_000)}, False)
    squares = [math.exp(2 * i / 4_000) for i in range(20_000)]
    assert sd(model, "a") == pytest.approx(math.sqrt(sum(squares) / len(squares)), rel=0.1)


@pytest.mark.parametrize("share", [0.3, 0.01, 0.0005])
def test_a_rare_value_counts_whole_and_its_first_change_is_news(share):
    rng, model = random.Random(1), LogisticRegression()
    for _ in range(1_000):
        model.learn_one({"a": 0.0}, False)
    assert sd(model, "a") == pytest.approx(1e-6)
    for _ in range(40_000):
        model.learn_one({"a": float(rng.random() < share)}, False)
    assert sd(model, "a") == pytest.approx(math.sqrt(share * (1 - share)), rel=0.3)


@pytest.mark.parametrize("sigma", [0.5, 1.5, 2.0])
def test_heavy_tails_are_honest(sigma):
    rng, model, values = random.Random(2), LogisticRegression(), []
    for _ in range(30_000):
        values.append(math.exp(sigma * rng.gauss(0, 1)))
        model.learn_one({"a": values[-1]}, False)
    mean = sum(values) / len(values)
    plain = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
    assert sd(model, "a") == pytest.approx(plain, rel=0.05)
