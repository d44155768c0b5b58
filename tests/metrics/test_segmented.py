from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from streamimb import metrics


def test_each_segment_is_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(0)
    metric = metrics.Segmented(metrics.LogLoss(half_life=100), by="country")
    alone = {name: metrics.LogLoss(half_life=100) for name in ("AT", "CH", "DE")}
    total = metrics.LogLoss(half_life=100)
    for _ in range(500):
        country, y, p = str(rng.choice(list(alone))), bool(rng.random() < 0.2), float(rng.random())
        metric.update(y, p, 2.0, {"country": country})
        alone[country].update(y, p, 2.0)
        total.update(y, p, 2.0)
    assert {name: each.get() for name, each in metric.by_segment().items()} == {
        name: each.get() for name, each in alone.items()
    }
    assert metric.get() == total.get()
    everything, _, _, _, count = metric.readings()
    assert everything.value == total.get()
    assert (count.name, count.value, count.labels) == ("segments", len(alone), ())


def test_the_segment_not_seen_for_longest_makes_room_and_stays_in_the_total() -> None:
    metric = metrics.Segmented(metrics.BaseRate(math.inf), by=lambda x: x["c"], segments=2)
    for name in ("a", "b", "a", "c"):
        metric.update(True, 0.5, 1.0, {"c": name})
    assert list(metric.by_segment()) == ["a", "c"]
    assert metric.get() == 1.0
    with pytest.raises(ValueError, match="x has no field"):
        metrics.Segmented(metrics.BaseRate(), by="c").update(True, 0.5, 1.0, {})


def test_a_metric_that_needs_features_or_labels_gets_them() -> None:
    values = metrics.Segmented(metrics.ValueRecall("amount", 0.5), by="c")
    values.update(True, 0.7, 1.0, {"c": "a", "amount": 3.0})
    assert values.by_segment()["a"].get() == 1.0
    labels = metrics.Segmented(metrics.F1(), by="c")
    assert labels.requires_labels
    labels.update(True, True, 1.0, {"c": "a"})
    assert labels.get() == 1.0


def test_the_largest_segments_are_readings_by_rank_without_their_names() -> None:
    metric = metrics.Segmented(metrics.BaseRate(math.inf), by="c", segments=20)
    for i in range(1_200):
        metric.update(i % 10 == 0, 0.1, 1.0, {"c": "large" if i % 4 else f"small {i % 48}"})
    found = {reading.name: reading.value for reading in metric.readings()}
    assert list(found["segment_value"]) == [str(rank) for rank in range(1, 11)]  # type: ignore[arg-type]
    assert found["segment_value"]["1"] == metric.by_segment()["large"].get()  # type: ignore[index]
    assert found["segment_events"]["1"] == 900.0  # type: ignore[index]
    assert "large" not in repr(found)
    assert "small" not in repr(found)


def test_a_refused_event_changes_nothing() -> None:
    metric = metrics.Segmented(metrics.LogLoss(), by="c")
    for y, p, w, x in (
        (True, 1.5, 1.0, {"c": "a"}),
        (True, 0.5, -1.0, {"c": "a"}),
        (True, 0.5, 1.0, {"c": None}),
    ):
        with pytest.raises(ValueError):
            metric.update(y, p, w, x)
    assert metric.by_segment() == {}
    assert math.isnan(metric.get())


def test_a_damaged_state_is_refused() -> None:
    metric = metrics.Segmented(metrics.LogLoss(50), by="c", segments=2)
    metric.update(True, 0.5, 1.0, {"c": "a"})
    state = metric.__getstate__()
    damages: tuple[dict[str, Any], ...] = (
        {"total": metrics.LogLoss(60)}, {"each": [metrics.BaseRate(50)]}, {"names": ["a", "b"]}, {"each": None},
        {"metric": None}, {"segments": 0}, {"names": [2.5]}, {"events": []}, {"events": [-1.0]}, {"events": None},
    )  # fmt: skip
    for wrong in damages:
        with pytest.raises((ValueError, AttributeError)):
            metric.__setstate__({**state, **wrong})
        assert metric.by_segment().keys() == {"a"}
