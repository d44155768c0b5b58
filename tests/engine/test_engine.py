from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from river import base

from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.compose import GuardedClassifier
from streamimb.engine import PositivesReported
from streamimb.events import Event, Label, Rejection
from tests.engine.parts import SCHEMA, balanced, engine_of, event, refused, scored, until


class Breaking(base.Classifier):
    """Raises, or gives no probability, as told."""

    def __init__(self, at_score: int = 0, at_learn: int = 0, says: float = 0.25) -> None:
        self.at_score = at_score
        self.at_learn = at_learn
        self.says = says
        self.asked = self.taught = 0

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        self.asked += 1
        if self.asked <= self.at_score:
            raise KeyError("a value that must not be repeated")
        return {True: self.says, False: 1.0 - self.says}

    def learn_one(self, x: dict[Any, Any], y: Any, **kwargs: Any) -> None:
        self.taught += 1
        if self.taught <= self.at_learn:
            raise ZeroDivisionError


def test_a_score_says_everything() -> None:
    engine = engine_of()
    for i in range(50):
        engine.on_event(event(f"e{i}", float(i), y=i % 5 == 0))
    said = scored(engine.on_event(event("now", 60.0)))
    assert (said.id, said.t, said.p, said.model_version) == ("now", 60.0, said.calibrated, 50)
    assert 0.0 < said.p < 1.0
    assert said.reasons == ()
    assert said.kept_share == 1.0
    assert engine.model_version == 50
    assert engine.time == 17.0  # two thirds of the 51 times are 17 or later


def test_any_classifier_is_guarded_once() -> None:
    bare, mine = linear_model.LogisticRegression(), GuardedClassifier(linear_model.LogisticRegression())
    assert engine_of(model=bare).model.classifier is bare
    assert engine_of(model=mine).model is mine


def test_what_was_served_is_measured_not_what_would_be_said_now() -> None:
    engine = engine_of()
    for i in range(6):
        engine.on_event(event(f"warm{i}", 0.0, y=i > 0))
    said = scored(engine.on_event(event("first", 0.0)))
    for i in range(200):
        engine.on_event(event(f"e{i}", float(i), y=False))
    now = scored(engine.on_event(event("again", 300.0))).p
    before = engine.metrics.served.sums()[6]
    engine.on_label(Label("first", 301.0, False))
    fade = 0.5 ** (1 / 20_000)
    assert engine.metrics.served.sums()[6] - fade * before == pytest.approx(said.p, abs=1e-9)
    assert abs(now - said.p) > 0.1


def test_the_label_an_event_brings_is_learned_at_once() -> None:
    engine = engine_of()
    engine.on_event(event("a", 0.0, y=True))
    counters = balanced(engine)
    assert (counters["inline"], counters["learned"], counters["pending"], counters["labels"]) == (1, 1, 0, 0)


def test_inline_and_later_labels_teach_the_same() -> None:
    rng = random.Random(3)
    xs = [({"a": rng.gauss(0, 1), "b": rng.gauss(0, 1)}, rng.random() < 0.3) for _ in range(300)]
    inline, later = engine_of(), engine_of()
    for i, (x, y) in enumerate(xs):
        one = inline.on_event(Event(f"e{i}", float(i), dict(x), y))
        other = later.on_event(Event(f"e{i}", float(i), dict(x)))
        later.on_label(Label(f"e{i}", float(i), y))
        assert one == other
    assert inline.metrics.served.sums() == later.metrics.served.sums()


def test_fault_09_a_model_that_always_raises_is_asked_so_often_and_no_more() -> None:
    model = Breaking(at_score=10**9)
    engine = engine_of(model=model, attempts=3)
    said = engine.on_event(event("poison", 1.0))
    assert isinstance(said, Rejection)
    assert (said.reason, said.id, said.field) == ("poison", "poison", "")
    assert model.asked == 3
    assert engine.last_error == "KeyError"
    engine.on_label(Label("poison", 2.0, True))
    counters = balanced(engine)
    assert counters["rejected"] == {"poison": 1}
    assert counters["label_of_rejected"] == 1
    assert model.taught == 0


