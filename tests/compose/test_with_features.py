"""Metrics that read features in River's own loops, by `WithFeatures`."""

from __future__ import annotations

import copy
import pickle
import random
from typing import Any

import pytest
from river import evaluate, model_selection, naive_bayes, preprocessing
from river import linear_model as river_linear
from river.compose import Discard

from streamimb import ThresholdedClassifier, WithFeatures, decision, linear_model, metrics
from streamimb.metrics.event_proba import EventProba
from tests.laws.table import METRICS

READING = [name for name, make in METRICS.items() if make().requires_x and not make().requires_labels]


def stream(n: int = 600) -> list[Any]:
    rng = random.Random(7)
    events = []
    for i in range(n):
        a = rng.gauss(0.0, 1.0)
        x = {
            "a": a,
            "t": 600.0 * i,
            "user": f"u{rng.randrange(7)}",
            "amount": rng.uniform(1.0, 9.0),
            "cost": 0.5,
        }
        events.append((x, rng.random() < (0.5 if a > 0.7 else 0.1)))
    return events


def model() -> Any:
    hidden = Discard("t", "user", "amount", "cost")
    return hidden | preprocessing.StandardScaler() | river_linear.LogisticRegression()


def own_loop(metric: Any, delay: int) -> Any:
    """What the metric says where it is given the features, with labels `delay` events late."""
    learner = model()
    waiting: list[Any] = []
    for x, y in [*stream(), *[(None, None)] * delay]:
        if len(waiting) == delay or x is None:
            before, p, label = waiting.pop(0) if delay else (x, learner.predict_proba_one(x), y)
            if p:
                metric.update(label, p, 1.0, before)
            learner.learn_one(before, label)
        if x is not None and delay:
            waiting.append((x, learner.predict_proba_one(x), y))
    return metric


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("delay", [0, 25])
def test_a_metric_reads_them_in_progressive_validation(name: str, delay: int) -> None:
    metric = METRICS[name]()
    evaluate.progressive_val_score(stream(), WithFeatures(model()), metric, delay=delay or None)
    assert repr(metric.get()) == repr(own_loop(METRICS[name](), delay).get())
    with pytest.raises(ValueError, match="put WithFeatures around the model"):
        evaluate.progressive_val_score(stream(), model(), METRICS[name]())


def test_in_a_container_and_step_by_step() -> None:
    both = metrics.Savings("amount", "cost") + metrics.LogLoss() + metrics.Windowed(metrics.GAUC("user"), 300)
    steps = evaluate.iter_progressive_val_score(
        stream(), WithFeatures(model()), both, step=200, delay=5, yield_predictions=True
    )
    seen = list(steps)
    assert len(seen) == 3
    assert [one.get() for one in both] == [
        own_loop(made, 5).get()
        for made in (
            metrics.Savings("amount", "cost"),
            metrics.LogLoss(),
            metrics.Windowed(metrics.GAUC("user"), 300),
        )
    ]


def test_models_are_selected_by_what_they_save() -> None:
    hidden = Discard("t", "user", "amount", "cost")
    models = [WithFeatures(model()), WithFeatures(hidden | naive_bayes.GaussianNB())]
    halving = model_selection.SuccessiveHalvingClassifier(
        models, metrics.Savings("amount", "cost"), budget=300
    )
    for x, y in stream(300):
        halving.learn_one(x, y)
    assert halving.best_model in models
    kept: Any = halving._metrics[halving._best_model_idx]
    assert kept.sums()[2] > 0.0  # it was measured, so the costs were found


def test_the_answer_is_a_dict_with_a_copy_of_the_features() -> None:
    inner = linear_model.LogisticRegression()
    wrapped, x = WithFeatures(inner), {"a": 1.0}
    for event, y in stream(100):
        wrapped.learn_one(event, y)
    p = wrapped.predict_proba_one(x)
    assert isinstance(p, EventProba)
    assert p == inner.predict_proba_one(x)
    assert p.features == x
    assert p.features is not x
    for again in (copy.copy(p), copy.deepcopy(p), pickle.loads(pickle.dumps(p))):
        assert (again, again.features) == (p, x)
    explicit = metrics.GAUC("a")
    explicit.update(True, p, 1.0, {"a": "other"})  # what `update` is given comes first
    assert list(explicit._seen) == ["other"]


def test_decisions_are_those_of_the_classifier() -> None:
    made = ThresholdedClassifier(linear_model.LogisticRegression(), decision.CostThreshold(miss=50.0))
    wrapped = WithFeatures(made)
    for x, y in stream(200):
        wrapped.learn_one(x, y)
    assert {wrapped.predict_one(x) for x, _ in stream(50)} == {made.predict_one(x) for x, _ in stream(50)}
    assert wrapped.contributions_one({"a": 1.0}) == made.contributions_one({"a": 1.0})


def test_an_unknown_keyword_and_a_damaged_state_are_refused() -> None:
    wrapped = WithFeatures(linear_model.LogisticRegression())
    with pytest.raises(ValueError, match="weight: no part of this model takes this keyword"):
        wrapped.learn_one({"a": 1.0}, True, weight=2.0)
    for state in (None, {}, {"classifier": None}, {"classifier": linear_model.LogisticRegression}):
        with pytest.raises(ValueError):
            wrapped.__setstate__(state)
