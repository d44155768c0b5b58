"""What a model can do is read off its signatures, once."""

from __future__ import annotations

import re

import pytest
from river import (
    compose,
    ensemble,
    forest,
    imblearn,
    linear_model,
    multiclass,
    naive_bayes,
    optim,
    preprocessing,
)

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, calibration, sampling
from streamimb.compose import capabilities
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Anchored, Narrow, TimeRecorder


def scaled(model):
    return preprocessing.StandardScaler() | model


def test_last_step_of_nested_pipelines():
    inner = linear_model.LogisticRegression()
    assert capabilities.last_step(inner) is inner
    nested = compose.Pipeline(preprocessing.MinMaxScaler(), scaled(inner))
    assert isinstance(capabilities.last_step(nested), linear_model.LogisticRegression)


@pytest.mark.parametrize(
    ("model", "honours"),
    [
        (linear_model.LogisticRegression(), True),
        (scaled(linear_model.LogisticRegression()), True),
        (naive_bayes.GaussianNB(), False),
        (scaled(naive_bayes.GaussianNB()), False),
        (ensemble.BaggingClassifier(linear_model.LogisticRegression(), n_models=2), True),
        (ensemble.BaggingClassifier(scaled(naive_bayes.GaussianNB()), n_models=2), False),
        (forest.ARFClassifier(n_models=2), False),  # **kwargs, ignored: unknown is no
        (Narrow(linear_model.LogisticRegression()), False),
        (scaled(Narrow(linear_model.LogisticRegression())), False),  # River's pipeline would drop it
        (LogisticRegression(), True),
        (SampledClassifier(LogisticRegression(), seed=1), True),
        (CalibratedClassifier(scaled(naive_bayes.GaussianNB())), False),
        (GuardedClassifier(CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))), True),
    ],
    ids=lambda v: str(v)[:30],
)
def test_honours_weight(model, honours):
    assert capabilities.honours_weight(model) is honours


def test_declared_keywords_are_those_of_the_innermost():
    assert capabilities.declared_keywords(scaled(TimeRecorder())) == {"t"}
    assert capabilities.declared_keywords(naive_bayes.GaussianNB()) == frozenset()
    assert capabilities.declared_keywords(LogisticRegression()) == {"w", "offset", "memo"}
    assert capabilities.declared_keywords(scaled(Narrow(TimeRecorder()))) == frozenset()


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (naive_bayes.GaussianNB(), "GaussianNB"),
        (Narrow(linear_model.LogisticRegression()), "Narrow"),
        (GuardedClassifier(scaled(Narrow(linear_model.LogisticRegression()))), "Narrow"),
        (GuardedClassifier(GuardedClassifier(scaled(naive_bayes.GaussianNB()))), "GaussianNB"),
        (forest.ARFClassifier(n_models=2), "ARFClassifier"),
    ],
    ids=["learner", "wrapper", "deep wrapper", "deep learner", "ignored"],
)
def test_a_refused_weight_names_the_part_that_would_drop_it(model, named):
    with pytest.raises(
        ValueError, match=rf"^w: {named} takes no weight and would drop it; leave w out, or use one"
    ):
        CalibratedClassifier(model).learn_one({"a": 1.0}, True, w=2.0)


def test_takes_offset_by_protocol():
    assert capabilities.takes_offset(LogisticRegression())
    assert capabilities.takes_offset(scaled(LogisticRegression()))
    assert capabilities.takes_offset(Anchored())
    assert not capabilities.takes_offset(scaled(linear_model.LogisticRegression()))
    # an ensemble of those that do gives no offset on
    assert not capabilities.takes_offset(ensemble.BaggingClassifier(LogisticRegression(), n_models=2))


def rus():
    return imblearn.RandomUnderSampler(linear_model.LogisticRegression(), {False: 0.5, True: 0.5}, seed=1)


