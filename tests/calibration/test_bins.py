"""Histogram, Calibeating and Hedged."""

from __future__ import annotations

import random
from typing import Any

import pytest
from river import base

from streamimb.calibration import Calibeating, Hedged, Histogram, OnlinePlatt, Platt


def taught(calibrator: Any, n: int, p_of: Any, truth_of: Any, seed: int = 1) -> Any:
    rng = random.Random(seed)
    for _ in range(n):
        p = p_of(rng)
        calibrator.learn_one(p, rng.random() < truth_of(p))
    return calibrator


def test_fixed_bins_answer_with_the_published_running_mean() -> None:
    rng, calibrator = random.Random(1), Calibeating(OnlinePlatt("zero"), "fixed", None)
    inner = OnlinePlatt("zero")
    means, counts = [(b + 0.95) / 10 for b in range(10)], [1.0] * 10
    for _ in range(3_000):
        p = rng.random()
        y = rng.random() < p * p
        b = sum(inner.calibrate_one(p) > edge / 10 for edge in range(1, 10))
        assert calibrator.calibrate_one(p) == pytest.approx(means[b], rel=1e-9)
        means[b] = (counts[b] * means[b] + y) / (counts[b] + 1)
        counts[b] += 1
        calibrator.learn_one(p, y)
        inner.learn_one(p, y)


def test_the_calibrator_inside_learns_every_event_and_is_used_itself() -> None:
    alone, inside = Platt(), Platt()
    for calibrator in (alone, Calibeating(inside)):
        taught(calibrator, 500, lambda rng: rng.random(), lambda p: p / 3)
    assert alone.scalings == inside.scalings


def test_quantile_bins_repair_what_no_scaling_can() -> None:
    def truth(p: float) -> float:
        return 0.02 if p < 0.05 else 0.08

    def scores(rng: random.Random) -> float:
        return rng.random() * 0.1

    platt = taught(Platt(500), 60_000, scores, truth)
    assert platt.calibrate_one(0.02) < 0.015 or platt.calibrate_one(0.04) > 0.03
    for make in (lambda: Calibeating(Platt(500)), Histogram):
        calibrator = taught(make(), 60_000, scores, truth)
        for p in (0.02, 0.04, 0.06, 0.08):
            assert calibrator.calibrate_one(p) == pytest.approx(truth(p), rel=0.35)


def test_quantile_bins_keep_the_order_of_the_calibrator_inside_a_bin() -> None:
    calibrator = taught(Calibeating(OnlinePlatt()), 2_000, lambda rng: rng.random(), lambda p: p)
    assert calibrator.calibrate_one(0.500) < calibrator.calibrate_one(0.501)
    histogram = taught(Histogram(), 2_000, lambda rng: rng.random(), lambda p: p)
    assert histogram.calibrate_one(0.500) == pytest.approx(histogram.calibrate_one(0.501), rel=1e-4)


def test_a_memory_follows_a_change_that_a_life_does_not() -> None:
    def run(half_life: float | None) -> float:
        histogram = taught(Histogram(half_life=half_life), 20_000, lambda rng: 0.1, lambda p: 0.05)
        return float(taught(histogram, 4_000, lambda rng: 0.1, lambda p: 0.2, 2).calibrate_one(0.1))

    assert run(100.0) == pytest.approx(0.2, rel=0.15)
    assert run(None) < 0.1


@pytest.mark.parametrize("make", [Histogram, lambda: Calibeating(Platt()), lambda: Histogram(half_life=0.5)])
def test_sums_stay_finite_for_ever(make: Any) -> None:
    calibrator = make()
    for i in range(3_000):
        calibrator.learn_one(0.5, i % 2 == 0, 1e15 if i % 7 == 0 else 1.0)  # each forgets half of all before
        assert 0.0 <= calibrator.calibrate_one(0.5) <= 1.0


def test_weights_next_to_nothing_do_not_move_the_bins_out_of_range() -> None:
    histogram = Histogram()
    for p in (0.0, 0.3, 1.0):
        histogram.learn_one(p, True, 5e-324)
        assert 0.0 <= histogram.calibrate_one(p) <= 1.0


class Nan(base.Base):
    def calibrate_one(self, p: float) -> float:
        return float("nan")

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        pass


@pytest.mark.parametrize("make", [Calibeating, Hedged])
def test_an_answer_of_the_calibrator_inside_that_is_none_is_refused(make: Any) -> None:
    calibrator = make(Nan())
    with pytest.raises(ValueError, match="NaN"):
        calibrator.calibrate_one(0.5)
    with pytest.raises(ValueError, match="NaN"):
        calibrator.learn_one(0.5, True)


class Identity(Nan):
    def calibrate_one(self, p: float) -> float:
        return p


def test_the_game_is_calibrated_against_who_does_not_see_the_draw_and_not_against_who_does() -> None:
    def error(seed: int, sees_the_draw: bool) -> float:
        hedged, gaps, last = Hedged(Identity(), "even", seed), dict[float, float](), 0.0
        for _ in range(20_000):
            said = hedged.calibrate_one(0.5)
            y = (said if sees_the_draw else last) < 0.5
            gaps[said] = gaps.get(said, 0.0) + said - y
            hedged.learn_one(0.5, y)
            last = said
        return sum(map(abs, gaps.values())) / 20_000

    hidden = [error(seed, sees_the_draw=False) for seed in range(5)]
    assert max(hidden) < 0.07, hidden  # half a level is .05
    assert error(0, sees_the_draw=True) > 0.3


def test_seeds_decide_the_draws_and_nothing_else_does() -> None:
    def said(seed: int) -> list[float]:
        rng, hedged = random.Random(1), Hedged(Platt(), "even", seed)
        answers = []
        for _ in range(2_000):
            p = rng.random()
            answers.append(hedged.calibrate_one(p))
            hedged.learn_one(p, rng.random() < p)
        return answers

    assert said(1) == said(1)
    assert said(1) != said(2)