def test_fault_09_a_model_that_raises_once_is_asked_again() -> None:
    engine = engine_of(model=Breaking(at_score=2), attempts=3)
    assert scored(engine.on_event(event("a", 1.0))).p == 0.25


@pytest.mark.parametrize("says", [math.nan, math.inf, -0.1, 1.1])
def test_fault_09_what_is_no_probability_is_poison(says: float) -> None:
    engine = engine_of(model=Breaking(says=says))
    assert refused(engine.on_event(event("a", 1.0))) == "poison"


def test_fault_09_a_model_that_raises_while_learning_is_not_taught_twice() -> None:
    model = Breaking(at_learn=1)
    engine = engine_of(model=model)
    scored(engine.on_event(event("a", 1.0, y=True)))
    scored(engine.on_event(event("b", 2.0)))
    engine.on_label(Label("b", 3.0, False))
    counters = balanced(engine)
    assert model.taught == 2
    assert (counters["learn_failed"], counters["learned"]) == (1, 1)


@pytest.mark.parametrize("id", ["", None, 7])
def test_fault_10_no_id(id: Any) -> None:
    engine = engine_of()
    assert refused(engine.on_event(Event(id, 1.0, {"a": 1.0}))) == "no_id"
    assert refused(engine.on_label(Label(id, 1.0, True))) == "no_id"
    assert balanced(engine)["rejected"] == {"no_id": 2}


@pytest.mark.parametrize("id", ["x" * 10_000, "é" * 129])
def test_fault_11_an_id_too_long(id: str) -> None:
    engine = engine_of(max_id_bytes=256)
    assert refused(engine.on_event(Event(id, 1.0, {"a": 1.0}))) == "id_too_long"
    assert refused(engine.on_label(Label(id, 1.0, True))) == "id_too_long"
    assert balanced(engine)["finished"] == 0


def test_an_id_without_bytes_is_rejected() -> None:
    assert refused(engine_of().on_event(event("\ud800", 1.0))) == "id_encoding"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, "text", 10**30])
def test_fault_12_13_14_a_value_not_trusted_is_scored_measured_and_not_learned(value: Any) -> None:
    engine, without = engine_of(), engine_of()
    for i in range(30):
        for one in (engine, without):
            one.on_event(event(f"e{i}", float(i), y=i % 3 == 0))
    said = scored(engine.on_event(event("bad", 40.0, a=value)))
    assert said.reasons[0].endswith(":a")
    engine.on_label(Label("bad", 41.0, True))
    counters = balanced(engine)
    assert (counters["unlearnable"], counters["joined"], counters["learned"]) == (1, 1, 30)
    assert engine.metrics.served.sums()[0] > without.metrics.served.sums()[0]
    for i in range(30):
        with_it, without_it = (e.on_event(event(f"f{i}", 50.0 + i, y=i % 3 == 0)) for e in (engine, without))
        assert scored(with_it).p == scored(without_it).p


def test_fault_26_too_many_features_are_rejected() -> None:
    engine = engine_of(model=GuardedClassifier(linear_model.LogisticRegression(), SCHEMA, max_features=100))
    said = engine.on_event(Event("wide", 1.0, {f"f{i}": 1.0 for i in range(50_000)}))
    assert refused(said) == "too_many_features"


def test_fault_30_a_stale_event_is_scored_and_touches_nothing() -> None:
    engine = engine_of(stale_s=1000.0)
    for i in range(3):
        engine.on_event(event(f"a{i}", 10_000.0, y=True))
    sums = engine.metrics.served.sums()
    said = scored(engine.on_event(event("old", 100.0, y=True)))
    assert said.reasons == ("cold", "stale")
    engine.on_label(Label("old", 10_001.0, True))
    counters = balanced(engine)
    assert (counters["stale_event"], counters["label_of_stale"], counters["learned"]) == (1, 1, 3)
    assert engine.metrics.served.sums() == sums
    assert engine.time == 10_000.0


