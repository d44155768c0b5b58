"""The state of an engine over classes: a restart changes nothing, classes are added, damage is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.engine import BothReported, Engine, Settings, SnapshotError
from streamimb.engine.rows import KEYS, Finished, Held, Pending, encode_row
from streamimb.engine.snapshot import dumps, loads
from streamimb.events import Event, Label
from streamimb.protocols import ByClass
from tests.engine.class_streams import MODELS, NAMES, decided, engine_over, messy_classes, softmax, taught
from tests.engine.parts import balanced, engine_of, event, feed, until
from tests.engine.test_restart import Store, run

SETTINGS = Settings(
    hold_s=30.0,
    late_s=60.0,
    stale_s=200.0,
    max_pending=40,
    max_held=10,
    max_finished=80,
    skew_n=3,
)


def fresh(model: Any, ttl_s: float | None) -> Engine:
    return Engine(model(), BothReported(ttl_s), SETTINGS, classes=NAMES, allow_pickle=True)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 50), cuts=st.lists(st.integers(0, 250), min_size=1, max_size=3), ttl=st.booleans())
def test_a_run_that_is_saved_and_taken_up_again_ends_alike(
    make: Any, seed: int, cuts: list[int], ttl: bool
) -> None:
    ttl_s = 40.0 if ttl else None
    records = messy_classes(seed, 250)
    whole = fresh(make, ttl_s)
    said = run(whole, records)
    engine, store, again = fresh(make, ttl_s), Store(), []
    at = 0
    for cut in [*sorted(cuts), len(records)]:
        again += run(engine, records[at:cut])
        at = cut
        store.commit(engine)
        engine = fresh(make, ttl_s)
        assert engine.restore(store.snapshot, store.rows) == ()
    assert again == said
    assert balanced(engine) == balanced(whole)
    if make is softmax:  # of a pickled model the bytes differ after a restart
        assert engine.snapshot() == whole.snapshot()


def saved(engine: Engine) -> tuple[bytes, dict[str, bytes]]:
    store = Store()
    store.commit(engine)
    return store.snapshot, store.rows


def some(classes: tuple[str, ...] = NAMES) -> Engine:
    engine = taught(engine_over(classes=classes), n=150)
    engine.on_event(event("waits", 150.0))
    engine.on_label(Label("held", 150.0, "dos"))
    return engine


def test_a_class_that_is_added_is_served_learned_and_counted() -> None:
    store = Store()
    store.commit(some())
    engine = engine_over(classes=("worm", *NAMES))
    assert engine.restore(store.snapshot, store.rows) == ("worm",)
    assert engine.classes == (*NAMES, "worm")
    assert engine.counters["parameter_changes"] == 1
    assert tuple(decided(engine.on_event(event("e", 151.0))).classes) == (*NAMES, "worm")
    engine.on_label(Label("waits", 151.0, "worm"))  # its row has no probability of this class
    engine.on_label(Label("e", 151.0, "worm"))
    assert engine.counters["learned_of"]["worm"] == 2
    assert engine.metrics.served.of["worm"].base_rate.sums()[2] == pytest.approx(1.0)
    again = engine_over(classes=("worm", *NAMES))
    store.commit(engine)
    assert again.restore(store.snapshot, store.rows) == ()
    assert again.snapshot() == engine.snapshot()


def test_a_class_that_is_left_out_is_refused_unless_forced() -> None:
    snapshot, rows = saved(some())
    engine = engine_over(classes=("normal", "dos", "worm"))
    before = engine.snapshot()
    with pytest.raises(SnapshotError, match="has the class 'probe', which the model cannot unlearn"):
        engine.restore(snapshot, rows)
    assert engine.snapshot() == before
    assert engine.restore(snapshot, rows, force=True) == ()
    assert engine.classes == NAMES


@pytest.mark.parametrize("names_first", [True, False])
def test_names_do_not_follow_true_and_false_nor_these_names(names_first: bool) -> None:
    two = engine_of(model=softmax())
    engine, other = (two, some()) if names_first else (some(), two)
    with pytest.raises(
        SnapshotError, match=r"the saved state was made with .*, not with .*: configure these"
    ):
        engine.restore(*saved(other))


P = (0.2, 0.2, 0.2)
SERVED = ByClass("dos", {"normal": P, "dos": P, "probe": P})
DAMAGED: dict[str, Any] = {
    "a bool for a name": Held("x", 1, 0.0, 9.0, True),
    "a name that there is not": Held("x", 1, 0.0, 9.0, "worm"),
    "nothing was served": Pending("x", 1, 0.0, 9.0, {}, 0.2, 0.2, 0.2, True),
    "nothing was served of a lost one": Finished("x", 1, 9.0, 3, None, None),
    "no such decision": Pending(
        "x", 1, 0.0, 9.0, {}, 0.2, 0.2, 0.2, True, by_class=ByClass("worm", SERVED.p)
    ),
    "no such class": Pending(
        "x", 1, 0.0, 9.0, {}, 0.2, 0.2, 0.2, True, by_class=ByClass("dos", {**SERVED.p, "worm": P})
    ),
    "no probability": Pending(
        "x", 1, 0.0, 9.0, {}, 0.2, 0.2, 0.2, True, by_class=ByClass("dos", {"dos": (0.2, 0.2, 1.5)})
    ),
    "a label of another kind": Finished("x", 1, 9.0, 0, "dos", "worm"),
}


@pytest.mark.parametrize("row", DAMAGED.values(), ids=DAMAGED)
def test_a_row_that_no_engine_wrote_is_refused(row: Any) -> None:
    snapshot, _ = saved(some())
    key = KEYS[type(row)] + "x"
    engine = engine_over()
    before = engine.snapshot()
    with pytest.raises(SnapshotError, match="a row of the saved state is damaged"):
        engine.restore(snapshot, {key: encode_row(row)})
    assert engine.snapshot() == before


def test_names_in_the_rows_of_true_and_false_are_refused() -> None:
    engine = engine_of()
    engine.on_event(event("e"))
    for row in (
        Held("x", 1, 0.0, 9.0, "dos"),
        Pending("x", 1, 0.0, 9.0, {}, 0.2, 0.2, 0.2, True, by_class=SERVED),
    ):
        key = "h" if isinstance(row, Held) else "p"
        with pytest.raises(SnapshotError, match="a row of the saved state is damaged"):
            engine_of().restore(saved(engine)[0], {f"{key}x": encode_row(row)})


@pytest.mark.parametrize(
    "counts",
    [
        {"learned_of": {"dos": 1}},
        {"learned_of": {"worm": 150}},
        {"learned_of": {1: 150}},
        {"learned_of": []},
        {"learned_positive": 0},
    ],
)
def test_counts_that_contradict_each_other_are_refused(counts: dict[str, Any]) -> None:
    snapshot, rows = saved(some())
    state = loads(snapshot)
    state["counts"] |= counts
    with pytest.raises(SnapshotError, match="a counter of the saved state is damaged"):
        engine_over().restore(dumps(state), rows)


def test_what_was_served_is_kept_until_a_late_label() -> None:
    engine = taught(engine_over(labels=BothReported(ttl_s=10.0), skew_n=1), n=150)
    said = decided(engine.on_event(event("late", 150.0)))
    until(engine, 190.0)
    snapshot, rows = saved(engine)
    again = engine_over(labels=BothReported(ttl_s=10.0), skew_n=1)
    again.restore(snapshot, rows)
    before = again.metrics.served.log_loss.sums()
    again.on_label(Label("late", 190.0, "dos"))
    after = again.metrics.served.log_loss.sums()
    assert after[0] > before[0]
    assert after[2] > before[2]
    row = msgspec.msgpack.decode(rows["flate"], type=Finished)
    assert row.by_class is not None
    assert row.by_class.decision == said.decision


def test_an_engine_without_rows_is_read_too() -> None:
    engine = engine_over()
    feed(engine, [Event("a", 0.0, {"a": 1.0}, "dos")])
    assert engine_over().restore(engine.snapshot(), {}) == ()
