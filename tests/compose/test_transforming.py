"""Transformers learn every event under an offset, after they transformed it; else what the pipeline is given."""

from __future__ import annotations

import random

import pytest
from river import compose, feature_extraction, feature_selection, linear_model, preprocessing, stats

from streamimb import SampledClassifier
from streamimb.compose.transforming import learn_transform_one, transform_one
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Anchored, Rates, Recorder, ScoreRates, WeightRecorder


def rows(n, seed=1):
    rng = random.Random(seed)
    return [
        ({"shop": rng.choice("pqr"), "amount": rng.gauss(3, 2)}, rng.random() < 0.3 and i > 0)
        for i in range(n)
    ]


def target_mean():
    return feature_extraction.TargetAgg(by="shop", how=stats.Mean())


def supervised():
    return target_mean() | Recorder()


def union():
    return (
        (target_mean() + (compose.Select("amount") | preprocessing.StandardScaler()))
        | preprocessing.MinMaxScaler()
        | Recorder()
    )


def nested():
    return compose.Pipeline(compose.Select("amount"), preprocessing.StandardScaler() | Recorder())


def union_of_pipelines():
    scaled_target = compose.Pipeline(target_mean(), feature_selection.VarianceThreshold(threshold=-1.0))
    return (scaled_target + compose.Select("amount")) | preprocessing.StandardScaler() | Recorder()


def given(model):
    while isinstance(model, compose.Pipeline):
        model = next(reversed(model.steps.values()))
    return model._given


@pytest.mark.parametrize("make", [supervised, union, nested, union_of_pipelines])
def test_what_the_classifier_learns_is_what_would_have_been_served(make):
    ours = make()
    for x, y in rows(60):
        before, served = dict(x), transform_one(ours, x)
        assert equal(learn_transform_one(ours, x, y), served)
        assert x == before
    later = transform_one(ours, x)
    assert later != served  # the transformers did learn the event


def equal(one, other):
    """Whether two events are the same; a scaler that has learned nothing says NaN."""
    return one.keys() == other.keys() and all(
        v == other[k] or (v != v and other[k] != other[k]) for k, v in one.items()
    )


def test_transformers_learn_what_they_learn_in_a_pipeline_of_rivers():
    """Where the first step is the only one that learns, its state is the same as in River's order."""
    for make in (supervised, nested):
        ours, rivers = make(), make()
        for x, y in rows(60):
            learn_transform_one(ours, x, y)
            rivers.learn_one(x, y)
            assert transform_one(ours, x) == transform_one(rivers, x)


def test_no_step_sees_the_label_of_the_event_it_transforms():
    model = supervised()
    assert learn_transform_one(model, {"shop": "p"}, True) == {"y_mean_by_shop": 0.0}
    assert learn_transform_one(model, {"shop": "p"}, False) == {"y_mean_by_shop": 1.0}
    assert transform_one(model, {"shop": "p"}) == {"y_mean_by_shop": 0.5}


def test_under_an_offset_transformers_learn_every_event():
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | Anchored(), Rates(false=0.1), seed=3)
    data = rows(400)
    for x, y in data:
        model.learn_one({"amount": x["amount"]}, y)
    assert scaler.counts["amount"] == len(data)
    observed, stepped = (
        [y for what, y, *_ in given(model.classifier) if what == kind] for kind in ("observed", "stepped")
    )
    assert observed == [y for _, y in data]
    assert 0 < stepped.count(False) < 0.3 * observed.count(False)


SAMPLED_WHOLE = {
    "takes no offset": lambda: (Recorder(), Rates(false=0.1), "auto"),
    "takes no offset, by score": lambda: (Recorder(), ScoreRates(false=0.3), "auto"),
    "weight": lambda: (WeightRecorder(), Rates(false=0.1), "weight"),
}


@pytest.mark.parametrize("make", SAMPLED_WHOLE.values(), ids=SAMPLED_WHOLE)
def test_without_an_offset_transformers_learn_what_is_kept(make):
    learner, sampler, correction = make()
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | learner, sampler, correction, seed=3)
    data = rows(400)
    for x, y in data:
        model.learn_one({"amount": x["amount"]}, y)
    labels = [y for _, y, *_ in given(model.classifier)]
    assert scaler.counts["amount"] == len(labels)
    assert sum(labels) == sum(y for _, y in data)
    negatives = sum(not y for _, y in data)
    assert 0 < len(labels) - sum(labels) < 0.1 * negatives + 4 * (0.1 * 0.9 * negatives) ** 0.5


@pytest.mark.parametrize(("correction", "every"), [("auto", True), ("prior", False), ("weight", False)])
def test_the_correction_decides_around_a_learner_that_takes_an_offset(correction, every):
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | LogisticRegression(), Rates(false=0.1), correction, seed=3)
    witness = Recorder()
    bare = SampledClassifier(witness, Rates(false=0.1), seed=3)  # the same draws
    for x, y in rows(400):
        model.learn_one({"amount": x["amount"]}, y)
        bare.learn_one(x, y)
    assert 0 < len(witness._given) < 200
    assert scaler.counts["amount"] == (400 if every else len(witness._given))


@pytest.mark.parametrize("make", [supervised, union, nested, union_of_pipelines])
def test_a_pipeline_sampled_whole_is_rivers_taught_what_is_kept(make):
    """As often as it is kept: also its supervised steps, and whatever the classifier is given."""
    model, plain, witness = make(), make(), Recorder()
    sampled = SampledClassifier(model, Rates(false=0.2, true=2.5), seed=7)
    bare = SampledClassifier(witness, Rates(false=0.2, true=2.5), seed=7)  # the same draws
    for x, y in rows(200):
        sampled.learn_one(x, y)
        bare.learn_one(x, y)
    for x, y in witness._given:
        plain.learn_one(x, y)
    assert 0 < len(witness._given) != 200
    assert given(model) == given(plain)
    assert all(transform_one(model, x) == transform_one(plain, x) for x, _ in rows(20, seed=2))


def test_at_rate_one_a_sampled_pipeline_is_the_pipeline():
    """The raw score is, bit for bit, what River's own pipeline says."""
    sampled = SampledClassifier(
        preprocessing.StandardScaler() | linear_model.LogisticRegression(), Rates(false=1.0), seed=1
    )
    plain = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    for x, y in rows(200):
        x = {"amount": x["amount"]}
        assert sampled.scores_one(x)[0].raw == plain.predict_proba_one(x)[True]
        sampled.learn_one(x, y)
        plain.learn_one(x, y)


@pytest.mark.parametrize("learner", [Recorder(), Anchored()], ids=["whole", "apart"])
def test_prediction_changes_no_transformer(learner):
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | learner, Rates(false=1.0), seed=1)
    model.learn_one({"amount": 1.0}, False)
    for _ in range(3):
        model.predict_proba_one({"amount": 5.0})
        model.scores_one({"amount": 5.0})
    assert scaler.counts["amount"] == 1


def test_a_label_that_is_refused_teaches_no_transformer():
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | LogisticRegression(), seed=1)
    model.learn_one({"amount": 1.0}, True)
    with pytest.raises(ValueError, match="OneVsRestClassifier"):
        model.learn_one({"amount": 5.0}, "fraud")
    assert scaler.counts["amount"] == 1