def test_fault_30_replay_learns_stale_events() -> None:
    engine = engine_of(stale_s=1000.0, learn_stale=True)
    for i in range(3):
        engine.on_event(event(f"a{i}", 10_000.0, y=True))
    assert scored(engine.on_event(event("old", 100.0, y=True))).reasons == ("cold",)
    assert balanced(engine)["learned"] == 4


def test_fault_31_no_delay_is_negative() -> None:
    engine = engine_of()
    engine.on_event(event("a", 100.0))
    engine.on_label(Label("a", 40.0, True))
    assert balanced(engine)["negative_delay"] == 1
    assert 0.0 <= engine.metrics.delay_positive.get() < 0.001


@pytest.mark.parametrize("kind", [int, np.int64, np.float32, np.float64])
def test_a_time_may_be_any_number(kind: Any) -> None:
    one, two = engine_of(), engine_of()
    for engine, make in ((one, kind), (two, float)):
        engine.on_event(event("a", make(128.0)))
        engine.on_label(Label("a", make(256.0), True))
    assert one.snapshot() == two.snapshot()


@pytest.mark.parametrize("t", [math.nan, math.inf, -math.inf, None, "100", 10**400])
@pytest.mark.parametrize("begun", [False, True])
def test_a_time_that_is_none_is_rejected(t: Any, begun: bool) -> None:
    engine = engine_of()
    if begun:
        engine.on_event(event("z", 100.0))
    assert refused(engine.on_event(event("a", t))) == "time"
    assert refused(engine.on_label(Label("b", t, True))) == "time"
    assert engine.time == (100.0 if begun else -math.inf)


def test_fault_34_an_idle_stream_forgets_nothing() -> None:
    engine = engine_of()
    for i in range(100):
        engine.on_event(event(f"e{i}", float(i), y=i % 4 == 0))
    before = scored(engine.on_event(event("x", 100.0))).p
    sums = engine.metrics.served.sums()
    until(engine, 6e5)
    assert engine.metrics.served.sums() == sums
    assert scored(engine.on_event(event("y", 6e5))).p == before


def test_fault_41_the_label_of_a_rejected_event_is_not_learned() -> None:
    engine = engine_of(model=GuardedClassifier(linear_model.LogisticRegression(), SCHEMA, max_features=3))
    wide = {f"f{i}": 1.0 for i in range(4)}
    engine.on_event(Event("seen", 1.0, wide))
    engine.on_rejection(Rejection("decode", "", "unread"))
    engine.on_label(Label("awaited", 1.0, True))
    engine.on_event(Event("awaited", 2.0, wide))
    for id in ("seen", "unread"):
        engine.on_label(Label(id, 3.0, True))
    counters = balanced(engine)
    assert counters["label_of_rejected"] == 3
    assert counters["learned"] == 0
    assert counters["rejected"] == {"too_many_features": 2, "decode": 1}


@pytest.mark.parametrize("restarted", [False, True])
def test_fault_41_also_where_the_very_first_record_was_rejected(restarted: bool) -> None:
    engine = engine_of(late_s=50.0)
    for id in ("first", "second"):
        engine.on_rejection(Rejection("decode", "", id))
    if restarted:
        before, engine = engine, engine_of(late_s=50.0)
        engine.restore(before.snapshot(), {k: v for k, v in before.take_changes().items() if v is not None})
    engine.on_event(event("a", 1000.0))
    engine.on_label(Label("first", 1001.0, True))
    until(engine, 1049.0)
    assert balanced(engine)["label_of_rejected"] == 1
    engine.on_label(Label("second", 1001.0, True))
    assert (balanced(engine)["label_of_rejected"], engine.counters["finished"]) == (2, 2)
    until(engine, 1050.0)
    assert balanced(engine)["finished"] == 0


