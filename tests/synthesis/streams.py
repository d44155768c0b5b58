"""Events for synthesizers: any plain features under hypothesis, and a score that is never asked where none is used."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NUMBERS = st.floats(-1e300, 1e300, allow_nan=False)
VALUES = st.one_of(NUMBERS, st.integers(-(2**62), 2**62), st.booleans(), st.sampled_from("uvw"), st.none())
EVENTS = st.dictionaries(st.sampled_from(["a", "b", "c", 1]), VALUES, max_size=4)
STREAMS = st.lists(st.tuples(EVENTS, st.booleans()), max_size=30)


def unasked(x: Any) -> dict[Any, float]:
    raise AssertionError("the score is not needed")


def taught(synthesizer: Any, events: list[tuple[dict[Any, Any], bool]]) -> Any:
    for x, y in events:
        synthesizer.learn_one(x, y)
    return synthesizer


def is_number(value: Any) -> bool:
    return type(value) in (int, float)
