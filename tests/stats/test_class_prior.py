from __future__ import annotations

import math
import pickle
import random
from typing import Any

import numpy as np
import pytest

from streamimb.stats import ClassPrior


class Reference:
    """The equations of the prior bank, written down once more: lists, no buffers, no cached logit."""

    def __init__(self, half_lives: list[float], cut: float, m0: float, a: float) -> None:
        self.fade = [0.5 ** (1 / h) for h in half_lives]
        self.banks = [[0.0, 0.0, 0.0] for _ in half_lives]
        self.cut, self.m0, self.a, self.n = cut, m0, a, 0

    def update(self, y: bool, w: float) -> None:
        for bank, fade in zip(self.banks, self.fade, strict=True):
            bank[0] = fade * bank[0] + w * y
            bank[1] = fade * bank[1] + w
            bank[2] = fade * fade * bank[2] + w * w
        self.n += 1
        if self.n % 16 == 0:
            for j in range(1, len(self.banks)):
                for k in range(j):
                    s, n, n2 = self.banks[j]
                    if self.banks[k][1] > 1.5 * n and n * n / n2 * self.kl(s / n, self.m(k)) > self.cut:
                        self.banks[k] = list(self.banks[j])

    def m(self, k: int) -> float:
        return (self.banks[k][0] + self.m0 * self.a) / (self.banks[k][1] + self.a)

    @staticmethod
    def kl(p: float, q: float) -> float:
        first = p * math.log(p / q) if p > 0 else 0.0
        return first + ((1 - p) * math.log((1 - p) / (1 - q)) if p < 1 else 0.0)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_follows_its_equations(seed: int, weighted: bool) -> None:
    rng = random.Random(seed)
    prior = ClassPrior(half_life=8_000, floor_half_life=100, cut=6.0, prior=0.1, prior_weight=2.0)
    reference = Reference([8_000, 2_000, 500, 125], 6.0, 0.1, 2.0)
    for i in range(12_000):
        y = rng.random() < (0.01 if i < 6_000 else 0.2)
        w = rng.expovariate(1.0) if weighted else 1.0
        prior.update(y, w)
        reference.update(y, w)
        assert math.isclose(prior.rate, reference.m(0), rel_tol=1e-9)


def test_it_starts_at_the_prior() -> None:
    prior = ClassPrior()
    assert prior.get() == {False: 0.95, True: 0.05}
    assert prior.logit == pytest.approx(math.log(0.05 / 0.95))
    prior.update(False)
    assert prior.rate == 0.05 / (1 + 1)
    prior.update(True)
    assert prior.rate == pytest.approx((1 + 0.05) / (2 + 1), rel=1e-4)


@pytest.mark.parametrize("count", [1, 300, 3_000])
def test_true_labels_alone_move_nothing_and_do_not_count_afterwards(count: int) -> None:
    prior, fresh = ClassPrior(prior=0.01), ClassPrior(prior=0.01)
    for _ in range(count):
        prior.update(True)
        assert prior.rate == 0.01
    saved = ClassPrior()
    saved.__setstate__(prior.__getstate__())
    for y in [False, *[i % 100 == 50 for i in range(2_000)]]:
        for one in (prior, saved, fresh):
            one.update(y)
        assert prior.rate == saved.rate
        assert prior.rate == pytest.approx(fresh.rate, rel=1e-12)


def test_two_classes_of_other_names_count_from_the_first_label() -> None:
    prior = ClassPrior()
    for i in range(400):
        prior.update("a" if i < 300 else "b")
    assert prior.get()["a"] > 0.6


def delay(before: float, after: float, seed: int) -> int:
    """Labels after a jump until the estimate is within a quarter of the truth."""
    rng = np.random.default_rng(seed)
    prior = ClassPrior()
    for y in (rng.random(60_000) < before).tolist():
        prior.update(y)
    for i, y in enumerate((rng.random(30_000) < after).tolist()):
        prior.update(y)
        if abs(math.log(prior.rate / after)) < math.log(1.25):
            return i
    return 30_000


@pytest.mark.parametrize(
    ("before", "after", "mean", "error"),
    [(0.005, 0.05, 1_165, 162), (0.05, 0.005, 5_543, 651), (0.01, 0.03, 998, 193), (0.03, 0.01, 2_800, 533)],
)
def test_a_jump_is_followed(before: float, after: float, mean: float, error: float) -> None:
    """Mean over 20 seeds as first measured, with its standard error over seeds."""
    delays = [delay(before, after, seed) for seed in range(20)]
    assert np.mean(delays) <= mean + 4 * error, f"seeds 0-19: {delays}"


@pytest.mark.parametrize(("rate", "mean", "error"), [(0.001, 0.065, 0.007), (0.02, 0.0215, 0.0037)])
def test_a_quiet_stream_is_averaged_over_its_long_memory(rate: float, mean: float, error: float) -> None:
    errors = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        prior = ClassPrior()
        for i, y in enumerate((rng.random(200_000) < rate).tolist()):
            prior.update(y)
            if i > 100_000 and i % 100 == 0:
                errors.append(abs(math.log(prior.rate / rate)))
    assert np.mean(errors) <= mean + 4 * error


