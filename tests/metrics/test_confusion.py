"""Recall, F1, G-mean, MCC and kappa against scikit-learn, with weights and decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from streamimb import metrics
from tests.metrics.streams import decayed_weights

WEIGHTS = st.sampled_from([0.5, 1.0, 3.0])
DECISIONS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), WEIGHTS), min_size=1, max_size=50
)
BINARY = st.lists(st.tuples(st.booleans(), st.booleans(), WEIGHTS), min_size=1, max_size=50)


def taught(metric: Any, events: list[Any]) -> tuple[Any, Any, Any, Any]:
    for y, said, w in events:
        metric.update(y, said, w)
    y, said, _ = zip(*events, strict=True)
    return metric, y, said, decayed_weights(events, 10)


def known(value: float) -> bool:
    return not math.isnan(value)


@given(DECISIONS)
def test_of_three_classes_they_are_scikit_learns(events: list[Any]) -> None:
    mcc, y, said, w = taught(metrics.MCC(half_life=10), events)
    kappa, *_ = taught(metrics.CohenKappa(half_life=10), events)
    if len({*y, *said}) == 1:
        assert not known(mcc.get())
        assert not known(kappa.get())
    else:
        exact = oracle.matthews_corrcoef(y, said, sample_weight=w)  # 0 where it is not defined
        assert (mcc.get() if known(mcc.get()) else 0.0) == pytest.approx(exact, abs=1e-9)
        exact = oracle.cohen_kappa_score(y, said, sample_weight=w)
        assert kappa.get() == pytest.approx(exact, abs=1e-9)
    labels = sorted(set(y))
    recalls = oracle.recall_score(y, said, labels=labels, average=None, sample_weight=w, zero_division=0)
    g_mean, *_ = taught(metrics.GMean(half_life=10), events)
    assert g_mean.get() == pytest.approx(float(np.prod(recalls)) ** (1.0 / len(labels)), abs=1e-9)
    recall, *_ = taught(metrics.Recall(positive=None, half_life=10), events)
    assert recall.get() == pytest.approx(float(recalls.mean()), abs=1e-9)
    assert [recall.by_class()[label].value for label in labels] == pytest.approx(recalls.tolist(), abs=1e-9)
    f1, *_ = taught(metrics.F1(positive=None, half_life=10), events)
    exact = oracle.f1_score(y, said, average="macro", sample_weight=w, zero_division=0)
    assert f1.get() == pytest.approx(exact, abs=1e-9)


@given(BINARY)
def test_of_the_positive_class_they_are_scikit_learns(events: list[Any]) -> None:
    f1, y, said, w = taught(metrics.F1(half_life=10), events)
    recall, *_ = taught(metrics.Recall(half_life=10), events)
    if any(y):
        assert recall.get() == pytest.approx(oracle.recall_score(y, said, sample_weight=w), abs=1e-9)
    else:
        assert not known(recall.get())
    if any(y) or any(said):
        assert f1.get() == pytest.approx(oracle.f1_score(y, said, sample_weight=w), abs=1e-9)


def test_a_threshold_takes_the_place_of_the_cut_at_one_half() -> None:
    labels, cut = metrics.F1(half_life=math.inf), metrics.F1(threshold=0.02, half_life=math.inf)
    assert (labels.requires_labels, cut.requires_labels) == (True, False)
    for i in range(500):
        p = 0.001 * (i % 30)
        y = i % 90 in (29, 59, 17)
        labels.update(y, p >= 0.02)
        cut.update(y, {False: 1.0 - p, True: p})
    assert cut.get() == labels.get() > 0.0
    with pytest.raises(ValueError, match="threshold=None"):
        labels.update_p(True, 0.5)


def test_the_interval_of_a_recall_covers_it() -> None:
    held = 0
    rng = np.random.default_rng(3)
    for _ in range(60):
        metric = metrics.Recall(half_life=math.inf)
        for w in rng.choice([0.5, 2.0], size=80).tolist():
            metric.update(True, bool(rng.random() < 0.7), w)
        found = metric.by_class()[True]
        held += found.low <= 0.7 <= found.high
    assert held >= 50  # of 60 intervals 57 are expected, 50 is 4 standard errors below


def test_classes_are_bounded() -> None:
    metric = metrics.MCC()
    for i in range(64):
        metric.update(f"c{i}", f"c{i}")
    before = metric.__getstate__()
    with pytest.raises(ValueError, match="at most 64 classes"):
        metric.update("c64", "c0")
    assert metric.__getstate__() == before
    other = metrics.MCC()
    other.update("c64", "c64")
    with pytest.raises(ValueError, match="more than 64 classes"):
        metric.merge(other)
    assert metric.__getstate__() == before
