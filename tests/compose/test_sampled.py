"""A sampler and a correction around a learner: what is refused, what is forwarded, what comes out true."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from river import ensemble, forest, linear_model, naive_bayes, optim, preprocessing

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, correction, sampling, stats
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import (
    Anchored,
    Narrow,
    Rates,
    Recorder,
    ScoreRates,
    TimeRecorder,
    WeightRecorder,
    WeightTimeRecorder,
    logit,
)
from tests.compose.streams import events, sigmoid


def river():
    return preprocessing.StandardScaler() | linear_model.LogisticRegression(
        optim.AdaGrad(0.3), intercept_lr=0.1
    )


def bayes():
    return preprocessing.StandardScaler() | naive_bayes.GaussianNB()


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("correction", ["ofset", "", None, "live"])
def test_refuses_an_unknown_correction(correction):
    with pytest.raises(ValueError, match=r"correction=.*auto, offset, prior, weight"):
        SampledClassifier(LogisticRegression(), correction=correction)


def test_refuses_an_unknown_anchor():
    with pytest.raises(ValueError, match=r"anchor='fixed'.*live, frozen"):
        SampledClassifier(LogisticRegression(), anchor="fixed")


def test_refuses_offset_without_an_offset_learner():
    with pytest.raises(
        ValueError, match=r"correction='offset': LogisticRegression takes no offset; use 'prior'"
    ):
        SampledClassifier(river(), correction="offset")


@pytest.mark.parametrize(
    "learner",
    [naive_bayes.GaussianNB(), bayes(), forest.ARFClassifier(n_models=2)],
    ids=["nb", "pipe", "arf"],
)
def test_refuses_weight_with_a_learner_that_takes_none(learner):
    with pytest.raises(ValueError, match=r"correction='weight': .* takes no weight; use 'prior'"):
        SampledClassifier(learner, sampling.UnderSampler(share=0.2), correction="weight")


def test_refuses_weight_with_class_weights():
    with pytest.raises(ValueError, match=r"nothing is left of them.*'offset' or 'prior'"):
        SampledClassifier(LogisticRegression(), sampling.ClassWeights(), correction="weight")


@pytest.mark.parametrize("learner", [naive_bayes.GaussianNB(), bayes()], ids=["bare", "pipeline"])
def test_refuses_class_weights_around_a_learner_that_takes_none(learner):
    with pytest.raises(
        ValueError, match=r"ClassWeights gives weights, and GaussianNB takes none.*UnderSampler"
    ):
        SampledClassifier(learner, sampling.ClassWeights())


# ------------------------------------------------------------------ which route


@pytest.mark.parametrize(
    ("learner", "sampler", "name", "route"),
    [
        (LogisticRegression(), None, "auto", type(None)),
        (preprocessing.MinMaxScaler() | LogisticRegression(), None, "auto", type(None)),
        (Anchored(), Rates(), "auto", type(None)),
        (river(), sampling.UnderSampler(share=0.2), "auto", correction.PriorRatio),
        (river(), None, "auto", correction.RateRatio),
        (river(), sampling.ClassWeights(), "auto", correction.PriorRatio),
        (LogisticRegression(), sampling.UnderSampler(share=0.2), "prior", correction.PriorRatio),
        (LogisticRegression(), None, "prior", correction.RateRatio),
        (river(), None, "weight", correction.Weight),
    ],
    ids=lambda v: getattr(v, "__name__", str(v)[:20]),
)
def test_auto_is_offset_where_the_learner_takes_one_else_prior(learner, sampler, name, route):
    model = SampledClassifier(learner, sampler, correction=name, seed=1)
    assert type(model._own_correction) is route


# ------------------------------------------------------------------ routes by hand


def test_offset_route_by_hand():
    """Trains on g + logit m + shift, serves sigmoid(g + logit m); every event is shown, kept or not."""
    prior = stats.ClassPrior()
    model = SampledClassifier(Anchored(g=0.5), Rates(false=0.25), seed=1)
    copies = []
    for i in range(200):
        x, y = {"a": 1.0}, i % 10 == 3
        served = sigmoid(0.5 + prior.logit)
        assert model.predict_proba_one(x)[True] == pytest.approx(served, rel=1e-12)
        assert model.scores_one(x)[0].raw == pytest.approx(
            sigmoid(0.5 + prior.logit + math.log(4)), rel=1e-12
        )
        given = model.classifier._given
        given.clear()
        assert model.score_learn_one(x, y).corrected == pytest.approx(served, rel=1e-12)
        assert given[0] == ("observed", y, prior.logit, 1.0)
        # No step on True alone; after the first False every True is kept.
        assert len(given) == 2 if y else len(given) in (1, 2)
        for stepped in given[1:]:
            assert stepped == ("stepped", y, pytest.approx(prior.logit + math.log(4), rel=1e-15), 1.0)
        copies.append(len(given) - 1)
        prior.update(y)
    assert 20 < sum(copies) < 200


def test_prior_route_by_hand():
    """Odds of the learner × prior odds of now ÷ (A + 1/2) / (K + 1/2), which fade per learned copy."""
    prior, fade = stats.ClassPrior(), 0.5 ** (1 / 2000)
    learner = Recorder(p=0.3)
    model = SampledClassifier(learner, Rates(false=0.25), seed=2)
    a = k = 0.0
    positives = 0
    for i in range(300):
        x, y = {"a": float(i)}, i % 10 == 3
        served = prior.rate
        if positives >= 5:
            served = sigmoid(logit(0.3) + prior.logit - math.log((a + 0.5) / (k + 0.5)))
        assert model.predict_proba_one(x)[True] == pytest.approx(served, rel=1e-12)
        assert model.scores_one(x)[0].raw == 0.3
        seen = len(learner._given)
        model.learn_one(x, y)
        if len(learner._given) > seen:
            assert learner._given[-1] == (x, y)
            a, k = fade * a + y, fade * k + (not y)
            positives += y
        prior.update(y)
    assert positives == 30
    assert len(learner._given) < 200


def test_rate_ratio_by_hand():
    """Minus the shift at the learner's own score, which is also where the rates were asked for."""
    learner, sampler = Recorder(p=0.3), ScoreRates(false=0.5)
    model = SampledClassifier(learner, sampler, seed=2)
    for i in range(100):
        model.learn_one({"a": 1.0}, i % 10 == 3)
    shift = -math.log(0.5 * 0.3)
    assert model.last_shift == pytest.approx(shift, rel=1e-12)
    assert model.predict_proba_one({})[True] == pytest.approx(sigmoid(logit(0.3) - shift), rel=1e-12)
    assert all(p == 0.3 for _, p, _, _ in sampler._seen[:])


