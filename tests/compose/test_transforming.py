"""Transformers of a pipeline learn every event, in River's order."""

from __future__ import annotations

import random

import pytest
from river import compose, feature_extraction, feature_selection, linear_model, preprocessing, stats

from streamimb import SampledClassifier
from streamimb.compose.transforming import learn_transform_one, transform_one
from tests.compose.parts import Rates, Recorder


def rows(n, seed=1):
    rng = random.Random(seed)
    return [({"shop": rng.choice("pqr"), "amount": rng.gauss(3, 2)}, rng.random() < 0.3) for _ in range(n)]


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
def test_what_the_classifier_learns_is_what_rivers_pipeline_gives_it(make):
    ours, rivers = make(), make()
    for x, y in rows(60):
        before = dict(x)
        seen = learn_transform_one(ours, x, y)
        rivers.learn_one(x, y)
        assert x == before
        assert given(rivers)[-1] == (seen, y)
        assert transform_one(ours, x) == transform_one(rivers, x)


def test_no_step_sees_the_label_of_the_event_it_transforms():
    model = supervised()
    assert learn_transform_one(model, {"shop": "p"}, True) == {"y_mean_by_shop": 0.0}
    assert learn_transform_one(model, {"shop": "p"}, False) == {"y_mean_by_shop": 1.0}
    assert transform_one(model, {"shop": "p"}) == {"y_mean_by_shop": 0.5}


def test_transformers_learn_every_event_and_the_classifier_what_is_sampled():
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | Recorder(), Rates(false=0.1), seed=3)
    data = rows(400)
    for x, y in data:
        model.learn_one({"amount": x["amount"]}, y)
    assert scaler.counts["amount"] == len(data)
    kept = given(model.classifier)
    assert sum(y for _, y in kept) == sum(y for _, y in data)
    negatives = sum(not y for _, y in data)
    assert 0 < sum(not y for _, y in kept) < 0.1 * negatives + 4 * (0.1 * 0.9 * negatives) ** 0.5


def test_at_rate_one_a_sampled_pipeline_is_the_pipeline():
    """The raw score is, bit for bit, what River's own pipeline says."""
    sampled = SampledClassifier(
        preprocessing.StandardScaler() | linear_model.LogisticRegression(), Rates(false=1.0), seed=1
    )
    plain = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    for x, y in rows(200):
        x = {"amount": x["amount"]}
        assert sampled.scores_one(x).raw == plain.predict_proba_one(x)[True]
        sampled.learn_one(x, y)
        plain.learn_one(x, y)


def test_prediction_changes_no_transformer():
    scaler = preprocessing.StandardScaler()
    model = SampledClassifier(scaler | Recorder(), Rates(), seed=1)
    model.learn_one({"amount": 1.0}, True)
    for _ in range(3):
        model.predict_proba_one({"amount": 5.0})
        model.scores_one({"amount": 5.0})
    assert scaler.counts["amount"] == 1
