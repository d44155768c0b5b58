from __future__ import annotations

import math
import pickle
import random
from typing import Any

import pytest
from river import linear_model as river_linear
from river import preprocessing

from benchmarks.sampler_figures import filtered
from streamimb import SampledClassifier
from streamimb.engine.snapshot import dumps, loads
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import DensityRatio, UnderSampler

P = {False: 0.9, True: 0.1}


def observed(sampler: DensityRatio, n: int = 20_000, high: float = 0.8, low: float = 0.2) -> DensityRatio:
    """Half of the events are "large"; the filter keeps these with probability `high` and the others with `low`."""
    rng = random.Random(1)
    for _ in range(n):
        large = rng.random() < 0.5
        sampler.observe_one({"large": large}, rng.random() < (high if large else low))
    return sampler


def weight(sampler: DensityRatio, large: bool) -> float:
    rates = sampler.rates_one({"large": large}, P, P)
    assert rates[True] == rates[False]
    return rates[True]


def test_the_weight_is_the_density_among_all_over_that_among_the_kept() -> None:
    sampler = observed(DensityRatio())
    assert weight(sampler, True) == pytest.approx(0.5 / 0.8, rel=0.05)
    assert weight(sampler, False) == pytest.approx(0.5 / 0.2, rel=0.1)
    assert sampler.kept_share == pytest.approx(0.5, rel=0.05)


def test_before_any_event_was_observed_the_weight_is_1() -> None:
    assert DensityRatio().rates_one({"a": 1.0}, P, P) == {False: 1.0, True: 1.0}
    assert DensityRatio().kept_share == 1.0


def test_where_the_filter_keeps_everything_the_weights_are_1() -> None:
    sampler = observed(DensityRatio(), 2_000, 1.0, 1.0)
    assert weight(sampler, True) == pytest.approx(1.0, rel=1e-2)


def test_the_weights_are_clipped() -> None:
    sampler = observed(DensityRatio(max_weight=1.5))
    assert weight(sampler, False) == 1.5
    assert weight(sampler, True) == pytest.approx(1.0 / 1.5)


def test_a_filter_that_moves_is_followed() -> None:
    sampler = observed(observed(DensityRatio()), 60_000, 0.08, 0.8)
    assert weight(sampler, True) > 2.0
    assert weight(sampler, False) < 1.0


def test_the_effective_sample_size_is_that_of_the_weights() -> None:
    sampler, total, squares = observed(DensityRatio(), 5_000), 0.0, 0.0
    for i in range(200):
        x = {"large": i % 3 == 0}
        rates = sampler.rates_one(x, P, P)
        sampler.learn_one(x, False, P, rates, P)
        total, squares = total + rates[True], squares + rates[True] ** 2
    assert sampler.effective_sample_size == pytest.approx(total**2 / squares, rel=0.02)
    assert sampler.effective_sample_size < 190


def test_the_classes_of_any_number_have_one_weight() -> None:
    many = {"a": 0.5, "b": 0.3, "c": 0.2}
    assert len(set(observed(DensityRatio(), 1_000).rates_one({"large": True}, many, many).values())) == 1


@pytest.mark.parametrize("correction", ["offset", "prior"])
def test_the_class_prior_counts_each_event_with_its_weight(correction: str) -> None:
    """Kept: 20 % of the small events, of which 2 % are True; all of the large, of which 10 % are."""
    rng, sampler = random.Random(2), DensityRatio()
    learner: Any = (
        LogisticRegression()
        if correction == "offset"
        else preprocessing.StandardScaler() | river_linear.LogisticRegression()
    )
    model = SampledClassifier(learner, sampler, correction, seed=1)
    for _ in range(40_000):
        large = rng.random() < 0.5
        x, kept = {"large": float(large)}, large or rng.random() < 0.2
        sampler.observe_one(x, kept)
        if kept:
            model.learn_one(x, rng.random() < (0.1 if large else 0.02))
    assert model._prior.rate == pytest.approx(0.06, rel=0.12)  # .087 among the kept; 1,700 positives
    assert model.kept_share == 1.0


def test_other_samplers_do_not_weigh_the_prior() -> None:
    model, rng = (
        SampledClassifier(LogisticRegression(), UnderSampler(keep_rate=0.1), seed=1),
        random.Random(3),
    )
    for _ in range(10_000):
        model.learn_one({"a": 1.0}, rng.random() < 0.1)
    assert model._prior.rate == pytest.approx(0.1, rel=0.15)


class Halves:
    """A sampler of somebody else's for a filter that is known: it kept half of the True events' kind of x."""

    depends_on_x = True
    draws = False
    reweighs = True

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return dict.fromkeys(p, 2.0 if x["rare"] else 1.0)

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        pass


def test_any_sampler_may_weigh_the_prior() -> None:
    model, rng = SampledClassifier(LogisticRegression(), Halves(), seed=1), random.Random(4)
    for _ in range(10_000):
        y = rng.random() < 0.1
        model.learn_one({"rare": y}, y)
    assert model._prior.rate == pytest.approx(0.2 / 1.1, rel=0.1)


def test_a_saved_sampler_goes_on() -> None:
    sampler = observed(DensityRatio(), 3_000)
    for other in (pickle.loads(pickle.dumps(sampler)), loads(dumps(sampler))):
        assert weight(other, True) == weight(sampler, True)
        assert weight(observed(other, 500), False) == weight(
            observed(pickle.loads(pickle.dumps(sampler)), 500), False
        )


@pytest.mark.parametrize("kept", [1, 0, None, "yes"])
def test_kept_is_true_or_false(kept: Any) -> None:
    with pytest.raises(ValueError, match="kept"):
        DensityRatio().observe_one({"a": 1.0}, kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sums", [1.0]), ("sums", [math.nan, 1.0]), ("sums", None), ("dropping", None), ("dropping", {})],
)
def test_a_damaged_state_is_refused_and_changes_nothing(name: str, value: Any) -> None:
    sampler = observed(DensityRatio(), 100)
    before, said = sampler.__getstate__(), weight(sampler, True)
    with pytest.raises(ValueError, match="state"):
        sampler.__setstate__({**before, name: value})
    assert weight(sampler, True) == said


def test_weighted_means_of_the_kept_are_those_of_all() -> None:
    """One seed; `make truth` has five."""
    found = filtered(0)
    assert found["within"] >= 0.9
    assert found["unweighted"] <= 0.92
    assert found["ratio"] == pytest.approx(1.0, abs=0.1)
