"""Restart = uninterrupted: wherever a run is saved and taken up again, every bit of the end is the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import linear_model as river_linear
from river import preprocessing

from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.compose import GuardedClassifier
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported, Settings
from streamimb.events import Event, Label
from tests.engine.parts import SCHEMA, Record, balanced, messy

SETTINGS = Settings(
    hold_s=30.0,
    late_s=60.0,
    stale_s=200.0,
    max_pending=40,
    max_held=10,
    max_finished=80,
    skew_n=3,
)
REGIMES: list[LabelPolicy] = [BothReported(), BothReported(ttl_s=40.0), PositivesReported(window_s=50.0)]


def fresh(regime: LabelPolicy, schema: bool = True) -> Engine:
    stack = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=7))
    model = GuardedClassifier(stack, SCHEMA if schema else None, warm_up=20)
    return Engine(model, regime, SETTINGS)


class Store:
    """The rows and the snapshot that a state store would hold."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        self.snapshot = b""

    def commit(self, engine: Engine) -> None:
        for key, row in engine.take_changes().items():
            if row is None:
                del self.rows[key]  # a row that goes was there: nothing is deleted for nothing
            else:
                self.rows[key] = row
        self.snapshot = engine.snapshot()


def run(engine: Engine, records: list[Record]) -> list[Any]:
    return [engine.on_event(r) if isinstance(r, Event) else engine.on_label(r) for r in records]


@pytest.mark.parametrize("regime", REGIMES)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    cuts=st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=8),
    schema=st.booleans(),
)
def test_a_restart_anywhere_changes_no_bit(
    regime: LabelPolicy, seed: int, cuts: list[tuple[int, bool]], schema: bool
) -> None:
    records = messy(seed)
    whole, store = fresh(regime, schema), Store()
    said = run(whole, records)
    store.commit(whole)

    engine, other = fresh(regime, schema), Store()
    heard: list[Any] = []
    at = 0
    for cut, restart in sorted(cuts):
        heard += run(engine, records[at:cut])
        at = max(at, cut)
        other.commit(engine)
        if restart:
            engine = fresh(regime, schema)
            engine.restore(other.snapshot, other.rows)
    heard += run(engine, records[at:])
    other.commit(engine)
    assert repr(heard) == repr(said)
    assert other.snapshot == store.snapshot
    assert other.rows == store.rows
    assert balanced(engine) == balanced(whole)


@pytest.mark.parametrize("regime", REGIMES)
def test_fault_62_replay_from_the_last_commit_reaches_the_same_state(regime: LabelPolicy) -> None:
    records = messy(11)
    whole = fresh(regime)
    run(whole, records)
    engine, store = fresh(regime), Store()
    run(engine, records[:100])
    store.commit(engine)
    run(engine, records[100:180])
    engine.take_changes()  # and then it died
    again = fresh(regime)
    again.restore(store.snapshot, store.rows)
    run(again, records[100:])
    store.commit(again)
    assert store.snapshot == whole.snapshot()
    assert store.rows == whole.take_changes()


def test_looking_changes_nothing() -> None:
    looked, left = fresh(BothReported()), fresh(BothReported())
    for record in messy(5):
        run(looked, [record])
        run(left, [record])
        looked.snapshot()
        looked.take_changes()
        assert looked.counters["events"] == left.counters["events"]
        list(looked.readings())
    assert looked.snapshot() == left.snapshot()


def test_a_foreign_model_goes_on_where_it_was() -> None:
    def model() -> GuardedClassifier:
        inner: Any = preprocessing.StandardScaler() | river_linear.LogisticRegression()
        return GuardedClassifier(SampledClassifier(inner, seed=7), SCHEMA)

    records = messy(3)
    whole = Engine(model(), BothReported(), SETTINGS, allow_pickle=True)
    said = run(whole, records)
    first = Engine(model(), BothReported(), SETTINGS, allow_pickle=True)
    heard = run(first, records[:150])
    second = Engine(model(), BothReported(), SETTINGS, allow_pickle=True)
    rows = {key: row for key, row in first.take_changes().items() if row is not None}
    second.restore(first.snapshot(), rows)
    heard += run(second, records[150:])
    assert repr(heard) == repr(said)
    assert second.counters == whole.counters


def test_an_engine_without_a_store_notes_nothing() -> None:
    engine = fresh(BothReported())
    run(engine, messy(1))
    everything = engine.take_changes()
    assert len(everything) == sum(engine.counters[kind] for kind in ("pending", "held", "finished"))
    assert all(row is not None for row in everything.values())
    assert engine.take_changes() == {}
    engine.on_label(Label("new", 1e6, True))
    assert list(engine.take_changes()) == ["hnew"]
