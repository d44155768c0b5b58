"""Drift detectors in the engine: what each is given, what a restart keeps, and that none can do harm."""

from __future__ import annotations

import random
from typing import Any

import pytest

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    drift,
    linear_model,
    stats,
)
from streamimb.engine import BothReported, Engine
from streamimb.events import AlarmRecord, Event, Label
from streamimb.protocols import Reading


class Noting(drift.DDMOCI):
    """Keeps what it was given."""

    def __init__(self, watches: str) -> None:
        super().__init__()
        self.watches = watches
        self.given: list[Any] = []

    def update(self, *observed: Any) -> None:
        self.given.append(observed)


def engine_of(schema: Schema | None = None, **detectors: Any) -> Engine:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return Engine(GuardedClassifier(model, schema), BothReported(), detectors=detectors)


def features(rng: random.Random, y: bool) -> dict[str, Any]:
    return {
        "speed": rng.gauss(2.0 * y, 1.0),
        "amount": rng.lognormvariate(3.0, 1.0),
        "country": rng.choice("abc"),
    }


def run(engine: Engine, first: int, n: int, change: Any = None, every: int = 1) -> list[AlarmRecord]:
    """Events of a second each with 3 % positives, labels 50 events later; the alarms of all."""
    found: list[AlarmRecord] = []
    for i in range(first, first + n):
        y = random.Random(f"y{i}").random() < 0.03
        x = features(random.Random(i), y)
        engine.on_event(Event(f"e{i}", float(i), x if change is None else change(x)))
        if i >= 50:
            engine.on_label(Label(f"e{i - 50}", float(i), random.Random(f"y{i - 50}").random() < 0.03))
        found += engine.take_alarms()
    return found


def test_each_is_given_what_it_watches_as_it_was_served() -> None:
    kinds = ("features", "scores", "labelled scores", "delays")
    noting: dict[str, Any] = {kind.split()[0]: Noting(kind) for kind in kinds}
    engine = engine_of(None, **noting)
    served = {}
    for i in range(400):
        y = i % 5 == 0
        served[i] = engine.on_event(Event(f"e{i}", float(i), {"a": float(y)}))
        engine.on_event(Event(f"e{i}", float(i), {"a": float(y)}))  # again: counts once
        engine.on_label(Label(f"e{i}", i + 3.0, y))
    features, scores, labelled, delays = (one.given for one in noting.values())
    assert [x for (x,) in features] == [{"a": float(i % 5 == 0)} for i in range(400)]
    warm = [i for i in range(400) if "cold" not in served[i].reasons]  # type: ignore[union-attr]
    assert [p for (p,) in scores] == [served[i].p for i in warm]  # type: ignore[union-attr]
    assert [(y, p) for y, p, _ in labelled] == [(i % 5 == 0, served[i].p) for i in warm]  # type: ignore[union-attr]
    assert delays == [(3.0, float(i)) for i in range(400)]


def test_only_names_of_a_configured_schema_reach_a_detector() -> None:
    noting = Noting("features")
    engine = engine_of(Schema({"a": {"default": 0.0}}), features=noting)
    engine.on_event(Event("1", 0.0, {"a": 1.0}))
    engine.on_event(Event("2", 1.0, {"a": 1.0, "4539578763621486": 1.0}))
    engine.on_event(Event("3", 2.0, {}))  # the default is what the model gets
    assert noting.given == [({"a": 1.0},), ({"a": 1.0},), ({},)]


def test_the_default_set_is_silent_while_nothing_changes_and_names_a_change_of_unit() -> None:
    engine = engine_of(
        concept=drift.ClassConditionalDrift(least_ratio=2.0),
        scores=drift.ScoreDrift(least_ratio=1.5),
        calibration=drift.CalibrationDrift(),
        features=drift.FeatureDrift(),
        label_delay=drift.LabelDelayDrift(),
    )
    assert run(engine, 0, 8_000) == []
    found = run(engine, 8_000, 4_000, lambda x: {**x, "amount": 100 * x["amount"]})
    assert [(alarm.source, alarm.name, alarm.fields) for alarm in found][:1] == [
        ("features", "unit", ("amount",))
    ]
    alarm = found[0]
    assert (alarm.n, 80 < alarm.evidence["factor"] < 125, alarm.t > 8_000.0) == (1, True, True)
    assert alarm.look_at.endswith(".")
    told = {reading.name: reading.value for reading in engine.readings()}
    assert told["alarms"]["features"] == {"unit": 1}  # type: ignore[index]
    assert told["last_alarm_timestamp_seconds"]["features"] == {"unit": alarm.t}  # type: ignore[index]
    assert told["features_feature_drift_fields"] == 3.0


