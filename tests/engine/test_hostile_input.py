"""No event, label, rejection or time makes the engine raise, whatever its fields hold."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from river import base

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    decision,
    drift,
    linear_model,
    metrics,
)
from streamimb.engine import BothReported, Deciding, Engine, LabelPolicy, PositivesReported
from streamimb.events import AnyScore, DecidedScore, Event, Label, Rejection
from streamimb.protocols import LearningError
from tests.compose.parts import WeightRecorder
from tests.engine.hostile import FEATURES, IDS, LABELS, MEDDLING, TIMES, Bomb, Raises, RaisingStr, clearing
from tests.engine.parts import balanced, event, refused, scored, until


def configured() -> GuardedClassifier:
    """The model of which the engine scores and learns an event in one call, once it is warm."""
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return GuardedClassifier(model, Schema({"a": Field(), "b": Field(nullable=True)}))


def with_every_part(model: base.Classifier, labels: LabelPolicy) -> Engine:
    """An engine with columns with a role, metrics and a rule that read them, and detectors."""
    return Engine(
        model,
        labels,
        roles={"amount": "cost", "user": "group", "at": "time"},
        metrics={"savings": metrics.Savings(miss="amount"), "gauc": metrics.GAUC("user")},
        deciding=Deciding(decision.CostThreshold(miss="amount"), top=1),
        detectors={
            "fields": drift.FeatureDrift(),
            "scores": drift.ScoreDrift(),
            "labels": drift.ClassConditionalDrift(),
            "delays": drift.LabelDelayDrift(),
        },
    )


def like(engine: Engine) -> Engine:
    """A new engine with the same parts."""
    deciding: Any = engine.deciding
    roles: Any = engine._roles
    return Engine(
        engine.model.clone(),
        engine._labels,
        roles=roles and roles.of,
        metrics={name: metric.clone() for name, metric in engine.metrics.others.metrics.items()},
        detectors={name: one.clone() for name, one in engine.watching.detecting.detectors.items()},
        deciding=None if deciding is None else Deciding(deciding.rule.clone(), deciding.top),
    )


ENGINES: dict[str, Any] = {
    "configured": lambda labels: Engine(configured(), labels),
    "inferred": lambda labels: Engine(linear_model.LogisticRegression(), labels),
    "with every part": lambda labels: with_every_part(configured(), labels),
    "with every part, inferred": lambda labels: with_every_part(linear_model.LogisticRegression(), labels),
}
REGIMES: list[LabelPolicy] = [BothReported(ttl_s=50.0), PositivesReported(window_s=50.0)]


@pytest.fixture(params=REGIMES, ids=lambda labels: type(labels).__name__)
def labels(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def engine(request: pytest.FixtureRequest, labels: LabelPolicy) -> Engine:
    made: Engine = request.param(labels)
    for i in range(200):
        made.on_event(Event(f"w{i}", float(i), {"a": float(i % 7), "b": 0.5}, i % 5 == 0))
    return made


def still_well(engine: Engine) -> None:
    balanced(engine)
    for i in range(130):  # the engine looks at what is degraded
        assert isinstance(engine.on_event(Event(f"z{i}", 200.0, {"a": 1.0, "b": 0.5}, i % 9 == 0)), AnyScore)
    balanced(engine)
    changes = engine.take_changes()
    other = like(engine)
    other.restore(engine.snapshot(), {key: row for key, row in changes.items() if row is not None})
    assert other.snapshot() == engine.snapshot()


@pytest.mark.parametrize("y", [None, True, False])
def test_features(engine: Engine, y: bool | None) -> None:
    for i, x in enumerate([*FEATURES, clearing()]):
        for again in range(2):
            assert isinstance(engine.on_event(Event(f"x{i}.{again}", 200.0, x, y)), AnyScore | Rejection)
            engine.on_label(Label(f"x{i}.{again}", 201.0, True))
    still_well(engine)


@pytest.mark.parametrize("y", [None, True])
def test_names_that_meddle(engine: Engine, y: bool | None) -> None:
    for i, make in enumerate(MEDDLING):
        for again in range(2):
            assert isinstance(engine.on_event(Event(f"x{i}.{again}", 200.0, make(), y)), AnyScore | Rejection)
            engine.on_label(Label(f"x{i}.{again}", 201.0, True))
    still_well(engine)


def test_a_foreign_name_of_a_column_with_a_role_is_no_feature() -> None:
    engine = with_every_part(linear_model.LogisticRegression(), BothReported())
    for name in (np.str_("amount"), RaisingStr("amount"), "amount"):
        said = engine.on_event(Event(f"e{name!s}{type(name)}", 1.0, {"a": 1.0, name: 9.5, "user": "u"}, True))
        assert isinstance(said, DecidedScore)
        assert "unusable:amount" not in said.reasons
    assert set(engine.model.inferred) == {"a"}


def test_ids(engine: Engine) -> None:
    for id in IDS:
        said = engine.on_event(Event(id, 200.0, {"a": 1.0}))
        assert refused(said) in ("no_id", "id_too_long", "id_encoding")
        assert refused(engine.on_label(Label(id, 200.0, True))) in ("no_id", "id_too_long", "id_encoding")
        engine.on_rejection(Rejection("decode", "", id))
    still_well(engine)


def test_times(engine: Engine) -> None:
    for i, t in enumerate(TIMES):
        engine.on_event(Event(f"t{i}", t, {"a": 1.0}))
        engine.on_label(Label(f"t{i}", t, True))
        engine.on_time(t)
        engine.pass_time(t)
    assert math.isfinite(engine.time)
    still_well(engine)


@pytest.mark.parametrize("t", [1.7e308, -1.7e308])
def test_times_at_the_end_of_all_numbers(engine: Engine, t: float) -> None:
    for i in range(200):
        engine.on_event(Event(f"t{i}", t, {"a": 1.0, "b": 0.5}, i % 5 == 0))
        engine.on_event(Event(f"u{i}", t, {"a": 1.0, "b": 0.5}))
        engine.on_label(Label(f"u{i}", -t, True))
    for i in range(200):
        engine.on_event(Event(f"v{i}", -t, {"a": 1.0, "b": 0.5}))
    engine.pass_time(1e308)
    engine.pass_time(1e308)
    assert math.isfinite(engine.time)
    balanced(engine)
    rows = {key: row for key, row in engine.take_changes().items() if row is not None}
    like(engine).restore(engine.snapshot(), rows)


def test_labels(engine: Engine) -> None:
    for i, y in enumerate(LABELS):
        engine.on_event(Event(f"y{i}", 200.0, {"a": 1.0}, y))
        assert refused(engine.on_label(Label(f"y{i}", 200.0, y))) == "label_value"
    assert engine.counters["rejected"]["label_value"] == 2 * len(LABELS)
    still_well(engine)


@pytest.mark.parametrize(
    "reason", [None, 1, "", [], {}, Raises(), "\ud800", "x" * 10_000, RaisingStr("decode")]
)
def test_reasons_of_rejections(engine: Engine, reason: Any) -> None:
    engine.on_rejection(Rejection(reason, "", "r"))
    engine.on_label(Label("r", 1.0, True))
    assert engine.counters["rejected"]["unnamed"] == 1
    assert engine.counters["label_of_rejected"] == 1
    still_well(engine)


class Odd(WeightRecorder):
    """Answers with probabilities of odd types."""

    answer: Any = None  # no parameter: the engine notes what a model was built with

    @classmethod
    def of(cls, answer: Any) -> Odd:
        made = cls()
        made.answer = answer
        return made

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self.answer


def two(p: Any) -> dict[bool, Any]:
    return {False: 0.5, True: p}


NOT_PROBABILITIES: list[Any] = [
    None, 0.5, (0.5, 0.5), two(math.nan), two(2.0), two("a half"), two(None), two(Raises()), Raises(),
    {"0": 0.5, "1": 0.5},
]  # fmt: skip


@pytest.mark.parametrize("answer", NOT_PROBABILITIES)
def test_an_answer_without_a_probability_is_poison(answer: Any, labels: LabelPolicy) -> None:
    engine = Engine(Odd.of(answer), labels)
    for y in (None, True, False):
        assert refused(engine.on_event(event("a", 1.0, y))) == "poison"
    assert engine.counters["rejected"] == {"poison": 3}
    balanced(engine)


@pytest.mark.parametrize(
    "p", [np.float64(0.25), np.float32(0.25), Fraction(1, 4), Decimal("0.25"), np.array(0.25)]
)
def test_probabilities_of_another_type_are_served_as_floats(p: Any, labels: LabelPolicy) -> None:
    engine = Engine(Odd.of(two(p)), labels)
    said = scored(engine.on_event(event("a", 1.0)))
    assert [type(q) for q in (said.p, said.raw, said.corrected, said.calibrated)] == [float] * 4
    assert said.p == 0.25
    engine.on_label(Label("a", 2.0, True))
    balanced(engine)


class Raising(WeightRecorder):
    """Raises what it is told to when it scores or learns."""

    error: Any = None  # no parameter: the engine notes what a model was built with
    when = ""

    @classmethod
    def of(cls, error: Any, when: str) -> Raising:
        made = cls()
        made.error, made.when = error, when
        return made

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        if self.when == "score":
            raise self.error
        return super().predict_proba_one(x, **kwargs)

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        if self.when == "learn":
            raise self.error
        super().learn_one(x, y, w)


class LyingError(Exception):
    @property  # type: ignore[misc]  # read only
    def __class__(self) -> Any:
        raise Bomb


def emptied() -> LearningError:
    error = LearningError(None)  # type: ignore[arg-type]
    del error.served
    return error


@pytest.mark.parametrize("when", ["score", "learn"])
@pytest.mark.parametrize(
    "make",
    [lambda: LearningError(None), lambda: LearningError("served"), LyingError, emptied],  # type: ignore[arg-type]
    ids=["None", "text", "liar", "emptied"],
)
def test_what_a_model_raises_is_poison_or_counted(make: Any, when: str, labels: LabelPolicy) -> None:
    engine = Engine(Raising.of(make(), when), labels)
    for i, y in enumerate((None, True, False)):
        said = engine.on_event(event(f"e{i}", 1.0, y))
        assert refused(said) == "poison" if when == "score" else isinstance(said, AnyScore)
        engine.on_label(Label(f"e{i}", 2.0, True))
    counters = balanced(engine)
    assert counters["learned"] == 0
    if when == "learn" and isinstance(labels, BothReported):
        assert counters["learn_failed"] == 3


class Bursts(WeightRecorder):
    """Learns half of an event, then raises."""

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, w)
        raise Bomb


def test_an_event_that_was_perhaps_learned_is_scored_and_not_learned_again() -> None:
    model = Bursts()
    engine = Engine(model, BothReported())
    said = scored(engine.on_event(Event("q", 200.0, {"a": 1.0, "b": 0.5}, True)))
    assert said.p == 0.3
    assert len(model._given) == 1
    counters = balanced(engine)
    assert counters["learned"] == 0
    assert counters["learn_failed"] == 1


def test_a_pause_of_all_inputs_does_not_end_time() -> None:
    engine = ENGINES["configured"](BothReported())
    engine.on_event(event("a", 5.0))
    until(engine, 5.0)
    for seconds in (math.inf, math.nan, -1.0, 0.0, 10**400):
        engine.pass_time(seconds)
        assert engine.time == 5.0
    engine.pass_time(np.float64(2.5))
    assert engine.time == 7.5
    assert type(engine.time) is float
