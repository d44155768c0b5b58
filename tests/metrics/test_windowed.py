"""A metric over the last events: equal to a new metric that has seen these alone."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from streamimb import metrics
from streamimb.catalogue import entries
from streamimb.checks.metrics import event, features
from tests.laws.table import METRICS


def given(i: int) -> tuple[bool, float, float, dict[str, Any]]:
    y, p = event(i)
    return y, p, (0.5, 1.0, 1.0, 3.0)[i % 4], features(i)


def update(metric: Any, i: int) -> None:
    y, p, w, x = given(i)
    metric.update(y, p >= 0.2 if metric.requires_labels else p, w, x)


def values(metric: Any) -> str:
    return repr([(reading.name, reading.value) for reading in metric.readings()])


def numbers(value: Any) -> list[float]:
    return [one for part in value.values() for one in numbers(part)] if isinstance(value, dict) else [value]


def read(metric: Any) -> list[float]:
    return [one for reading in metric.readings() for one in numbers(reading.value)]


CUT = [name for name in METRICS if name.partition(" ")[0] not in ("PrecisionAtK", "Windowed")]


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("events", [7, 16, 100, 321])
def test_it_is_the_metric_of_the_last_events(name: str, events: int) -> None:
    made = METRICS[name]()
    metric, n = metrics.Windowed(made, events), 750
    size = math.ceil(events / 16)
    for i in range(n):
        update(metric, i)
        k = metric.covered
        assert k == i + 1 or events - size + 1 <= k <= events
        if i % 97 == 0 or i == n - 1:
            fresh = made.lifetime()
            for j in range(i + 1 - k, i + 1):
                update(fresh, j)
            assert metric.get() == pytest.approx(fresh.get(), rel=1e-9, abs=1e-12, nan_ok=True)
            assert read(metric) == pytest.approx(read(fresh), rel=1e-9, abs=1e-12, nan_ok=True)
    assert made.get() != made.get() or made.get() == METRICS[name]().get()  # the one given is not updated


def test_what_is_served_has_a_window_of_its_own() -> None:
    metric = metrics.Windowed(metrics.ExpectedPerformance(0.1), events=160)
    for i in range(1_000):
        metric.serve(0.5 if i >= 900 else 0.01)
    for _ in range(1_000):
        metric.update(True, 0.2)
    assert metric.current().measured().rate.value == 1.0
    expected = metric.current().expected()
    kept = 160 - (160 - 1_000) % 10  # of the window of served events
    assert expected.rate.value == pytest.approx((100 * 0.5 + (kept - 100) * 0.01) / kept, rel=0.02)
    assert not callable(getattr(metrics.Windowed(metrics.LogLoss()), "serve", None))
    metric.serve(0.3, 0.0)  # a weight of 0 is no event
    with pytest.raises(ValueError, match="p: expected"):
        metric.serve(None)


def test_it_takes_what_the_metric_takes() -> None:
    by_value = metrics.Windowed(metrics.Segmented(metrics.ValueRecall("amount", 0.1), "user"), 100)
    assert by_value.requires_x
    assert by_value.fields_read == ("user", "amount")
    with pytest.raises(ValueError, match="needs the features"):
        by_value.update(True, 0.2)
    assert by_value.covered == 0
    decisions = metrics.Windowed(metrics.Recall(positive=None), 100)
    assert decisions.requires_labels
    assert decisions.multiclass
    decisions.update("a", "b")
    assert decisions.current().by_class()["a"].value == 0.0
    assert not metrics.Windowed(metrics.LogLoss()).multiclass


def test_what_has_no_lifetime_is_refused_in_words() -> None:
    for made in (metrics.PrecisionAtK("t"), metrics.Segmented(metrics.PrecisionAtK("t"), "user")):
        with pytest.raises(ValueError, match="PrecisionAtK cannot count every event alike: half_life=inf"):
            metrics.Windowed(made)
    with pytest.raises(
        ValueError, match="Windowed cannot count every event alike: it has no parameter half_life"
    ):
        metrics.Windowed(metrics.Windowed(metrics.LogLoss()))


@pytest.mark.parametrize("events", [100, 1_000])
def test_a_merge_covers_the_last_events_in_a_bounded_number_of_blocks(events: int) -> None:
    rng = random.Random(3)
    metric, i, cuts = metrics.Windowed(metrics.LogLoss(), events), 0, 0
    while i < 6_000:
        other = metrics.Windowed(metrics.LogLoss(), events)
        n = rng.randrange(1, events // 3)
        for j in range(i, i + n):
            update(metric if cuts % 3 == 0 else other, j)
        metric.merge(other)
        i, cuts = i + n, cuts + 1
        k = metric.covered
        assert k == i or events - math.ceil(events / 16) + 1 <= k <= events
        fresh = metrics.LogLoss(math.inf)
        for j in range(i - k, i):
            update(fresh, j)
        assert metric.get() == pytest.approx(fresh.get(), rel=1e-9)
        assert len(metric.__getstate__()["labelled"]["counts"]) <= 33
    metric.merge(metric)
    assert events - math.ceil(events / 16) < metric.covered <= events


def test_reading_between_updates_changes_nothing() -> None:
    read_often, read_once = (metrics.Windowed(metrics.ROCAUC(), 64) for _ in range(2))
    for i in range(300):
        update(read_often, i)
        update(read_once, i)
        values(read_often)
    assert values(read_often) == values(read_once)


def test_a_refused_event_changes_nothing() -> None:
    metric = metrics.Windowed(metrics.LogLoss(), 16)
    for i in range(16):
        update(metric, i)
    before = metric.get()
    for y, p, w in ((True, 1.5, 1.0), (True, 0.5, -1.0), (None, 0.5, 1.0), (True, 0.5, None)):
        with pytest.raises(ValueError):
            metric.update(y, p, w)  # type: ignore[arg-type]
    metric.update(True, 0.5, 0.0)
    assert (metric.covered, metric.get()) == (16, before)


def test_a_damaged_state_is_refused() -> None:
    metric = metrics.Windowed(metrics.LogLoss(50), 32)
    for i in range(40):
        update(metric, i)
    state = metric.__getstate__()
    labelled = state["labelled"]
    blocks, counts = labelled["blocks"], labelled["counts"]
    damages: tuple[dict[str, Any], ...] = (
        {"metric": None}, {"metric": metrics.BaseRate(50)}, {"events": 0}, {"events": 16}, {"events": "x"},
        {"labelled": None}, {"labelled": {}}, {"served": labelled["counts"]},
        {"labelled": {"blocks": blocks, "counts": counts[1:]}}, {"labelled": {"blocks": blocks, "counts": None}},
        {"labelled": {"blocks": blocks, "counts": [0, *counts[1:]]}},
        {"labelled": {"blocks": blocks, "counts": [3, *counts[1:]]}},
        {"labelled": {"blocks": blocks, "counts": [2.0, *counts[1:]]}},
        {"labelled": {"blocks": [metrics.LogLoss(50), *blocks[1:]], "counts": counts}},
        {"labelled": {"blocks": [metrics.BaseRate(math.inf), *blocks[1:]], "counts": counts}},
        {"labelled": {"blocks": [None, *blocks[1:]], "counts": counts}},
    )  # fmt: skip
    for wrong in damages:
        with pytest.raises((ValueError, AttributeError)):
            metric.__setstate__({**state, **wrong})
    assert metric.covered == 32
    again = metrics.Windowed(metrics.LogLoss(50), 32)
    again.__setstate__(state)
    assert again.get() == metric.get()


def test_toml_offers_it() -> None:
    assert "Windowed" in [entry.kind for entry in entries("metric")]
