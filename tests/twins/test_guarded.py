from __future__ import annotations

from types import ModuleType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.compose.capabilities import Traits
from streamimb.compose.inferred_schema import usable
from streamimb.compose.own_types import own_type
from tests.compose.parts import WeightRecorder
from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import FEATURES, INF, NAN, exact

FIELDS: list[tuple[Any, ...]] = [
    ("a", 0, -1e15, 1e15, False),
    ("b", 0, 0.0, 10.0, True),
    ("c", 1, -1e15, 1e15, True, "none"),
    ("d", 2, -1e15, 1e15, True, None, True),
    (0, 0, -1e15, 1e15, False, 3.0),
    ("e", 0, -1e15, 1e15, True, None, True),
    ("f", 1, -1e15, 1e15, True, None, True),
]
INFERRED: list[tuple[Any, ...]] = [("a", 0), ("b", 0), ("c", 1), ("d", 2), (0, 0), ("e", 3), ("f", 4)]
WELL = st.fixed_dictionaries(
    {"a": st.one_of(st.floats(-1e9, 1e9), st.integers(-9, 9))},
    optional={
        "b": st.one_of(st.floats(0, 10), st.floats(-1, 11), st.just(NAN), st.just(INF), st.none()),
        "c": st.text(max_size=5),
        "d": st.one_of(st.booleans(), st.integers(0, 2)),
        0: st.floats(0, 1),
        "e": st.one_of(st.floats(0, 1), st.booleans(), st.sampled_from(["1.5", "nan", "one"])),
        "f": st.one_of(st.text(max_size=5), st.integers(), st.booleans()),
    },
)
EVENTS = st.lists(st.one_of(WELL, FEATURES, st.just(["no dict"])), max_size=20)


def guard(kernel: Any, inferred: bool) -> Any:
    """A guard of one kind of kernel, and what it was told of names and kinds."""
    check = kernel("schema_check").SchemaCheck(4, inferred, own_type, usable)
    for field in INFERRED if inferred else FIELDS:
        check.add(*field)
    check.watch(10**9)
    check.settle(True)
    learner = WeightRecorder(p=0.3)
    module: ModuleType = kernel("guarded")

    class Noting(module.GuardedModel):  # type: ignore[misc, name-defined]  # of either module
        def _guard_observe(self, strangers: list[tuple[Any, int]]) -> None:
            told.append(strangers)

    told: list[Any] = []
    inner = kernel("adapters").ForeignModel(learner, Traits(learner))
    return Noting(inner, check, 11, {}), check, learner, told


@settings(max_examples=150, deadline=None)
@given(EVENTS, st.booleans())
def test_any_events_are_checked_cleaned_and_counted_alike(events: list[Any], inferred: bool) -> None:
    native, twin = (guard(kernel, inferred) for kernel in (compiled, interpreted))
    for x in events:
        assert exact(native[0].check_one(x)) == exact(twin[0].check_one(x))
        assert exact(native[0].serve_one(x).x) == exact(twin[0].serve_one(x).x)
        for one in (native, twin):
            one[0].learn_one(x, True)
    assert native[0]._guard_reasons() == twin[0]._guard_reasons()
    assert native[1].take() == twin[1].take()
    assert repr(native[2]._given) == repr(twin[2]._given)
    assert native[3] == twin[3]


@settings(max_examples=100, deadline=None)
@given(st.lists(WELL, max_size=20), st.integers(1, 9))
def test_what_is_counted_is_what_was_there(events: list[Any], due: int) -> None:
    model, check, _, told = guard(compiled, True)
    check.watch(due)
    model._guard_turn_over = lambda: None
    for i, x in enumerate(events):
        assert check.is_due() is (i >= due)
        model.admit_one(x)
    seen, found = check.take()
    assert seen == len(events)
    counts = dict(found)
    strangers = [name for names in told for name, _ in names]
    for name, _ in INFERRED:
        assert sum(counts[name]) + strangers.count(name) == sum(name in x for x in events)
    kinds = [1.0 if type(x["d"]) is bool else 0.0 for x in events if "d" in x]
    assert counts["d"][2] == sum(kinds)
    assert check.take() == (0, [(name, [0, 0, 0, 0, 0]) for name, _ in INFERRED])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WELL, st.sampled_from([None, 0, 1, 2, 3, 4])), max_size=20))
def test_a_field_that_changes_its_kind_keeps_what_was_counted(steps: list[Any]) -> None:
    native, twin = (guard(kernel, True) for kernel in (compiled, interpreted))
    for x, kind in steps:
        for one in (native, twin):
            one[0].admit_one(x)
            if kind is not None:
                one[1].change("b", kind)
    assert native[1].take_one("b") == twin[1].take_one("b")
    assert native[1].take() == twin[1].take()
    assert native[3] == twin[3]
