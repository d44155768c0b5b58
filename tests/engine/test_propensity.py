"""Fault 50: labels of a sample whose propensities are known; with them all that is measured and served is right."""

from __future__ import annotations

import math
import random
import statistics
from typing import Any

import pytest

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, metrics
from streamimb.engine import BothReported, Engine, PositivesReported, Settings
from streamimb.events import Event, Label, Score

ROLE = {"pi": "propensity"}
LATE = 500  # events between an event and its label


def engine_of(*, weighed: bool = True, **more: Any) -> Engine:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return Engine(model, BothReported(ttl_s=5_000.0), roles=ROLE if weighed else None, **more)


def sample(seed: int, *, weighed: bool, n: int = 20_000) -> dict[str, float]:
    """Serve a stream whose events are labelled by a rule that sees more than the model; figures over their truth.

    What the rule finds is always labelled, one in ten of the others.
    """
    rng = random.Random(seed)
    engine = engine_of(weighed=weighed)
    served, truth, labels = [], [], []
    for i in range(n):
        a, b = rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)
        p = 1.0 / (1.0 + math.exp(4.0 - 1.2 * a - 0.8 * b))
        y = rng.random() < p
        propensity = 1.0 if rng.gauss(2.0 * y, 1.0) > 1.5 else 0.1
        said = engine.on_event(Event(f"e{i}", float(i), {"a": a, "b": b}))
        assert isinstance(said, Score)
        labels.append(Label(f"e{i}", float(i + LATE), y, propensity) if rng.random() < propensity else None)
        if i >= LATE and (label := labels[i - LATE]) is not None:
            engine.on_label(label)
        if i >= n // 2:
            served.append(said.p)
            truth.append(p)
    measured = engine.metrics.served
    return {
        "served": sum(served) / sum(truth),
        "base rate": measured.base_rate.get() / statistics.fmean(truth),
        "ratio": measured.calibrated.get(),
        "share": measured.measured_share(),
    }


def test_fault_50_with_propensities_what_is_served_and_measured_is_that_of_all_events() -> None:
    found = {weighed: [sample(seed, weighed=weighed) for seed in range(6)] for weighed in (False, True)}

    def mean(weighed: bool, name: str) -> tuple[float, float]:
        values = [run[name] for run in found[weighed]]
        return statistics.fmean(values), statistics.stdev(values) / math.sqrt(len(values))

    for name in ("served", "base rate", "ratio"):
        value, error = mean(True, name)
        assert error < 0.06
        assert abs(value - 1.0) < 4.0 * error + 0.03, (
            name
        )  # what was served while the model was young is measured too
    assert mean(True, "share")[0] == 1.0
    for name in ("served", "base rate"):
        value, error = mean(False, name)
        assert value > 2.5 + 4.0 * error
    assert mean(False, "ratio")[0] == pytest.approx(1.0, abs=0.1)  # it seems right, and is not


def warm(engine: Engine, n: int = 400) -> None:
    rng = random.Random(1)
    for i in range(n):
        y = i % 20 == 0
        engine.on_event(Event(f"w{i}", float(i), {"a": rng.gauss(y, 1.0), "pi": 1.0}, y))
    assert not engine.metrics.served.base_rate.sums()[0] < n / 2


@pytest.mark.parametrize(
    ("of_event", "of_label", "weight"),
    [
        (0.1, None, 10.0), (0.1, 0.5, 2.0), (None, 0.25, 4.0), (1, None, 1.0), (None, 1, 1.0),
        (None, None, 0.0), (0.0, None, 0.0), (0.1, 0.0, 0.0), (1.5, None, 0.0), (0.1, -1.0, 0.0),
        ("high", None, 0.0), (0.1, math.nan, 0.0), (None, "high", 0.0), (True, None, 0.0), (0.001, None, 100.0),
    ],
)  # fmt: skip
def test_a_label_weighs_one_over_its_propensity_and_none_that_is_unusable_is_used(
    of_event: Any, of_label: Any, weight: float
) -> None:
    engine = engine_of(
        metrics={"all": metrics.BaseRate(math.inf), "of": metrics.Segmented(metrics.BaseRate(), "a")}
    )
    warm(engine)
    before, counted = engine.metrics.others.metrics["all"].sums()[0], engine.counters
    x = {"a": 1} if of_event is None else {"a": 1, "pi": of_event}
    said = engine.on_event(Event("e", 400.0, x))
    assert isinstance(said, Score)
    usable = of_event is None or weight > 0.0 or of_label is not None
    assert said.reasons == (() if usable else ("unusable:pi",))
    engine.on_label(Label("e", 401.0, True, of_label))
    after = engine.counters
    assert engine.metrics.others.metrics["all"].sums()[0] - before == pytest.approx(weight)
    assert after["joined"] - counted["joined"] == 1
    assert after["learned"] - counted["learned"] == (weight > 0.0)
    assert after["propensity_unusable"] - counted["propensity_unusable"] == (weight == 0.0)
    assert after["propensity_bounded"] - counted["propensity_bounded"] == (weight == 100.0)


