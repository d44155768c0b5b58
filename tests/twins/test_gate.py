from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import FEATURES, INF, exact, outcome

FIELDS = [
    ("a", 0, -1e15, 1e15, True),
    ("b", 0, 0.0, 10.0, False),
    ("c", 1, -INF, INF, False),
    ("d", 2, -INF, INF, False),
    (0, 0, -INF, INF, False),
]
WELL = st.fixed_dictionaries(
    {"a": st.one_of(st.floats(), st.integers())},
    optional={
        "b": st.one_of(st.floats(0, 10), st.floats(-1, 11), st.integers(-1, 11)),
        "c": st.text(max_size=5),
        "d": st.booleans(),
        0: st.floats(),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(WELL, FEATURES, st.just(["no dict"])), max_size=20))
def test_any_events_pass_alike(events: list[Any]) -> None:
    native, twin = (kernel("gate").Gate(FIELDS, 4) for kernel in (compiled, interpreted))
    for x in events:
        assert outcome(native.passes, x) == outcome(twin.passes, x)


def test_an_empty_gate_passes_alike() -> None:
    native, twin = (kernel("gate").Gate([], 4) for kernel in (compiled, interpreted))
    assert exact([native.passes({}), native.passes({"a": 1.0})]) == [twin.passes({}), twin.passes({"a": 1.0})]


@settings(max_examples=100, deadline=None)
@given(st.lists(WELL, max_size=20), st.integers(1, 9))
def test_events_that_pass_are_counted_alike_and_exactly(events: list[Any], due: int) -> None:
    native, twin = (kernel("gate").Gate(FIELDS, 4) for kernel in (compiled, interpreted))
    assert not native.note(events[0] if events else {"a": 1.0})  # nothing is watched yet
    native.watch(due)
    twin.watch(due)
    passed = [x for x in events if native.passes(x)]
    for i, x in enumerate(passed):
        assert native.note(x) is twin.note(x) is (i + 1 >= due)
    present = {field[0]: sum(field[0] in x for x in passed) for field in FIELDS}
    assert native.take() == twin.take() == (len(passed), present)
    assert native.take() == (0, dict.fromkeys(present, 0))
