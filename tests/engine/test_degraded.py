"""Each reason an engine may be degraded for: entered, left, named with its cure, saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from river import base

from streamimb import GuardedClassifier, linear_model
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported, state_of
from streamimb.events import Event, Label, Rejection
from tests.engine.parts import balanced, engine_of, event, until

WINDOW = PositivesReported(window_s=1000.0)


class Model(base.Classifier):
    """Raises while learning, or says NaN, where the event says so."""

    def learn_one(self, x: dict[Any, Any], y: Any, **kwargs: Any) -> None:
        if x["a"] == 2.0:
            raise ArithmeticError("a value that must not be repeated: 2.0")

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        p = float("nan") if x["a"] == 3.0 else 0.25
        return {True: p, False: 1.0 - p}


def clean(engine: Engine, i: int, share: float) -> bool:
    """Whether event i is one of the bad ones, spread evenly."""
    return int((i + 1) * share) > int(i * share)


def orphans(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", float(i)))
    engine.on_label(Label(f"{'nobody' if bad else 'e'}{i}", float(i), i % 3 == 0))


def unlearnable(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", float(i), y=i % 3 == 0, a="text" if bad else 1.0))


def stale(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", i - (1e7 if bad else 0.0), y=i % 3 == 0))


def future(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", i + (1e7 if bad else 0.0), y=i % 3 == 0))


def fails(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", float(i), y=i % 3 == 0, a=2.0 if bad else 1.0))


def poison(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", float(i), y=i % 3 == 0, a=3.0 if bad else 1.0))


def late(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", 100.0 * i))
    engine.on_label(Label(f"e{i}", 100.0 * i + (1500.0 if bad else 500.0), True))


def lost(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", float(i)))
    if not bad:
        engine.on_label(Label(f"e{i}", float(i), i % 3 == 0))


def unreadable(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event(f"e{i}", float(i)))
    if bad:
        engine.on_rejection(Rejection("label_value", "label"))
    else:
        engine.on_label(Label(f"e{i}", float(i), i % 3 == 0))


def repeated(engine: Engine, i: int, bad: bool) -> None:
    engine.on_event(event("e0") if bad else event(f"e{i}", float(i), y=i % 3 == 0))


def changed(engine: Engine, i: int, bad: bool) -> None:
    """A positive, or a negative and a label that contradicts the one of the first event."""
    engine.on_event(event(f"e{i}", float(i), y=not bad))
    if bad:
        engine.on_label(Label("e0", float(i), False))


KINDS: dict[str, tuple[Callable[[Engine, int, bool], None], float, LabelPolicy, dict[str, Any]]] = {
    "orphaned_labels": (orphans, 0.01, BothReported(), {"hold_s": 5.0}),
    "unlearnable_events": (unlearnable, 0.05, BothReported(), {}),
    "stale_events": (stale, 0.05, BothReported(), {}),
    "future_events": (future, 0.05, BothReported(), {}),
    "learning_fails": (fails, 0.01, BothReported(), {"model": Model()}),
    "poison": (poison, 0.01, BothReported(), {"model": Model()}),
    "late_labels": (late, 0.20, WINDOW, {}),
    "lost_events": (lost, 0.01, BothReported(), {"max_pending": 5}),
    "unreadable_labels": (unreadable, 0.01, BothReported(), {}),
    "repeated_events": (repeated, 0.05, BothReported(), {}),
    "changed_labels": (changed, 0.20, BothReported(), {}),
}
CURES = {
    "orphaned_labels": ["hold_s", "late_s", "[engine]"],
    "unlearnable_events": ['type in "a"', "[schema]", "coerce"],
    "stale_events": ["clock", "stale_s", "learn_stale"],
    "future_events": ["clock", "skew_s"],
    "learning_fails": ["[model]", "log"],
    "poison": ["[model]", "log"],
    "late_labels": ["window_s", "[labels]"],
    "lost_events": ["max_pending", "[engine]"],
    "unreadable_labels": ["positive or negative", "[source.NAME.fields]"],
    "repeated_events": ["id", "[source.NAME.fields]"],
    "changed_labels": ["final", 'regime = "positives"'],
}


@pytest.mark.parametrize("reason", KINDS)
def test_a_reason_is_entered_above_its_limit_and_left_below_half_of_it(reason: str) -> None:
    feed, limit, labels, settings = KINDS[reason]
    below, above = engine_of(labels, **settings), engine_of(labels, **settings)
    for i in range(3_000):
        feed(below, i, clean(below, i, 0.8 * limit))
        feed(above, i, clean(above, i, 2.0 * limit))
    assert below.degraded == {}
    assert set(above.degraded) == {reason}
    sentence = above.degraded[reason]
    told = float(re.findall(r"([\d.]+) %", sentence)[0])
    assert told == pytest.approx(200 * limit, rel=0.15)
    assert all(word in sentence for word in CURES[reason])
    assert "text" not in sentence
    i = 3_000
    while above.degraded and i < 20_000:
        feed(above, i, False)
        i += 1
    # The mass of 3,000 is 2,592: their share of all is a quarter of what it was after n clean ones, where
    # 2,592 exp(-n / 10,000) = (10,000 - 7,408 exp(-n / 10,000)) / 4, which is n = 5,752.
    assert i - 3_000 == pytest.approx(5_752, abs=400)
    assert balanced(above)["events"] == i


@pytest.mark.parametrize("reason", KINDS)
def test_fewer_than_a_hundred_say_nothing(reason: str) -> None:
    feed, _, labels, settings = KINDS[reason]
    engine = engine_of(labels, **settings)
    for i in range(90):
        feed(engine, i, i % 2 == 0)
    engine._watching.look(engine.model.counts)
    assert engine.degraded == {}


@pytest.mark.parametrize("reason", KINDS)
def test_it_is_saved_and_a_restart_changes_no_bit(reason: str) -> None:
    feed, limit, labels, settings = KINDS[reason]
    whole = engine_of(labels, **settings)
    whole._allow_pickle = True
    first = engine_of(labels, **settings)
    first._allow_pickle = True
    for i in range(1_000):
        feed(whole, i, clean(whole, i, 3 * limit))
    for i in range(700):
        feed(first, i, clean(first, i, 3 * limit))
    assert set(state_of(first.snapshot(), allow_pickle=True)["degraded"].reasons) == {reason}
    again = engine_of(labels, **settings)
    again._allow_pickle = True
    rows = {key: row for key, row in first.take_changes().items() if row is not None}
    again.restore(first.snapshot(), rows)
    assert again.degraded == first.degraded
    for i in range(700, 1_000):
        feed(again, i, clean(again, i, 3 * limit))
    assert again.degraded == whole.degraded
    if "model" not in settings:  # a pickle's bytes tell how objects were shared
        assert again.snapshot() == whole.snapshot()


def test_a_field_left_out_is_named() -> None:
    engine = engine_of(model=GuardedClassifier(linear_model.LogisticRegression()))
    for i in range(1_000):
        odd: dict[str, Any] = {"b": []} if i % 9 == 8 else {}
        engine.on_event(event(f"e{i}", float(i), y=i % 3 == 0, **odd))
    assert set(engine.degraded) == {"field_left_out"}
    assert '"b" (1' in engine.degraded["field_left_out"]


def test_only_positives_in_the_regime_of_both_is_probably_the_other_regime() -> None:
    engine = engine_of()
    for i in range(3_000):
        engine.on_event(event(f"e{i}", float(i)))
        if i % 20 == 0 and i > 200:
            engine.on_label(Label(f"e{i}", float(i), True))
    assert set(engine.degraded) == {"one_class"}
    assert 'regime = "positives"' in engine.degraded["one_class"]
    assert "window_s" in engine.degraded["one_class"]
    engine.on_label(Label("e1", 3_000.0, False))
    for i in range(3_000, 3_128):
        engine.on_event(event(f"e{i}", float(i)))
    assert engine.degraded == {}


@pytest.mark.parametrize(
    ("labels", "y", "every"), [(WINDOW, True, 20), (BothReported(), False, 20), (BothReported(), True, 1)]
)
def test_one_class_is_no_doubt_where_it_may_be_so(labels: LabelPolicy, y: bool, every: int) -> None:
    engine = engine_of(labels)
    for i in range(3_000):
        engine.on_event(event(f"e{i}", float(i)))
        if i % every == 0:
            engine.on_label(Label(f"e{i}", float(i), y))
    if every > 1:
        engine.on_event(event("last", 3_000.0))
    engine._watching.look(engine.model.counts)
    assert "one_class" not in engine.degraded


def test_label_delays_that_differ_twofold_are_a_doubt_until_they_do_not() -> None:
    engine = engine_of()
    for i in range(400):
        engine.on_event(event(f"e{i}", 10.0 * i))
        engine.on_label(Label(f"e{i}", 10.0 * i + (500.0 if i % 2 else 100.0), i % 2 == 1))
    assert set(engine.degraded) == {"label_delays_differ"}
    assert "factor of" in engine.degraded["label_delays_differ"]
    for i in range(400, 30_000):
        engine.on_event(event(f"e{i}", 10.0 * i))
        engine.on_label(Label(f"e{i}", 10.0 * i + 300.0, i % 2 == 1))
    assert engine.degraded == {}


def test_the_dict_another_thread_holds_never_changes() -> None:
    engine = engine_of()
    for i in range(1_000):
        unlearnable(engine, i, bad=True)
    held = engine.degraded
    copy = dict(held)
    assert copy
    for i in range(1_000, 3_000):
        unlearnable(engine, i, bad=False)
    assert held == copy
    assert engine.degraded is not held


def test_an_orphan_on_its_way_is_not_yet_one() -> None:
    engine = engine_of(WINDOW)
    for i in range(500):
        engine.on_event(event(f"e{i}", float(i)))
        engine.on_label(Label(f"nobody{i}", float(i), True))
    assert "orphaned_labels" not in engine.degraded
    until(engine, 3_000.0)
    engine.on_event(Event("one", 3_000.0, {"a": 1.0, "b": 1.0}))
    engine._watching.look(engine.model.counts)
    assert set(engine.degraded) == {"orphaned_labels"}