def test_a_weight_teaches_as_much_as_so_many_events() -> None:
    heavy, many = engine_of(), engine_of()
    for engine, propensity, copies in ((heavy, 0.2, 1), (many, 1.0, 5)):
        rng = random.Random(3)
        for i in range(1_000):
            y = rng.random() < 0.2
            for k in range(copies):
                engine.on_event(Event(f"e{i}.{k}", float(i), {"a": 1.0, "pi": propensity}, y))
    assert heavy.model_version == 1_000
    p, q = (engine.on_event(Event("x", 1_001.0, {"a": 1.0})).p for engine in (heavy, many))  # type: ignore[union-attr]
    assert p == pytest.approx(q, rel=0.15)


def test_the_propensity_of_a_label_that_waits_and_of_one_that_is_late_goes_through_a_restart() -> None:
    def end(engine: Engine) -> None:
        engine.on_event(Event("early", 6_001.0, {"a": 1.0}))
        engine.on_label(Label("late", 6_002.0, False))
        engine.on_label(Label("told", 6_003.0, False, 0.5))

    whole = engine_of()
    warm(whole)
    whole.on_event(Event("late", 500.0, {"a": 1.0, "pi": 0.125}))
    whole.on_event(Event("told", 501.0, {"a": 1.0, "pi": 0.125}))
    for i in range(60):
        whole.on_event(Event(f"z{i}", 6_000.0, {"a": 1.0}))
    whole.on_label(Label("early", 6_000.5, True, 0.25))
    assert whole.counters["expired"] == 2
    rows = {key: row for key, row in whole.take_changes().items() if row is not None}
    again = engine_of()
    again.restore(whole.snapshot(), rows)
    n = again.metrics.served.base_rate.sums()[0]
    end(again)
    end(whole)
    assert again.snapshot() == whole.snapshot()
    assert again.counters["late_after_ttl"] == 2
    assert again.metrics.served.base_rate.sums()[0] - n == pytest.approx(4.0 + 8.0 + 2.0, rel=0.02)


def test_a_large_share_without_propensity_is_a_reason_to_be_degraded() -> None:
    engine = engine_of()
    warm(engine)
    for i in range(2_000):
        engine.on_event(
            Event(f"e{i}", 400.0 + i, {"a": 1.0, **({} if i % 10 == 0 else {"pi": 0.001})}, i % 9 == 0)
        )
    assert "of the labels have no usable propensity" in engine.degraded["propensity_unusable"]
    assert "max_label_weight" in engine.degraded["propensity_bounded"]


def test_events_whose_label_was_not_asked_for_are_not_lost() -> None:
    for weighed in (False, True):
        engine = engine_of(weighed=weighed)
        warm(engine)
        for i in range(16_000):
            engine.on_event(Event(f"e{i}", 400.0 + i, {"a": 1.0}))
            if i % 50 == 0:
                engine.on_label(Label(f"e{i}", 400.0 + i, False, 0.02))
        assert ("unlabelled_events" in engine.degraded) is not weighed
        assert (engine.metrics.served.measured_share() < 1.0) is not weighed


def test_classes_by_name_are_weighed_too() -> None:
    model = linear_model.SoftmaxRegression()
    of = {"all": metrics.BaseRate(math.inf), "both": metrics.Recall(positive=None)}
    engine = Engine(model, BothReported(), classes=("a", "b"), roles=ROLE, metrics=of)
    rng = random.Random(2)
    for i in range(4_000):
        y, propensity = ("a", 0.25) if rng.random() < 0.8 else ("b", 1.0)
        if rng.random() < propensity:
            engine.on_event(Event(f"e{i}", float(i), {"x": 1.0, "pi": propensity}, y))
    served = engine.metrics.served
    assert served.shares()["a"] == pytest.approx(0.8, abs=0.03)
    assert served.of["a"].calibrated.get() == pytest.approx(1.0, abs=0.05)
    of_a = engine.metrics.others.metrics["all"].of["a"]
    assert of_a.get() == pytest.approx(0.8, abs=0.03)
    assert engine.metrics.others.errors == {}


@pytest.mark.parametrize(
    ("roles", "labels", "told"),
    [
        (
            {"pi": "propensity", "pj": "propensity"},
            BothReported(),
            "have the role 'propensity': give it to one",
        ),
        (ROLE, PositivesReported(window_s=10.0), "an event without a label is a negative"),
    ],
)
def test_what_cannot_be_weighed_is_refused(roles: Any, labels: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Engine(linear_model.LogisticRegression(), labels, roles=roles)


@pytest.mark.parametrize("most", [0.5, math.nan, math.inf, 1e16])
def test_the_largest_weight_is_a_setting(most: float) -> None:
    with pytest.raises(ValueError, match="max_label_weight"):
        Settings(max_label_weight=most)
