from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.sampling.followed import ScoreUnderSampler, UnderSampler

P = {False: 0.9, True: 0.1}


def taught(sampler: Any, n: int = 1_000, every: int = 100) -> Any:
    for i in range(1, n + 1):
        sampler.learn_one({}, i % every == 0, P, sampler.rates_one({}, P))
    return sampler


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_the_rate_follows_the_prior(share: float) -> None:
    sampler = taught(UnderSampler(share=share), 5_000)
    m = sampler._prior.rate
    assert sampler.rates_one({}, P) == {
        False: pytest.approx(min(1.0, (1 - share) / share * m / (1 - m))),
        True: 1.0,
    }


def test_a_common_class_that_is_not_too_common_is_kept() -> None:
    assert taught(UnderSampler(share=0.2), every=2).rates_one({}, P)[False] == 1.0


def test_a_keep_rate_is_the_rate() -> None:
    sampler = UnderSampler(keep_rate=0.03)
    assert sampler.rates_one({}, P) == {False: 1.0, True: 1.0}
    assert taught(sampler).rates_one({}, P) == {False: 0.03, True: 1.0}


@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
def test_a_keep_rate_moves_from_outside_and_at_once(kind: Any) -> None:
    sampler = taught(kind(keep_rate=0.2))
    old = sampler.rates_one({}, P)[False]
    sampler.keep_rate = 0.01
    assert sampler.rates_one({}, P)[False] == pytest.approx(old / 20)
    sampler.mutate({"keep_rate": 0.2})
    assert sampler.rates_one({}, P)[False] == old
    assert sampler.clone().keep_rate == 0.2


@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
def test_a_share_moves_from_outside_and_at_once(kind: Any) -> None:
    sampler = taught(kind(share=0.2))
    old = sampler.rates_one({}, P)[False]
    sampler.mutate({"share": 0.5})
    assert sampler.rates_one({}, P)[False] == pytest.approx(old / 4)


@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
def test_a_share_and_a_rate_take_each_others_place(kind: Any) -> None:
    sampler = taught(kind(share=0.2))
    sampler.keep_rate = 0.1
    assert (sampler.share, sampler.keep_rate) == (None, 0.1)
    assert sampler.rates_one({}, P) == taught(kind(keep_rate=0.1)).rates_one({}, P)
    sampler.mutate({"share": 0.2, "keep_rate": None})
    assert (sampler.share, sampler.keep_rate) == (0.2, None)
    assert sampler.rates_one({}, P) == taught(kind(share=0.2)).rates_one({}, P)


def test_one_of_them_is_always_given() -> None:
    with pytest.raises(
        ValueError, match=r"share=None: the sampler has no keep_rate; give keep_rate in its place"
    ):
        UnderSampler(share=0.2).share = None
    with pytest.raises(
        ValueError, match=r"keep_rate=None: the sampler has no share; give share in its place"
    ):
        UnderSampler(keep_rate=0.2).keep_rate = None


@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
@pytest.mark.parametrize("value", [0, 0.0, -0.1, 1e-7, 1.1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["share", "keep_rate"])
def test_fault_52_a_rate_of_0_or_not_finite_is_refused_at_once(kind: Any, name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name}="):
        kind(**{name: value})
    sampler = taught(kind(**{name: 0.2}))
    before = sampler.rates_one({}, P)
    with pytest.raises(ValueError, match=f"{name}="):
        setattr(sampler, name, value)
    with pytest.raises(ValueError, match=f"{name}="):
        sampler.mutate({name: value})
    assert sampler.rates_one({}, P) == before


@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
def test_both_are_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match=r"share=0\.2, keep_rate=0\.1"):
        kind(share=0.2, keep_rate=0.1)


def test_neither_is_refused() -> None:
    with pytest.raises(ValueError, match="share=None, keep_rate=None"):
        UnderSampler()


