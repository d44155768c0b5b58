"""Columns with a role reach metrics and the decision rule, also with labels that come late, and never the model."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    calibration,
    decision,
    linear_model,
    metrics,
    sampling,
)
from streamimb.engine import BothReported, Deciding, Engine, LabelPolicy, PositivesReported, SnapshotError
from streamimb.events import ClassScore, DecidedScore, Event, Label, Score

ROLES = {"amount": "cost", "user": "group", "at": "time"}


def measured() -> dict[str, Any]:
    return {
        "savings": metrics.Savings(miss="amount", review=2.0),
        "found": metrics.Segmented(metrics.ValueRecall("amount", threshold=0.1), by="user"),
        "gauc": metrics.GAUC("user"),
        "daily": metrics.PrecisionAtK("at", k=5, period_s=500.0),
    }


def engine_of(
    labels: LabelPolicy | None = None, of: dict[str, Any] | None = None, schema: Schema | None = None
) -> Engine:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return Engine(
        GuardedClassifier(model, schema),
        labels or BothReported(),
        metrics=measured() if of is None else of,
        roles=ROLES,
    )


def stream(n: int, seed: int = 1) -> list[tuple[dict[str, Any], bool]]:
    rng = random.Random(seed)
    found = []
    for _ in range(n):
        y = rng.random() < 0.05
        x = {
            "speed": rng.gauss(2.0 * y, 1.0),
            "amount": rng.lognormvariate(2.0, 1.0),
            "user": f"u{rng.randrange(20)}",
        }
        found.append((x, y))
    return found


def values(engine: Engine) -> dict[str, float]:
    return {name: metric.get() for name, metric in engine.metrics.others.metrics.items()}


def restarted(engine: Engine, again: Engine) -> Engine:
    rows = {key: row for key, row in engine.take_changes().items() if row is not None}
    again.restore(engine.snapshot(), rows)
    assert again.snapshot() == engine.snapshot()
    return again


@pytest.mark.parametrize("schema", [None, Schema({"speed": Field()})], ids=["inferred", "configured"])
def test_metrics_get_the_columns_when_late_labels_come_after_a_restart(schema: Schema | None) -> None:
    engine, own = engine_of(schema=schema), measured()
    data, lag, served = stream(3_000), 700, []
    for i, (x, _) in enumerate(data):
        said = engine.on_event(Event(f"e{i}", float(i), dict(x)))
        assert isinstance(said, Score)
        assert said.reasons in ((), ("cold",))
        served.append(said)
        if i >= lag:
            engine.on_label(Label(f"e{i - lag}", float(i), data[i - lag][1]))
        if i == 1_500:
            engine = restarted(engine, engine_of(schema=schema))
    for i in range(3_000 - lag):  # what was served, and the columns as they came
        if "cold" not in served[i].reasons:
            for metric in own.values():
                metric.update(data[i][1], served[i].p, 1.0, {**data[i][0], "at": float(i)})
    assert values(engine) == {name: metric.get() for name, metric in own.items()}
    assert 0.0 < values(engine)["found"] < 1.0
    assert engine.metrics.others.errors == {}
    assert engine.model.inferred.keys() <= {"speed"}
    assert not ROLES.keys() & engine.model.contributions_one(data[0][0]).keys()


def test_labels_that_come_with_their_event_are_measured_alike() -> None:
    late, inline = engine_of(), engine_of()
    for i, (x, y) in enumerate(stream(1_000)):
        late.on_event(Event(f"e{i}", float(i), dict(x)))
        late.on_label(Label(f"e{i}", float(i), y))
        inline.on_event(Event(f"e{i}", float(i), dict(x), y))
    assert values(late) == values(inline)


def test_windows_that_close_and_labels_after_the_end_are_measured_with_their_columns() -> None:
    windows = engine_of(PositivesReported(window_s=100.0))
    for i, (x, y) in enumerate(stream(1_000)):
        windows.on_event(Event(f"e{i}", float(i), dict(x)))
        if y:
            windows.on_label(Label(f"e{i}", float(i), True))
    assert 0.0 < values(windows)["found"] < 1.0
    expired = engine_of(BothReported(ttl_s=50.0))
    for i, (x, y) in enumerate(stream(1_000)):
        expired.on_event(Event(f"e{i}", float(i), dict(x), y if i < 300 else None))
    before = expired.metrics.others.metrics["daily"].expected()
    expired = restarted(expired, engine_of(BothReported(ttl_s=50.0)))
    for i, (_, y) in enumerate(stream(1_000)):
        expired.on_label(Label(f"e{i}", 1_000.0, y))
    assert expired.counters["late_after_ttl"] > 500
    assert expired.metrics.others.metrics["daily"].expected() != before
    assert expired.metrics.others.errors == {}
    row: Any = next(row for row in expired._life.memory.rows.values() if getattr(row, "end", None) == 3)
    assert row.fields().keys() == {"amount", "user", "at"}  # "speed" is not kept


@pytest.mark.parametrize(
    "wrong", [{}, {"amount": -1.0}, {"amount": "9"}, {"amount": math.nan}, {"amount": True}]
)
def test_a_column_that_cannot_be_used_is_told_and_the_event_is_learned(wrong: dict[str, Any]) -> None:
    engine = engine_of(of={"savings": metrics.Savings(miss="amount")})
    for i, (x, y) in enumerate(stream(400)):
        x = {"speed": x["speed"], "user": "u", **(wrong if i >= 300 else {"amount": 1.0})}
        said = engine.on_event(Event(f"e{i}", float(i), x, y))
        assert isinstance(said, Score)
        assert ("unusable:amount" in said.reasons) is (i >= 300)
    assert engine.counters["learned"] == 400
    assert engine.metrics.others.failed["savings"] == 100
    assert engine.metrics.others.errors == {"savings": "raises ValueError"}


def test_a_rule_gets_the_cost_of_the_event() -> None:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    rule = decision.RateLimit(decision.CostThreshold(miss="amount", false_alarm=5.0), actions=100_000)
    engine = Engine(model, BothReported(), deciding=Deciding(rule, 1), roles={"amount": "cost"})
    for i, (x, y) in enumerate(stream(300)):
        said = engine.on_event(Event(f"e{i}", float(i), x, y))
        assert isinstance(said, DecidedScore)
        assert said.threshold == pytest.approx(5.0 / (5.0 + x["amount"]))
        assert said.because in ((), ("speed",), ("user",))


def test_each_class_by_name_is_measured_with_the_columns() -> None:
    model = GuardedClassifier(linear_model.SoftmaxRegression())
    of = {"gauc": metrics.GAUC("user"), "own": metrics.Segmented(metrics.LogLoss(), by="user")}
    engine = Engine(model, BothReported(), metrics=of, classes=("a", "b"), roles={"user": "group"})
    for i, (x, y) in enumerate(stream(400)):
        said = engine.on_event(Event(f"e{i}", float(i), x, "ab"[y]))
        assert isinstance(said, ClassScore)
    assert engine.metrics.others.errors == {}
    assert set(engine.metrics.others.metrics["own"].of["b"].by_segment()) == {f"u{n}" for n in range(20)}


@pytest.mark.parametrize(
    ("roles", "of", "told"),
    [
        (
            {},
            {"saved": metrics.Savings()},
            r"^metrics: 'saved' reads 'amount', which the schema does not have: declare it",
        ),
        ({"speed": "cost"}, {}, "^roles: 'speed' is a feature of the schema too"),
        ({"user": "segment"}, {}, "^roles: 'user' has the role 'segment': expected one of cost, group, time"),
    ],
)
def test_what_nothing_provides_is_refused_at_the_start(roles: Any, of: Any, told: str) -> None:
    model = GuardedClassifier(linear_model.LogisticRegression(), Schema({"speed": Field()}))
    with pytest.raises(ValueError, match=told):
        Engine(model, BothReported(), metrics=of, roles=roles)


@pytest.mark.parametrize(
    "model",
    [
        SampledClassifier(linear_model.LogisticRegression(), sampling.ExampleCosts(miss="amount")),
        CalibratedClassifier(
            SampledClassifier(linear_model.LogisticRegression()),
            calibration.Segmented(calibration.Platt(), by="amount"),
        ),
    ],
    ids=["sampler", "calibrator"],
)
def test_a_part_of_the_model_that_reads_a_column_with_a_role_is_refused(model: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^roles: \w+ reads 'amount', which has a role, and the model sees features alone"
    ):
        Engine(model, BothReported(), roles={"amount": "cost"})


def test_a_state_without_the_columns_goes_on_and_its_events_miss_the_metrics() -> None:
    old = Engine(linear_model.LogisticRegression(), BothReported())
    data = stream(500)
    for i, (x, y) in enumerate(data):
        old.on_event(Event(f"e{i}", float(i), {"speed": x["speed"]}, y if i < 400 else None))
    new = Engine(linear_model.LogisticRegression(), BothReported(), metrics=measured(), roles=ROLES)
    new.restore(old.snapshot(), {key: row for key, row in old.take_changes().items() if row is not None})
    for i in range(400, 500):
        new.on_label(Label(f"e{i}", 500.0, data[i][1]))
    assert set(new.metrics.others.failed.values()) == {100}
    assert new.metrics.served.base_rate.sums()[0] > 300


def test_a_damaged_column_is_refused() -> None:
    engine = engine_of()
    engine.on_event(Event("a", 1.0, stream(1)[0][0]))
    (row,) = engine.take_changes().items()
    with pytest.raises(SnapshotError, match="a row of the saved state is damaged"):
        engine_of().restore(engine.snapshot(), {row[0]: row[1].replace(b"amount", b"\xc3mount")})  # type: ignore[union-attr]