def test_weight_route_by_hand():
    learner = WeightRecorder(p=0.3)
    model = SampledClassifier(learner, Rates(false=0.25, true=2.0), correction="weight", seed=2)
    for i in range(100):
        model.learn_one({"a": 1.0}, i % 10 == 3, w=3.0)
    # Two copies of each True, of weight 3 / 2; of each False that is kept, one of weight 3 / .25.
    assert {(y, w) for _, y, w in learner._given} == {(True, 1.5), (False, 12.0)}
    assert [y for _, y, _ in learner._given].count(True) == 20
    assert model.predict_proba_one({})[True] == 0.3


def test_rates_above_one_are_copies():
    learner = Recorder()
    model = SampledClassifier(learner, Rates(false=1.0, true=2.5), seed=1)
    model.learn_one({}, False)
    for _ in range(1000):
        model.learn_one({}, True)
    assert abs(len(learner._given) - 2501) < 4 * (1000 * 0.25) ** 0.5
    assert model.last_shift == math.log(2.5)


def test_a_rate_that_is_a_weight_is_one_example():
    learner = WeightRecorder()
    model = SampledClassifier(learner, Rates(false=0.25, true=2.5, draws=False), seed=1)
    model.learn_one({}, False, w=2.0)
    model.learn_one({}, True)
    assert [tuple(given[1:]) for given in learner._given] == [(False, 0.5), (True, 2.5)]


def test_the_sampler_sees_every_event_with_the_rates_it_gave():
    sampler = Rates(false=0.01)
    model = SampledClassifier(LogisticRegression(), sampler, seed=1)
    for i in range(50):
        model.learn_one({"a": float(i)}, i == 7, w=2.0)
    assert [(y, w) for y, _, _, w in sampler._seen] == [(i == 7, 2.0) for i in range(50)]
    assert all(rates == {False: 0.01, True: 1.0} for _, _, rates, _ in sampler._seen)
    assert model.kept_share < 0.2


# ------------------------------------------------------------------ what it says of itself