@pytest.mark.parametrize(
    "y", ["chargeback", 2, math.nan, 1, "1", "", [1], Rejection("label_value", "label", "b")]
)
def test_fault_42_43_only_what_is_canonical_is_a_label(y: Any) -> None:
    engine = engine_of()
    engine.on_event(event("a", 1.0))
    assert refused(engine.on_label(Label("a", 2.0, y))) == "label_value"
    scored(engine.on_event(event("b", 3.0, y=y)))
    counters = balanced(engine)
    assert counters["label_rejected"] == 1
    assert counters["learned"] == 0
    assert counters["pending"] == 2
    assert counters["rejected"] == {"label_value": 2}


@pytest.mark.parametrize("y", ["", "1.0", Rejection("label_value", "label", "a")])
def test_a_label_that_cannot_be_read_costs_the_label_only(y: Any) -> None:
    both = engine_of()
    scored(both.on_event(event("a", 1.0, y=y)))
    both.on_label(Label("a", 2.0, True))  # the label that can be read is learned
    counters = balanced(both)
    assert (counters["joined"], counters["learned"], counters["inline"]) == (1, 1, 0)
    again = scored(both.on_event(event("a", 3.0, y=y)))
    assert again.reasons == ("cold", "duplicate_event")
    assert balanced(both)["rejected"] == {"label_value": 2}
    positives = engine_of(PositivesReported(window_s=10.0))
    scored(positives.on_event(event("a", 1.0, y=y)))
    until(positives, 20.0)
    assert balanced(positives)["matured"] == 1
    assert positives.counters["rejected"] == {"label_value": 1}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(event("", 1.0, y="x"), "no_id"), (event("a", math.nan, y="x"), "time")],  # type: ignore[arg-type]
)
def test_a_label_that_cannot_be_read_is_counted_beside_the_rejection_of_its_event(
    bad: Any, reason: str
) -> None:
    engine = engine_of()
    assert refused(engine.on_event(bad)) == reason
    assert balanced(engine)["rejected"] == {"label_value": 1, reason: 1}


def test_fault_45_the_first_positive_is_learned() -> None:
    stack = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    engine = engine_of(model=GuardedClassifier(stack, SCHEMA))
    for i in range(10_000):
        engine.on_event(event(f"e{i}", float(i), y=False, a=float(i % 7)))
    before = scored(engine.on_event(event("p", 10_000.0, a=50.0)))
    assert 0.0 < before.p < 0.01
    engine.on_label(Label("p", 10_001.0, True))
    after = scored(engine.on_event(event("q", 10_002.0, a=50.0)))
    assert after.p > 3 * before.p
    assert after.model_version == 10_001


def test_a_repeated_id_is_scored_again_and_remembered_once() -> None:
    engine = engine_of()
    engine.on_event(event("a", 1.0))
    assert scored(engine.on_event(event("a", 2.0))).reasons == ("cold", "duplicate_event")
    engine.on_label(Label("a", 3.0, True))
    assert scored(engine.on_event(event("a", 4.0, y=False))).reasons == ("cold", "duplicate_event")
    counters = balanced(engine)
    assert (counters["duplicate_event"], counters["learned"], counters["conflict"]) == (2, 1, 1)


def test_a_repeated_event_may_bring_the_label() -> None:
    engine = engine_of()
    engine.on_event(event("a", 1.0))
    engine.on_event(event("a", 2.0, y=True))
    counters = balanced(engine)
    assert (counters["joined"], counters["labels"], counters["learned"]) == (1, 1, 1)


def test_time_can_go_on_without_events() -> None:
    engine = engine_of(PositivesReported(window_s=10.0))
    engine.on_event(event("a", 1.0))
    until(engine, 5.0)
    engine.on_time(2.0)
    assert engine.time == 5.0
    assert balanced(engine)["matured"] == 0
    engine.on_time(math.nan)
    until(engine, 11.0)
    assert balanced(engine)["matured"] == 1
