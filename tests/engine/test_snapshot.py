from __future__ import annotations

import hashlib
import math
import pickle
from importlib.metadata import version
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import linear_model as river_linear

from streamimb import linear_model, stats
from streamimb.compose import Field, GuardedClassifier, Schema
from streamimb.engine import BothReported, Engine, Measures, PositivesReported, SnapshotError, snapshot
from streamimb.engine.parameters import parameters
from streamimb.engine.snapshot import dumps, loads
from tests.engine.parts import SCHEMA, engine_of, event

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
keys = st.text() | st.integers() | st.booleans() | st.tuples(st.text(), st.integers())
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner),
    max_leaves=30,
)


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return np.float64(a).tobytes() == np.float64(b).tobytes() or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(map(repr, a)) == list(map(repr, b)) and all(map(same, a.values(), b.values()))
    return bool(a == b)


def sealed(tree: Any, form: int = snapshot.FORMAT) -> bytes:
    """A snapshot as an attacker would write it: any tree, the right digest."""
    body = msgspec.msgpack.encode(tree)
    return snapshot.MAGIC + form.to_bytes(2, "big") + hashlib.sha256(body).digest() + body


@settings(max_examples=200, deadline=None)
@given(trees)
def test_plain_data_comes_back_as_it_was(tree: Any) -> None:
    data = dumps(tree)
    assert same(loads(data), tree)
    assert dumps(loads(data)) == data


@pytest.mark.parametrize(
    "value",
    [
        2**64,
        -(2**63) - 1,
        10**40,
        -0.0,
        5e-324,
        {1: "a", "1": "b", True and 2: "c"},
        bytearray(b"x"),
        [[[()]]],
    ],
)
def test_what_messagepack_has_not_comes_back_too(value: Any) -> None:
    assert same(loads(dumps(value)), value)


def test_a_number_of_numpy_is_kept_as_a_number() -> None:
    assert same(loads(dumps([np.float64(0.1), np.int64(3), np.bool_(True)])), [0.1, 3, True])


def test_objects_of_ours_come_back_as_they_were() -> None:
    prior = stats.ClassPrior()
    for i in range(500):
        prior.update(i % 7 == 0)
    back = loads(dumps({"prior": prior, "kind": stats.ClassPrior}))
    assert back["kind"] is stats.ClassPrior
    assert pickle.dumps(back["prior"]) == pickle.dumps(prior)


def test_a_foreign_model_needs_leave() -> None:
    model = river_linear.LogisticRegression()
    with pytest.raises(SnapshotError, match=r"LogisticRegression.*allow_pickle"):
        dumps(model)
    data = dumps(model, allow_pickle=True)
    with pytest.raises(SnapshotError, match="allow_pickle"):
        loads(data)
    assert isinstance(loads(data, allow_pickle=True), river_linear.LogisticRegression)


def test_what_does_not_pickle_says_so() -> None:
    with pytest.raises(SnapshotError, match="function cannot be pickled"):
        dumps(lambda: None, allow_pickle=True)


def test_a_pickle_of_another_river_is_refused() -> None:
    data = pickle.dumps(1)
    tree = ["p", "river.x.X", "0.1.0", hashlib.sha256(data).digest(), data]
    with pytest.raises(SnapshotError, match=r"River 0\.1\.0"):
        loads(sealed(tree), allow_pickle=True)
    tree[2:4] = [version("river"), b"other"]
    with pytest.raises(SnapshotError, match="damaged"):
        loads(sealed(tree), allow_pickle=True)
    tree[3:] = [hashlib.sha256(b"junk").digest(), b"junk"]
    with pytest.raises(SnapshotError, match="does not load"):
        loads(sealed(tree), allow_pickle=True)


def test_fault_55_a_pickle_is_never_run_without_leave(tmp_path: Any) -> None:
    mark = tmp_path / "run"

    class Evil:
        def __reduce__(self) -> Any:
            return open, (str(mark), "w")

    data = pickle.dumps(Evil())
    tree = ["p", "x", version("river"), hashlib.sha256(data).digest(), data]
    with pytest.raises(SnapshotError):
        loads(sealed(tree))
    with pytest.raises(SnapshotError):
        loads(data)
    assert not mark.exists()


@pytest.mark.parametrize(
    "tree",
    [
        ["o", "os.system", 1, {}],
        ["o", "stats.ClassPrior", 1, {"nonsense": 1}],
        ["o", "stats.ClassPrior", 1, None],
        ["o", "stats.ClassPrior", {}],
        ["o", "stats.ClassPrior", "1", {}],
        ["o", "stats.ClassPrior", 0, {}],
        ["o", "stats.ClassPrior", None, {}],
        ["c", "builtins.eval"],
        ["z"],
        [],
        ["t"],
    ],
    ids=str,
)
def test_fault_55_only_what_is_registered_is_built(tree: Any) -> None:
    with pytest.raises(SnapshotError):
        loads(sealed(tree))


@pytest.mark.parametrize("tree", [None, 5, [], {}, {"labels": "BothReported"}, Measures()])
def test_fault_55_what_is_no_engine_is_refused(tree: Any) -> None:
    with pytest.raises(SnapshotError, match="no engine"):
        engine_of().restore(dumps(tree), {})