def test_before_anything_was_learned():
    model = SampledClassifier(LogisticRegression(), seed=1)
    assert model.last_rates == {}
    assert model.last_shift == 0.0
    assert model.kept_share == 1.0
    assert model.predict_proba_one({"a": 1.0}) == pytest.approx({False: 0.95, True: 0.05}, rel=1e-12)


def test_rates_shift_and_kept_share():
    model = SampledClassifier(LogisticRegression(), sampling.UnderSampler(keep_rate=0.1), seed=1)
    data = events(4000, 1)
    kept = []
    for x, y, _ in data:
        rates = model.sampler.rates_one(x, {False: 0.5, True: 0.5}, model._prior.over((False, True)))
        model.learn_one(x, y)
        assert model.last_rates == rates
        assert model.last_shift == math.log(rates[True] / rates[False])
        kept.append(1.0 if y else rates[False])
    expected = sum(kept) / len(kept)
    assert abs(model.kept_share - expected) < 4 * (expected / len(kept)) ** 0.5


def test_fault_45_the_first_positive_is_learned():
    learner = Recorder()
    model = SampledClassifier(
        learner, sampling.ScoreUnderSampler(keep_rate=0.001), correction="prior", seed=1
    )
    for _ in range(2000):
        model.learn_one({"a": 0.0}, False)
    before = len(learner._given)
    model.learn_one({"a": 1.0}, True)
    assert learner._given[before:] == [({"a": 1.0}, True)]


@pytest.mark.parametrize("rate", [0.0, float("inf"), float("nan")])
def test_fault_52_a_rate_of_zero_or_not_finite_is_refused(rate):
    with pytest.raises(ValueError, match=r"keep_rate|share"):
        sampling.UnderSampler(keep_rate=rate)
    model = SampledClassifier(LogisticRegression(), Rates(false=rate), seed=1)
    before = pickle.dumps(model.classifier)
    with pytest.raises(ValueError, match=r"rate"):
        model.learn_one({"a": 1.0}, False)
    assert pickle.dumps(model.classifier) == before


# ------------------------------------------------------------------ weights and keywords


REFUSING = {
    "bayes": bayes,
    "bagging of bayes": lambda: ensemble.BaggingClassifier(bayes(), n_models=2, seed=1),
    "arf": lambda: forest.ARFClassifier(n_models=2, seed=1),
    "no weight": Recorder,
    "not let through": lambda: preprocessing.StandardScaler() | Narrow(linear_model.LogisticRegression()),
}


@pytest.mark.parametrize("make", REFUSING.values(), ids=REFUSING)
def test_a_weight_that_would_be_dropped_is_refused(make):
    model = SampledClassifier(make(), sampling.UnderSampler(share=0.2), seed=1)
    model.learn_one({"a": 1.0}, True)
    with pytest.raises(ValueError, match=r"w: .* takes no weight and would drop it; leave w out"):
        model.learn_one({"a": 1.0}, True, w=5.0)
    model.learn_one({"a": 1.0}, True, w=1.0)  # says nothing


@pytest.mark.parametrize("w", [-1.0, float("nan"), float("inf"), -float("inf")])
def test_fault_51_no_weight(w):
    model = SampledClassifier(LogisticRegression(), seed=1)
    model.learn_one({"a": 1.0}, True)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match=r"w: expected a finite number >= 0"):
        model.learn_one({"a": 1.0}, True, w=w)
    assert snapshot.dumps(model) == before


def test_fault_51_a_weight_of_zero_changes_nothing():
    model = SampledClassifier(LogisticRegression(), seed=1)
    for x, y, _ in events(500, 2):
        model.learn_one(x, y)
    before = snapshot.dumps(model)
    model.learn_one({"a": 9.0, "new": 1.0}, True, w=0)
    model.learn_one({"a": 1.0}, False, w=0.0)
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize("make", [LogisticRegression, river], ids=["ours", "river"])
def test_a_weight_reaches_the_learner(make):
    def taught(w):
        model = SampledClassifier(make(), sampling.UnderSampler(share=0.5), seed=1)
        for x, y, _ in events(300, 3, base=-1.0):
            model.learn_one(x, y, w=w)
        return model.predict_proba_one({"a": 1.0, "b": 1.0, "c": 1.0})[True]

    assert taught(1.0) != taught(7.0)


