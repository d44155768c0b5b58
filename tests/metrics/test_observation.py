from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from streamimb import metrics
from streamimb._kernels.observation import observation


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