@pytest.mark.parametrize(
    "sampler", [UnderSampler(share=0.2), UnderSampler(keep_rate=0.05), ScoreUnderSampler()]
)
def test_fault_45_the_first_positive_ever_is_learned(sampler: Any) -> None:
    sampler = sampler.clone()
    for _ in range(10_000):
        rates = sampler.rates_one({}, P)
        assert rates[True] == 1.0
        sampler.learn_one({}, False, P, rates)
    assert sampler.rates_one({}, P)[True] == 1.0
    assert 1e-6 <= sampler.rates_one({}, P)[False] < 0.1


@pytest.mark.parametrize(
    "sampler", [UnderSampler(share=0.2), ScoreUnderSampler(), ScoreUnderSampler(keep_rate=0.1)]
)
@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf])
def test_fault_51_a_weight_that_is_none_is_refused(sampler: Any, w: float) -> None:
    sampler = taught(sampler.clone())
    before = sampler.rates_one({}, P)
    with pytest.raises(ValueError, match="w="):
        sampler.learn_one({}, True, P, before, w)
    assert sampler.rates_one({}, P) == before


@pytest.mark.parametrize("sampler", [UnderSampler(share=0.2), ScoreUnderSampler()])
def test_labels_and_classes_of_any_make_are_two_classes(sampler: Any) -> None:
    plain, other = sampler.clone(), sampler.clone()
    for i in range(400):
        y, q = i % 9 == 0, 0.1 + 0.001 * (i % 5)
        plain.learn_one({}, y, {False: 1 - q, True: q}, plain.rates_one({}, {False: 1 - q, True: q}))
        p = {0: 1 - q, 1: q}
        other.learn_one({}, [int(y), np.bool_(y), np.int64(y)][i % 3], p, other.rates_one({}, p))
    assert other.rates_one({}, {0: 0.9, 1: 0.1}) == plain.rates_one({}, P)


def test_many_classes_are_thinned_to_one_mass() -> None:
    sampler = UnderSampler(keep_rate=0.1)
    labels, p = ["a"] * 90 + ["b"] * 9 + ["c"], {"a": 0.3, "b": 0.3, "c": 0.4}
    for i in range(10_000):
        sampler.learn_one({}, labels[i % 100], p, sampler.rates_one({}, p))
    rates = sampler.rates_one({}, p)
    assert rates["c"] == 1.0
    assert 0.9 * rates["a"] == pytest.approx(0.09 * rates["b"], rel=1e-2)
    assert 0.9 * rates["a"] + 0.09 * rates["b"] + 0.01 == pytest.approx(0.1, rel=1e-2)


@pytest.mark.parametrize("aim", [{"share": 0.2}, {"keep_rate": 0.01}], ids=str)
@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
def test_the_first_events_are_kept_and_later_ones_at_least_in_proportion(kind: Any, aim: Any) -> None:
    sampler, plain = kind(keep_first=50, **aim), kind(**aim)
    for n in range(1_000):
        rates, unraised = sampler.rates_one({}, P), plain.rates_one({}, P)
        assert rates == {False: max(unraised[False], min(1.0, 50 / max(1, n))), True: 1.0}
        for each, its in ((sampler, rates), (plain, unraised)):
            each.learn_one({}, n % 100 == 0, P, its)
        sampler.learn_one({}, False, P, rates, w=0.0)  # no label


@pytest.mark.parametrize("kind", [UnderSampler, ScoreUnderSampler])
def test_the_first_events_of_many_classes_are_kept(kind: Any) -> None:
    sampler, plain = kind(share=0.5, keep_first=50), kind(share=0.5)
    p = {"a": 0.9, "b": 0.09, "c": 0.01}
    for n in range(2_000):
        rates, unraised = sampler.rates_one({}, p), plain.rates_one({}, p)
        least = min(1.0, 50 / max(1, n))
        assert rates == {label: max(rate, least) for label, rate in unraised.items()}
        y = "c" if n % 100 == 0 else "b" if n % 11 == 0 else "a"
        sampler.learn_one({}, y, p, rates)
        plain.learn_one({}, y, p, unraised)
    assert least < unraised["a"] == rates["a"] < 0.2
