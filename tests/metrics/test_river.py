"""Every metric works where River's own do."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from typing import Any

import pytest
from river import datasets, evaluate, linear_model, model_selection, preprocessing
from river import metrics as river_metrics
from river.metrics.base import ClassificationMetric, Metrics

from streamimb import CalibratedClassifier, SampledClassifier, metrics, sampling
from tests.laws.table import METRICS


def model() -> Any:
    return preprocessing.StandardScaler() | linear_model.LogisticRegression()


def wrapped() -> Any:
    return CalibratedClassifier(SampledClassifier(model(), sampling.UnderSampler(share=0.3), seed=1))


@pytest.mark.parametrize("name", METRICS)
def test_it_is_a_metric_of_river(name: str) -> None:
    metric = METRICS[name]()
    assert isinstance(metric, ClassificationMetric)
    assert metric.works_with(model())
    assert metric.works_with(wrapped())
    assert not metric.works_with(preprocessing.StandardScaler())
    assert metric.works_with_weights
    assert repr(metric).startswith(type(metric).__name__)
    with pytest.raises(NotImplementedError, match="cannot take an event back"):
        metric.revert(True, 0.5)
    assert list(inspect.signature(metric.update).parameters) == ["y_true", "y_pred", "w", "x"]
    assert type(pickle.loads(pickle.dumps(metric))) is type(metric)


@pytest.mark.parametrize("name", METRICS)
def test_it_goes_through_progressive_validation(name: str) -> None:
    metric = METRICS[name]()
    if metric.requires_x:
        with pytest.raises(ValueError, match="x"):
            evaluate.progressive_val_score(datasets.Phishing().take(50), model(), metric)
        return
    for make in (model, wrapped):
        metric = METRICS[name]()
        evaluate.progressive_val_score(datasets.Phishing().take(300), make(), metric)
        own, kept = METRICS[name](), make()
        for x, y in datasets.Phishing().take(300):
            own.update(y, kept.predict_one(x) if own.requires_labels else kept.predict_proba_one(x))
            kept.learn_one(x, y)
        assert repr(metric.get()) == repr(own.get())


@pytest.mark.parametrize("name", METRICS)
def test_it_is_added_to_metrics_of_river(name: str) -> None:
    metric = METRICS[name]()
    other = river_metrics.Accuracy() if metric.requires_labels else river_metrics.LogLoss()
    both = metric + other
    assert isinstance(both, Metrics)
    assert isinstance(other.clone() + METRICS[name](), Metrics)
    assert [type(one) for one in both.clone()] == [type(one) for one in both]


def direction(metric: Any) -> bool | None:
    try:
        return bool(metric.bigger_is_better)
    except NotImplementedError:
        return None


DIRECTED = [name for name, make in METRICS.items() if direction(make()) is not None]


@pytest.mark.parametrize("name", DIRECTED)
def test_the_better_model_has_the_better_value(name: str) -> None:
    good, bad = METRICS[name](), METRICS[name]()
    x = {"t": 0.0, "user": "a", "amount": 2.0, "cost": 0.5}
    for i in range(600):
        y = i % 10 == 0
        p = (0.9 if y else 0.05) if i % 3 else 0.1
        good.update(y, p >= 0.5 if good.requires_labels else p, 1.0, {**x, "t": i * 600.0})
        bad.update(y, p < 0.5 if good.requires_labels else 1.0 - p, 1.0, {**x, "t": i * 600.0})
    assert good.is_better_than(bad)
    assert good > bad
    assert (good.get() > bad.get()) is direction(good)


@pytest.mark.parametrize("name", [name for name in METRICS if name not in DIRECTED])
def test_without_a_direction_it_names_another_metric(name: str) -> None:
    metric = METRICS[name]()
    with pytest.raises(NotImplementedError, match=r"^no value of \w+ is the best: "):
        metric.bigger_is_better  # noqa: B018


def test_models_are_selected_by_it() -> None:
    models = [preprocessing.StandardScaler() | linear_model.LogisticRegression(l2=l2) for l2 in (0.0, 10.0)]
    halving = model_selection.SuccessiveHalvingClassifier(models, metrics.PRAUC(), budget=300)
    for x, y in datasets.Phishing().take(400):
        halving.predict_proba_one(x)
        halving.learn_one(x, y)
    assert halving.best_model is not models[1]


@pytest.mark.parametrize("first", ["import streamimb.metrics", "import river.metrics"])
def test_the_classes_are_rivers_own_in_any_order_of_import(first: str) -> None:
    script = (
        f"{first}\nimport river.metrics, river.evaluate\nfrom river import metrics\n"
        "import streamimb.metrics as m\n"
        "import river.metrics.base as b\n"
        "assert issubclass(m.LogLoss, b.BinaryMetric) and issubclass(metrics.LogLoss, b.BinaryMetric)\n"
        "assert isinstance(metrics.LogLoss() + m.LogLoss(), metrics.base.Metrics)\nprint('same')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "same\n", done.stderr[-2_000:]


def test_importing_our_metrics_does_not_load_scipy() -> None:
    script = (
        "import sys, streamimb.metrics\nprint('scipy' in sys.modules, 'river.metrics.roc_auc' in sys.modules)"
    )
    before = (
        "import sys, river.compose\nprint('scipy' in sys.modules, 'river.metrics.roc_auc' in sys.modules)"
    )
    found = [
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120, check=True)
        for text in (script, before)
    ]
    assert found[0].stdout == found[1].stdout


def test_labels_and_probabilities_are_not_mixed_in_one_container() -> None:
    """River gives the metric of labels the class of p >= .5, whatever `predict_one` says."""
    both = metrics.ROCAUC() + metrics.Recall(threshold=0.05) + metrics.LogLoss()
    assert [type(metric).__name__ for metric in both] == ["ROCAUC", "Recall", "LogLoss"]
    assert len(metrics.Recall() + metrics.F1()) == 2
    ours = (metrics.Recall(), metrics.ROCAUC()), (metrics.ROCAUC(), metrics.Recall())
    for left, right in (
        *ours,
        (metrics.ROCAUC(), river_metrics.Recall()),
        (metrics.Recall(), river_metrics.ROCAUC()),
    ):
        with pytest.raises(ValueError, match=r"Recall takes labels and ROCAUC probabilities.*a threshold"):
            left + right
    with pytest.raises(ValueError, match="Recall takes labels"):
        metrics.ROCAUC() + metrics.LogLoss() + metrics.Recall()