@pytest.mark.parametrize(
    "inside",
    [
        rus(),
        scaled(rus()),
        compose.Pipeline(preprocessing.MinMaxScaler(), scaled(rus())),
        ensemble.BaggingClassifier(rus(), n_models=2),
        multiclass.OneVsRestClassifier(scaled(rus())),
        CalibratedClassifier(scaled(rus())),
        imblearn.RandomSampler(linear_model.LogisticRegression(), {False: 0.5, True: 0.5}, seed=1),
        imblearn.RandomOverSampler(linear_model.LogisticRegression(), {False: 0.5, True: 0.5}, seed=1),
        imblearn.HardSamplingClassifier(linear_model.LogisticRegression(), p=0.1, size=10, seed=1),
    ],
    ids=lambda v: str(v)[:40],
)
def test_refuses_rivers_samplers_inside(inside):
    with pytest.raises(ValueError, match=r"without saying its rate.*sampling.UnderSampler"):
        SampledClassifier(inside)


@pytest.mark.parametrize(
    "inside",
    [
        SampledClassifier(LogisticRegression(), seed=1),
        scaled(SampledClassifier(LogisticRegression(), seed=1)),
        CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
        GuardedClassifier(CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))),
        ensemble.BaggingClassifier(SampledClassifier(LogisticRegression(), seed=1), n_models=2),
        ensemble.VotingClassifier([SampledClassifier(LogisticRegression(), seed=s) for s in (1, 2)]),
    ],
    ids=lambda v: type(v).__name__,
)
def test_refuses_a_sampled_classifier_inside(inside):
    with pytest.raises(ValueError, match=r"it contains SampledClassifier, .*Sample once"):
        SampledClassifier(inside)


def weighing():
    return linear_model.LogisticRegression(loss=optim.losses.Log(weight_pos=5.0, weight_neg=1.0))


@pytest.mark.parametrize(
    "inside",
    [weighing(), scaled(weighing()), ensemble.BaggingClassifier(scaled(weighing()), n_models=2)],
    ids=["bare", "pipeline", "bagging"],
)
def test_refuses_class_weights_in_the_loss(inside):
    with pytest.raises(ValueError, match=r"weighs the classes.*sampling.ClassWeights"):
        SampledClassifier(inside)


def test_accepts_what_does_not_tilt():
    for model in (
        scaled(linear_model.LogisticRegression(loss=optim.losses.Log(2.0, 2.0))),
        ensemble.BaggingClassifier(scaled(naive_bayes.GaussianNB()), n_models=2),
        CalibratedClassifier(LogisticRegression()),
    ):
        SampledClassifier(model, seed=1)


@pytest.mark.parametrize("make", [SampledClassifier, CalibratedClassifier, GuardedClassifier])
@pytest.mark.parametrize(
    "stranger",
    [None, "default", LogisticRegression, linear_model.LinearRegression(), preprocessing.StandardScaler()],
    ids=["none", "word", "class", "regressor", "transformer"],
)
def test_what_is_no_classifier_is_refused_at_construction(make, stranger):
    with pytest.raises(ValueError, match=r"(?s)^classifier=.*: expected a River classifier, or a pipeline"):
        make(stranger)


@pytest.mark.parametrize(
    ("make", "name", "stranger", "expected"),
    [
        (SampledClassifier, "sampler", sampling.UnderSampler, "an object such as sampling.UnderSampler"),
        (SampledClassifier, "sampler", 0.2, "an object such as sampling.UnderSampler"),
        (CalibratedClassifier, "calibrator", calibration.Platt, "an object such as calibration.Platt"),
        (CalibratedClassifier, "calibrator", "platt", "an object such as calibration.Platt"),
        (GuardedClassifier, "schema", {"a": {"type": "number"}}, "Schema("),
    ],
)
def test_what_is_no_policy_is_refused_at_construction(make, name, stranger, expected):
    with pytest.raises(ValueError, match=f"^{name}=.*: expected {re.escape(expected)}"):
        make(LogisticRegression(), stranger)