def test_fault_55_a_deep_snapshot_is_refused() -> None:
    tree: Any = None
    for _ in range(200):
        tree = ["l", [tree]]
    with pytest.raises(SnapshotError, match="deep"):
        loads(sealed(tree))
    with pytest.raises(SnapshotError, match="state of ours"):
        body = b"\x91" * 100_000 + b"\xc0"
        loads(snapshot.MAGIC + snapshot.FORMAT.to_bytes(2, "big") + hashlib.sha256(body).digest() + body)


def test_fault_55_a_length_that_is_a_lie_allocates_nothing() -> None:
    body = b"\xdd\xff\xff\xff\xff"  # a list of 2^32 - 1 items, and none
    with pytest.raises(SnapshotError):
        loads(snapshot.MAGIC + snapshot.FORMAT.to_bytes(2, "big") + hashlib.sha256(body).digest() + body)


def test_a_name_that_is_no_text_is_not_written() -> None:
    with pytest.raises(SnapshotError, match="no Unicode text"):
        dumps({"a\ud800": 1})


def test_a_state_too_deep_is_not_written() -> None:
    tree: Any = None
    for _ in range(200):
        tree = [tree]
    with pytest.raises(SnapshotError, match="deeper than"):
        dumps(tree)


def test_fault_54_every_flipped_byte_and_every_cut_is_found() -> None:
    data = dumps({"model": [1.0, 2.0, "three"]})
    for i in range(len(data)):
        with pytest.raises(SnapshotError):
            loads(data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :])
        with pytest.raises(SnapshotError):
            loads(data[:i])


def test_fault_56_another_format_is_refused() -> None:
    other = snapshot.FORMAT + 1
    with pytest.raises(SnapshotError, match=f"format {other}"):
        loads(sealed(None, form=other))


def trained(schema: Schema | None) -> Engine:
    engine = engine_of(model=GuardedClassifier(linear_model.LogisticRegression(), schema))
    for i in range(50):
        engine.on_event(event(f"e{i}", float(i), y=i % 3 == 0))
    return engine


@pytest.mark.parametrize(
    "other", [None, Schema({"a": Field()}), Schema({"a": Field(), "b": Field(type="string")})]
)
def test_fault_57_another_schema_is_refused_unless_forced(other: Schema | None) -> None:
    saved = trained(SCHEMA)
    engine = engine_of(model=GuardedClassifier(linear_model.LogisticRegression(), other))
    before = engine.snapshot()
    with pytest.raises(SnapshotError, match="another schema"):
        engine.restore(saved.snapshot(), {})
    assert engine.snapshot() == before
    engine.restore(saved.snapshot(), {}, force=True)
    assert engine.model.schema == SCHEMA
    assert engine.model_version == 50


def test_fault_57_the_same_schema_is_taken() -> None:
    saved = trained(SCHEMA)
    engine = engine_of(
        model=GuardedClassifier(linear_model.LogisticRegression(), Schema(dict(SCHEMA.fields)))
    )
    engine.restore(saved.snapshot(), {})
    assert engine.model_version == 50


def test_a_schema_configured_later_takes_the_place_of_an_inferred_one() -> None:
    saved = trained(None)
    engine = engine_of(model=GuardedClassifier(linear_model.LogisticRegression(), SCHEMA))
    engine.restore(saved.snapshot(), {})
    assert engine.model.schema == SCHEMA
    assert engine.model_version == 50
    assert engine.built["schema"] == parameters(SCHEMA)
    x = {"a": 1.0}
    assert engine.model.classifier.predict_proba_one(x) == saved.model.classifier.predict_proba_one(x)


def test_another_regime_is_refused() -> None:
    saved = engine_of(BothReported())
    with pytest.raises(SnapshotError, match="another label regime"):
        engine_of(PositivesReported(window_s=1.0)).restore(saved.snapshot(), {})


def test_damaged_rows_are_refused() -> None:
    engine = engine_of()
    with pytest.raises(SnapshotError, match="row"):
        engine.restore(engine.snapshot(), {"pa": b"\x93\x01"})


def test_an_engine_of_a_foreign_model_needs_leave_to_be_saved() -> None:
    engine = Engine(river_linear.LogisticRegression(), BothReported())
    with pytest.raises(SnapshotError, match="allow_pickle"):
        engine.snapshot()


@pytest.mark.parametrize(
    "change",
    [
        {"model": 1},
        {"degraded": {}},
        {"t": "now"},
        {"clock": {}},
        {"counts": {"no such count": 1}},
        {"counts": {}, "clock": {"size": 3, "now": math.nan, "times": [1.0], "jump_n": 0, "jump_seq": 0}},
    ],
)
def test_a_part_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    engine = engine_of()
    engine.on_event(event("a", 1.0))
    saved = {**loads(engine.snapshot()), **change}
    with pytest.raises(SnapshotError, match=r"holds no engine|of the saved state is damaged"):
        engine_of().restore(dumps(saved), {})


def test_a_restored_engine_follows_its_own_skew_n() -> None:
    before, after = engine_of(skew_n=20, skew_s=10.0), engine_of(skew_n=2, skew_s=10.0)
    for i in range(60):
        before.on_event(event(f"a{i}", 1.0))
    rows = {key: row for key, row in before.take_changes().items() if row is not None}
    after.restore(before.snapshot(), rows)
    for i in range(4):
        after.on_event(event(f"b{i}", 1000.0))
    assert (before.time, after.time) == (1.0, 1000.0)
