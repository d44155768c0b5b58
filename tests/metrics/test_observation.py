from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from streamimb import metrics
from streamimb._kernels.observation import observation
from streamimb.checks.metrics import features
from tests.laws.table import METRICS


@pytest.mark.parametrize("p", [0.25, {True: 0.25, False: 0.75}, {True: 0.25}, np.float64(0.25)])
def test_a_probability_is_p_true(p: Any) -> None:
    assert observation(True, p, 2) == (True, 0.25, 2.0)
    assert observation(np.bool_(False), p, 2)[0] is observation(0, p, 2)[0] is False
    assert observation(np.int64(1), p, 2)[0] is True


def test_probabilities_without_true_say_0() -> None:
    assert observation(True, {}, 1.0)[1] == observation(True, {False: 1.0}, 1.0)[1] == 0.0


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan, math.inf, {True: 2.0}, None, "0.5", [0.5], 1j])
def test_what_is_no_probability_is_refused(p: Any) -> None:
    with pytest.raises(ValueError, match=r"y_pred: expected|the classifier gives a number outside"):
        observation(True, p, 1.0)


@pytest.mark.parametrize("p", [{"fraud": 0.99, "ok": 0.01}, {"True": 0.9, "False": 0.1}, {2: 0.9, 1: 0.1}])
def test_probabilities_of_other_classes_are_refused(p: Any) -> None:
    with pytest.raises(ValueError, match=r"names classes of type (str|int)"):
        observation(True, p, 1.0)
    for metric in (metrics.LogLoss(), metrics.ROCAUC(), metrics.Recall(threshold=0.5)):
        with pytest.raises(ValueError, match=r"names classes of type (str|int)"):
            metric.update(True, p)


@pytest.mark.parametrize("w", [None, "1", [1.0], -1.0, math.nan])
def test_what_is_no_weight_is_refused(w: Any) -> None:
    with pytest.raises(ValueError, match=r"a weight is a finite number of at least 0"):
        observation(True, 0.5, w)
    with pytest.raises(ValueError, match=r"a weight is a finite number of at least 0"):
        metrics.LogLoss().update(True, 0.5, w)


@pytest.mark.parametrize("y", ["True", 2, -1, 0.0, None, (True,)])
def test_what_is_no_class_is_refused_and_not_quoted(y: Any) -> None:
    with pytest.raises(
        ValueError, match=f"^y_true is {type(y).__name__}: expected True or False, or 1 or 0$"
    ):
        observation(y, 0.5, 1.0)


BAD = [None, "x", math.nan, math.inf, -0.1, 1.1, [0.5], b"x", 1j, {"a": 1.0}, {True: None}, 10**400, object()]


def updates(name: str) -> Iterator[Any]:
    """A call of each public method that takes events, with the argument to be wrong."""
    metric = METRICS[name]()
    x = features(1) if metric.requires_x else None
    p: Any = True if metric.requires_labels else 0.5
    if not metric.requires_labels:
        yield lambda bad: metric.update(True, bad, 1.0, x)
        yield lambda bad: metric.update(bad if bad != 1.0 else None, p, 1.0, x)
    if callable(getattr(metric, "serve", None)):
        yield lambda bad: metric.serve(bad)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: type(bad).__name__)
def test_every_method_refuses_wrong_values_in_one_way(name: str, bad: Any) -> None:
    for call in updates(name):
        with pytest.raises(ValueError):
            call(bad)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("bad", [None, "x", math.nan, -1.0, [1.0], {}, 1j, 10**400])
def test_every_metric_refuses_wrong_weights_in_one_way(name: str, bad: Any) -> None:
    metric = METRICS[name]()
    x, p = features(1), (True if metric.requires_labels else 0.5)
    with pytest.raises(ValueError, match="a weight is a finite number of at least 0"):
        metric.update(True, p, bad, x)
    if callable(getattr(metric, "serve", None)):
        with pytest.raises(ValueError, match="a weight is a finite number of at least 0"):
            metric.serve(0.5, bad)


@pytest.mark.parametrize("name", [name for name, make in METRICS.items() if make().requires_x])
@pytest.mark.parametrize("bad", [None, "user amount cost t", 0.5, True, b"x", {}, ["user"]])
def test_every_metric_refuses_wrong_features_in_one_way(name: str, bad: Any) -> None:
    with pytest.raises(ValueError, match=r"^x"):
        METRICS[name]().update(True, 0.5, 1.0, bad)
