"""Bagging for imbalance: members that differ, balanced classes, true probabilities, and one correction."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from river import base, imblearn, naive_bayes, tree
from river import ensemble as river_ensemble

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    ensemble,
    linear_model,
)
from streamimb.checks.class_corrections import NAMES, class_stream
from streamimb.checks.corrections import stream
from streamimb.cli import build
from streamimb.config import ConfigError, loads
from streamimb.engine import BothReported, Engine
from streamimb.engine.snapshot import dumps
from streamimb.engine.snapshot import loads as restored
from streamimb.events import Event
from tests.config.test_config import MINIMAL

KINDS: dict[str, Any] = {
    "UOB": lambda model=None, **more: ensemble.UOBClassifier(model, n_models=5, seed=1, **more),
    "OOB": lambda model=None, **more: ensemble.OOBClassifier(model, n_models=5, seed=1, **more),
    "bagging": lambda model=None, **more: ensemble.BalancedBaggingClassifier(
        model, n_models=5, seed=1, **more
    ),
    "cost-sensitive": lambda model=None, **more: ensemble.CostSensitiveForestClassifier(
        model or linear_model.LogisticRegression(), n_models=5, copies=1.0, seed=1, **more
    ),
}


class Counts(base.Classifier):
    """It counts what it is given of each class, and learns nothing."""

    def __init__(self) -> None:
        self.n: dict[Any, int] = {}

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        self.n[y] = self.n.get(y, 0) + 1

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return {False: 0.5, True: 0.5}


def labels(n: int, share: float, seed: int = 1) -> Iterator[bool]:
    rng = random.Random(seed)
    return (rng.random() < share for _ in range(n))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.01, 0.2])
def test_every_member_is_trained_at_odds_of_1_and_no_two_alike(kind: str, share: float) -> None:
    model = KINDS[kind](Counts())
    n = 20_000
    for y in labels(n, share):
        model.learn_one({}, y)
    counts = [member.classifier.n for member in model._members.all]
    odds = [count[True] / count[False] for count in counts]
    assert sum(odds) / len(odds) == pytest.approx(1.0, abs=0.1), "seed 1"
    assert len({tuple(count.values()) for count in counts}) == len(counts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_mean_probability_is_true(kind: str) -> None:
    """Within 5 % over 15,000 events of 5 % positives, whose own standard error is .033: of this seed's labels."""
    model = CalibratedClassifier(KINDS[kind]())
    said = positives = 0.0
    for i, (x, y, _) in enumerate(stream(20_000, 1)):
        if i >= 5_000:
            said += model.predict_proba_one(x)[True]
            positives += y
        model.learn_one(x, y)
    assert said / positives == pytest.approx(1.0, abs=0.05), "seed 1"


@pytest.mark.parametrize("kind", KINDS)
def test_the_probability_of_each_of_three_classes_is_true(kind: str) -> None:
    model = CalibratedClassifier(KINDS[kind](linear_model.SoftmaxRegression()))
    said, true = dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.0)
    for i, (x, y, truth) in enumerate(class_stream(6_000, 1)):
        if i >= 1_500:
            for name, p in model.predict_proba_one(x).items():
                said[name] += p
                true[name] += truth[name]
        model.learn_one(x, y)
    for name, error in zip(NAMES, (0.0054, 0.04, 0.057), strict=True):
        assert said[name] / true[name] == pytest.approx(1.0, abs=4.0 * error), (name, "seed 1")


def test_the_answer_has_less_error_than_the_members_have() -> None:
    model = ensemble.UOBClassifier(n_models=4, seed=3)
    ours = theirs = 0.0
    for i, (x, y, truth) in enumerate(stream(1_500, 2)):
        if i >= 500:
            ours += (model.predict_proba_one(x)[True] - truth) ** 2
            for member in model._members.all:
                theirs += (member.predict_proba_one(x)[True] - truth) ** 2 / 4
        model.learn_one(x, y)
    assert ours < 0.9 * theirs


def test_a_memory_that_cannot_reach_the_ratio_is_refused_with_the_figure() -> None:
    model = ensemble.OOBClassifier(memory=10, n_models=2, seed=1)
    with pytest.raises(ValueError, match=r"^memory=10: with a class of share .* odds of .* give memory="):
        for y in labels(5_000, 0.01):
            model.learn_one({}, y)


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_sampler_is_refused_inside_and_around(kind: str) -> None:
    model = KINDS[kind]()
    with pytest.raises(ValueError, match=f"it contains {type(model).__name__},"):
        SampledClassifier(model)
    with pytest.raises(ValueError, match="it contains SampledClassifier,"):
        KINDS[kind](SampledClassifier(linear_model.LogisticRegression()))
    with pytest.raises(ValueError, match="RandomUnderSampler changes which events reach the"):
        CalibratedClassifier(imblearn.RandomUnderSampler(model, {False: 0.5, True: 0.5}))
    with pytest.raises(ValueError, match="AdaBoostClassifier changes which events"):
        CalibratedClassifier(river_ensemble.AdaBoostClassifier(model, n_models=2))
    with pytest.raises(ValueError, match=f"it contains {type(model).__name__},"):
        KINDS[kind](KINDS[kind]())