@pytest.mark.parametrize("correction", ["prior", "weight"])
def test_weight_and_keywords_pass_through_a_pipeline(correction):
    learner = WeightTimeRecorder()
    pipeline = preprocessing.StandardScaler() | (preprocessing.MinMaxScaler() | learner)
    model = SampledClassifier(pipeline, Rates(false=1.0), correction, seed=1)
    for i in range(4):
        model.learn_one({"a": float(i)}, i == 1, w=3.0, t=7 + i)
    assert learner._given == [(i == 1, 3.0, 7 + i) for i in range(4)]


def test_keywords_are_forwarded_only_where_declared():
    learner = TimeRecorder()
    model = SampledClassifier(preprocessing.StandardScaler() | learner, Rates(false=1.0), seed=1)
    model.learn_one({"a": 1.0}, False, t=7)
    model.learn_one({"a": 1.0}, True)
    assert learner._given == [(7, False), (0, True)]
    ours = SampledClassifier(LogisticRegression(), seed=1)
    before = snapshot.dumps(ours)
    for wrapped in (ours, CalibratedClassifier(ours), GuardedClassifier(ours)):
        with pytest.raises(ValueError, match=r"^weight: no part of this model takes this keyword"):
            wrapped.learn_one({"a": 1.0}, True, weight=3)
    assert snapshot.dumps(ours) == before


def test_the_offset_is_ours_to_give():
    model = SampledClassifier(LogisticRegression(), seed=1)
    before = snapshot.dumps(model)
    for given in (model, CalibratedClassifier(model)):
        with pytest.raises(ValueError, match=r"offset: the correction .* leave it out"):
            given.learn_one({"a": 1.0}, True, offset=50.0)
        with pytest.raises(ValueError, match=r"offset: the correction .* leave it out"):
            given.predict_proba_one({"a": 1.0}, offset=50.0)
    assert snapshot.dumps(model) == before
    model.learn_one({"a": 1.0}, True, offset=None)


# ------------------------------------------------------------------ anchor and prior


def test_a_prior_given_is_begun_from_and_left_alone():
    prior = stats.ClassPrior(prior=0.01)
    for i in range(100):
        prior.update(i > 0)
    counted = prior.rate
    model = SampledClassifier(LogisticRegression(), prior=prior, seed=1)
    assert model.predict_proba_one({})[True] == pytest.approx(
        0.01, rel=1e-12
    )  # its parameters, not its counts
    model.learn_one({}, True)
    assert prior.rate == counted > 0.9


def test_a_frozen_anchor_stands_still():
    model = SampledClassifier(Anchored(g=0.0), Rates(), anchor="frozen", seed=1)
    for i in range(2000):
        model.learn_one({}, i % 10 == 0)
    model.learn_one({}, False)  # the first label was a True, before any False: it did not count
    frozen = model.predict_proba_one({})[True]
    for _ in range(500):
        model.learn_one({}, True)
    assert model.predict_proba_one({})[True] == frozen == pytest.approx(0.1, abs=0.005)
    live = SampledClassifier(Anchored(g=0.0), Rates(), seed=1)
    for i in range(2500):
        live.learn_one({}, i % 10 == 0 or i >= 2000)
    assert live.predict_proba_one({})[True] > 0.25


@pytest.mark.parametrize(
    "sampler", [sampling.UnderSampler(keep_rate=0.5), sampling.ScoreUnderSampler(keep_rate=0.5)]
)
def test_a_keep_rate_changed_from_outside_takes_effect_at_once(sampler):
    sampler = sampler.clone()
    model = SampledClassifier(LogisticRegression(), sampler, seed=1)
    for x, y, _ in events(500, 1):
        model.learn_one(x, y)
    assert model.last_rates[False] > 0.1
    sampler.keep_rate = 0.001
    model.learn_one({"a": 0.0, "b": 0.0, "c": 0.0}, False)
    assert model.last_rates[False] < 0.02
    assert model.last_shift == math.log(1.0 / model.last_rates[False])


@pytest.mark.parametrize(
    "labels", [(np.False_, np.True_), (0, 1), (0.0, 1.0)], ids=["numpy", "ints", "floats"]
)
def test_what_equals_true_is_true_to_the_last_bit(labels):
    one, two = (CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)) for _ in range(2))
    for x, y, _ in events(500, 1):
        one.learn_one(x, y)
        two.learn_one(x, labels[y])
    assert snapshot.dumps(one) == snapshot.dumps(two)