def test_a_restart_in_mid_stream_changes_nothing() -> None:
    def made() -> Engine:
        return engine_of(features=drift.FeatureDrift(every=1, block=200), scores=drift.ScoreDrift())

    def cents(x: dict[str, Any]) -> dict[str, Any]:
        return {**x, "amount": 100 * x["amount"]}

    whole = made()
    said = run(whole, 0, 2_000) + run(whole, 2_000, 500, cents)
    first = made()
    before = run(first, 0, 2_000) + run(first, 2_000, 300, cents)
    rows = {key: row for key, row in first.take_changes().items() if row is not None}
    again = made()
    again.restore(first.snapshot(), rows)
    assert before + run(again, 2_300, 200, cents) == said
    assert [alarm.name for alarm in said] == ["unit"]
    assert again.snapshot() == whole.snapshot()


def test_one_with_other_parameters_starts_afresh() -> None:
    engine = engine_of(scores=drift.ScoreDrift())
    run(engine, 0, 600)
    for other, kept in ((drift.ScoreDrift(), True), (drift.ScoreDrift(limit=9.0), False)):
        again = engine_of(scores=other)
        again.restore(engine.snapshot(), {})
        (found,) = again.watching.detecting.detectors.values()
        state: Any = found.__getstate__()
        assert (state["_scores"]["seen"] > 0) is kept


class Key(str):
    """A name that fails when it is compared."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")

    def __hash__(self) -> int:
        return hash(str(self))


@pytest.mark.parametrize("schema", [None, Schema({"a": {}})])
def test_odd_features_raise_nothing(schema: Schema | None) -> None:
    engine = engine_of(schema, features=drift.FeatureDrift(every=1, block=50))
    odd: list[Any] = [
        {Key("b"): 1.0},
        {1.5: "x", None: 2},
        {"a": object()},
        {"a": 10**400},
        {"\ud800": 1.0, "x" * 999: 1.0, 10**30: 1.0},
    ]
    for i, x in enumerate(odd):
        for j in range(60):
            engine.on_event(Event(f"e{i}-{j}", float(i), {"a": 1.0, **x}, j % 7 == 0))
    assert engine.counters["events"] == 300
    assert engine.counters["detector_failed"] <= 120
    engine.snapshot()
    engine.take_alarms()


class Raises(drift.ScoreDrift):
    """Raises at every second score, and quotes it."""

    def update(self, p: float, w: float = 1.0) -> None:
        self.n = getattr(self, "n", 0) + 1
        if self.n % 2:
            raise ArithmeticError(f"{p} is the score")
        super().update(p, w)

    def readings(self) -> Any:
        if getattr(self, "n", 0):
            raise ArithmeticError("odd")
        return super().readings()


def test_one_that_raises_is_counted_and_degrades_and_goes_no_further() -> None:
    engine = engine_of(odd=Raises(), concept=drift.ClassConditionalDrift())
    run(engine, 0, 1_500)
    detecting = engine.watching.detecting
    assert engine.counters["detector_failed"] > 500
    assert detecting.errors["odd"] == "raises ArithmeticError"  # its message quotes a value
    assert "detectors_fail" in engine.degraded
    told = {reading.name: reading.value for reading in engine.readings()}
    assert told["detector_failures"]["odd"] == detecting.failed["odd"]  # type: ignore[index]
    assert told["concept_class_conditional_level"]
    assert {"engine"} == {alarm.source for alarm in engine.watching.recent}


class Odd:
    """Watches nothing that there is."""

    watches = "weather"

    def update(self, *observed: Any) -> None:
        """Nothing."""

    drift_detected = False
    alarms = ()

    def readings(self) -> list[Reading]:
        return [Reading("odd", "Odd.", 0.0)]


@pytest.mark.parametrize("what", ["watches", "drift_detected", "alarms"])
def test_a_detector_that_cannot_be_asked_is_refused_in_words(what: str) -> None:
    def raises(_: Any) -> Any:
        raise RuntimeError("a value of a feature")

    broken = type("Broken", (Odd,), {"watches": "scores", what: property(raises)})()
    with pytest.raises(
        ValueError, match=f"drift: 'odd' is a Broken, whose .*{what}.* raises RuntimeError: mend it"
    ):
        engine_of(odd=broken)


def test_what_does_not_fit_is_refused() -> None:
    for odd in (stats.ADWIN(), Odd()):  # the first has River's API alone
        with pytest.raises(ValueError, match=r"drift: 'odd' is a .*: expected a drift detector"):
            engine_of(odd=odd)
    with pytest.raises(ValueError, match="drift: 'Odd' is no name"):
        engine_of(Odd=drift.ScoreDrift())
    model = linear_model.SoftmaxRegression()
    with pytest.raises(ValueError, match="drift: 'scores' watches scores, which are of"):
        Engine(model, BothReported(), classes=("a", "b"), detectors={"scores": drift.ScoreDrift()})
    Engine(model, BothReported(), classes=("a", "b"), detectors={"delays": drift.LabelDelayDrift()})