def test_a_model_with_a_seed_gets_another_one_in_each_member() -> None:
    model = ensemble.UOBClassifier(tree.ExtremelyFastDecisionTreeClassifier(), n_models=3, seed=1)
    forest = ensemble.UOBClassifier(
        river_ensemble.BaggingClassifier(naive_bayes.GaussianNB(), seed=5), 3, seed=1
    )
    assert len({member.classifier.seed for member in forest._members.all}) == 3
    assert len({member.seed for member in model._members.all}) == 3
    again = ensemble.UOBClassifier(
        river_ensemble.BaggingClassifier(naive_bayes.GaussianNB(), seed=5), 3, seed=1
    )
    assert [m.classifier.seed for m in again._members.all] == [m.classifier.seed for m in forest._members.all]


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_data_and_a_damaged_one_is_refused(kind: str) -> None:
    model = KINDS[kind]()
    for x, y, _ in stream(2_000, 1)[:500]:
        model.learn_one(x, y)
    again = restored(dumps(model))
    assert dumps(again) == dumps(model)
    for x, y, _ in stream(2_000, 1)[500:600]:
        assert again.predict_proba_one(x) == model.predict_proba_one(x)
        again.learn_one(x, y)
        model.learn_one(x, y)
    members = model._members.all
    other = SampledClassifier(linear_model.LogisticRegression(), seed=1)
    for damage in (
        {"members": members[:-1]},
        {"members": [*members[:-1], other]},
        {"members": [*members[:-1], linear_model.LogisticRegression()]},
        {"members": None},
        {"n_models": 4},
        {"n_models": "5"},
        {"more": 1},
    ):
        made_by: Any = type(model)
        made = made_by.__new__(made_by)
        with pytest.raises(ValueError, match=r"."):
            made.__setstate__({**model.__getstate__(), **damage})
        assert "_members" not in vars(made)


TOML = """
[learner]
type = "UOBClassifier"
n_models = 3
model = { type = "linear_model.LogisticRegression", hash_bits = 10 }
[model]
prior = 0.1
seed = 5
"""


def test_toml_chooses_an_ensemble_without_a_sampler_around_it() -> None:
    engine = build.engine(loads(MINIMAL + TOML), replay=False)
    model: Any = engine.model.classifier.classifier
    assert isinstance(model, ensemble.UOBClassifier)
    assert (model.n_models, model.model.hash_bits, model.prior, model.seed) == (3, 10, 0.1, 5)
    for i in range(200):
        engine.on_event(Event(f"e{i}", float(i), {"a": float(i % 7)}, i % 5 == 0))
    assert engine.counters["learned"] == 200
    again = build.engine(loads(MINIMAL + TOML), replay=False)
    again.restore(engine.snapshot(), {})
    assert again.snapshot() == engine.snapshot()
    text = TOML.replace(
        "n_models = 3", 'n_models = 3\nsampler = { type = "sampling.UnderSampler", share = 0.3 }'
    )
    bagging = build.engine(loads(MINIMAL + text.replace("UOB", "BalancedBagging")), replay=False)
    assert bagging.model.classifier.classifier.sampler.share == 0.3


@pytest.mark.parametrize("table", ["sampler", "synthesizer", "correction"])
def test_a_table_that_an_ensemble_does_not_take_is_refused(table: str) -> None:
    kinds = {"sampler": "UnderSampler", "synthesizer": "SMOTE", "correction": "offset"}
    wrong = f"[{table}]\ntype = '{kinds[table]}'\n{'share = 0.2' if table == 'sampler' else ''}\n"
    with pytest.raises(
        ConfigError, match=rf"^\[{table}\] is given, but ensemble\.UOBClassifier samples and corrects"
    ):
        loads(MINIMAL + TOML + wrong)


def test_it_works_guarded_in_an_engine_with_classes_by_name() -> None:
    model = GuardedClassifier(CalibratedClassifier(KINDS["UOB"](linear_model.SoftmaxRegression())))
    engine = Engine(model, BothReported(), classes=NAMES)
    for i, (x, y, _) in enumerate(class_stream(1_500, 1)[:600]):
        engine.on_event(Event(f"e{i}", float(i), dict(x), y))
    assert engine.counters["learned"] == 600
    assert engine.metrics.served.macro_recall > 0.4