def test_bools_of_any_make_are_the_same_class() -> None:
    plain, other = ClassPrior(), ClassPrior()
    for i in range(300):
        y = i % 7 == 0
        plain.update(y)
        other.update([y, int(y), np.bool_(y), np.int64(y), float(y)][i % 5])
    assert pickle.dumps(plain) == pickle.dumps(other)


@pytest.mark.parametrize("labels", [["a", "b", "c"], [0, 1, 2], [3, 4, 5]])
def test_other_labels_are_tracked_one_against_the_rest(labels: list[Any]) -> None:
    rng = random.Random(5)
    prior = ClassPrior()
    for _ in range(20_000):
        prior.update(rng.choices(labels, [0.9, 0.08, 0.02])[0])
    shares = prior.get()
    assert set(shares) == set(labels)
    assert math.isclose(sum(shares.values()), 1.0)
    for label, share in zip(labels, (0.9, 0.08, 0.02), strict=True):
        assert abs(shares[label] - share) <= 4 * math.sqrt(share * (1 - share) / 18_000)


def test_what_two_classes_taught_is_kept_when_a_third_comes() -> None:
    prior = ClassPrior()
    for i in range(5_000):
        prior.update(i % 50 == 0)
    m = prior.rate
    prior.update("third")
    shares = prior.get()
    assert shares[True] == pytest.approx(m, rel=1e-3)
    assert shares[False] == pytest.approx(1 - m, rel=1e-3)
    assert shares["third"] < 0.001
    assert prior.rate == pytest.approx(m, rel=1e-3)


def test_a_class_that_comes_late_starts_as_one_of_which_only_zeros_were_seen() -> None:
    prior, alone = ClassPrior(), ClassPrior()
    for _ in range(3_000):
        prior.update("a")
        alone.update(False)
    prior.update("b")
    alone.update(True)
    # 5e-4 against the rest; normalised with a's share it loses its own size.
    assert prior.get()["b"] == pytest.approx(alone.rate, rel=2e-3)


def test_a_class_that_never_came_is_not_a_class() -> None:
    prior = ClassPrior()
    for y in (0, 0, 2, 0):
        prior.update(y)
    assert set(prior.get()) == {0, 2}
    assert prior.knows(0)
    assert not prior.knows(1)
    prior.update(1)
    assert prior.knows(True)


@pytest.mark.parametrize("y", ["True", "False"])
def test_a_spelled_bool_after_bools_is_refused_and_changes_nothing(y: str) -> None:
    prior = ClassPrior()
    prior.update(False)
    before = prior.__getstate__()
    with pytest.raises(ValueError, match="a text that spells True or False"):
        prior.update(y)
    assert prior.__getstate__() == before


def test_labels_of_numpy_are_kept_as_plain_data() -> None:
    prior = ClassPrior()
    for y in (np.str_("a"), np.int64(7), "a", 7):
        prior.update(y)
    assert [type(label) for label in prior.get()] == [str, int]


@pytest.mark.parametrize("y", [None, math.nan])
def test_what_is_no_label_is_refused(y: Any) -> None:
    prior = ClassPrior()
    with pytest.raises(ValueError, match="no labels"):
        prior.update(y)
    assert prior.get() == {False: 0.95, True: 0.05}


def test_fault_44_only_negatives_leave_a_finite_prior_above_0() -> None:
    prior = ClassPrior()
    for _ in range(200_000):
        prior.update(False)
    assert 0.0 < prior.rate < 1e-6
    assert math.isfinite(prior.logit)
    prior.update(True)
    assert prior.rate > 1e-6


@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf, -math.inf])
def test_fault_51_a_weight_that_is_none_is_refused(w: float) -> None:
    prior = ClassPrior()
    before = pickle.dumps(prior)
    for y in (True, "a"):
        with pytest.raises(ValueError, match="w="):
            prior.update(y, w)
    assert pickle.dumps(prior) == before


def test_fault_51_a_weight_above_the_cap_counts_as_the_cap() -> None:
    huge, capped = ClassPrior(), ClassPrior()
    for y in (False, True, False):
        huge.update(y, 1.7e308)
        capped.update(y, 1e15)
    assert pickle.dumps(huge) == pickle.dumps(capped)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"half_life": 0}, "half_life=0"),
        ({"floor_half_life": -1}, "floor_half_life=-1"),
        ({"cut": math.inf}, "cut=inf"),
        ({"prior": 1.0}, "prior=1.0"),
        ({"prior_weight": math.nan}, "prior_weight=nan"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        ClassPrior(**parameters)


def test_a_half_life_below_the_floor_is_one_memory() -> None:
    prior = ClassPrior(half_life=50, floor_half_life=300)
    for i in range(2_000):
        prior.update(i % 2 == 0)
    assert prior.rate == pytest.approx(0.5, abs=0.01)
