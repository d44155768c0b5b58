"""`prior`: where to start from, as a number or with all parameters of a class prior."""

from __future__ import annotations

from typing import ClassVar

import pytest

from benchmarks import streams
from streamimb import CalibratedClassifier, SampledClassifier, sampling, stats
from streamimb.cli.model import assembled
from streamimb.config import ConfigError, Model
from streamimb.correction import FrozenAnchor
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Rates
from tests.compose.streams import sigmoid

TAKERS = {
    "learner": lambda prior: LogisticRegression(prior=prior).predict_proba_one({})[True],
    "sampled": lambda prior: SampledClassifier(LogisticRegression(), prior=prior).predict_proba_one({})[True],
    "frozen": lambda prior: sigmoid(FrozenAnchor(prior).logit_one({})),
}


@pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)
def test_a_number_and_a_class_prior_are_the_same_start(taker):
    assert taker(0.001) == pytest.approx(0.001, rel=1e-12)
    assert taker(stats.ClassPrior(prior=0.001)) == taker(0.001)


def test_the_sampler_starts_from_the_prior_of_the_wrapper():
    class Asked(Rates):
        priors: ClassVar[list[float]] = []

        def rates_one(self, x, p, prior):
            self.priors.append(prior[True])
            return super().rates_one(x, p, prior)

    SampledClassifier(LogisticRegression(), Asked(), prior=0.001, seed=1).learn_one({"a": 1.0}, False)
    assert Asked.priors == [pytest.approx(0.001, rel=1e-12)]


def test_our_sampler_is_handed_the_prior_like_any_other():
    class Delegate(Rates):
        """ScoreUnderSampler, called through its public methods."""

        depends_on_x = True

        def __init__(self):
            self.draws = True
            self.inner = sampling.ScoreUnderSampler(share=0.2)

        def rates_one(self, x, p, prior):
            return self.inner.rates_one(x, p, prior)

        def learn_one(self, x, y, p, rates, prior, w=1.0):
            self.inner.learn_one(x, y, p, rates, prior, w)

    ours, other = (
        SampledClassifier(LogisticRegression(), sampler, prior=0.3, seed=1)
        for sampler in (sampling.ScoreUnderSampler(share=0.2), Delegate())
    )
    elsewhere = SampledClassifier(LogisticRegression(), sampling.ScoreUnderSampler(share=0.2), seed=1)
    rates = []
    for x, y in streams.regime("stat1", 1, n=2_000).rows():
        for model in (ours, other, elsewhere):
            model.learn_one(x, y)
        rates.append((ours.last_rates[False], elsewhere.last_rates[False]))
        assert ours.last_rates[False] == pytest.approx(other.last_rates[False], rel=1e-9)
    assert any(one != another for one, another in rates)


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, float("nan"), "rare", None, True])
@pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)
def test_what_is_no_prior_is_refused(taker, prior):
    with pytest.raises(ValueError, match=r"^prior"):
        taker(prior)


def test_the_configuration_has_it():
    assert assembled(Model(prior=0.001)).predict_proba_one({"a": 1.0})[True] == pytest.approx(0.001, rel=1e-9)
    assert assembled(Model()).predict_proba_one({"a": 1.0})[True] == pytest.approx(0.05, rel=1e-9)
    with pytest.raises(ConfigError, match=r"^\[model\] prior=2"):
        assembled(Model(prior=2.0))


def test_clones_and_saved_states_keep_it():
    model = CalibratedClassifier(SampledClassifier(LogisticRegression(prior=0.01), prior=0.001, seed=1))
    for other in (model.clone(), snapshot.loads(snapshot.dumps(model))):
        assert (other.classifier.prior, other.classifier.classifier.prior) == (0.001, 0.01)
        assert other.predict_proba_one({})[True] == pytest.approx(0.001, rel=1e-9)


def test_a_start_that_is_right_is_right_from_the_first_event():
    """Sum of p over the first 2,000 events at a base rate of .1 %, eight seeds, against the true one."""
    said, truth = {0.05: 0.0, 0.001: 0.0}, 0.0
    for seed in range(8):
        stream = streams.regime("stat1", seed, n=2_000)
        truth += stream.p.sum()
        for prior in said:
            model = CalibratedClassifier(SampledClassifier(LogisticRegression(), prior=prior, seed=seed))
            for x, y in stream.rows():
                said[prior] += model.predict_proba_one(x)[True]
                model.learn_one(x, y)
    assert 0.6 < said[0.001] / truth < 1.6
    assert said[0.001] < said[0.05]
