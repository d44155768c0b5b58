from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

LABELS = st.sampled_from([True, False, True, False, 1, 0, 2, None, "yes"])
EVENTS = st.lists(st.tuples(LABELS, st.one_of(PROBABILITIES, st.floats()), WEIGHTS), max_size=60)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from([1.0, 2.0]), st.booleans())
def test_any_events_agree_bit_for_bit(events: list[Any], least: float, expected: bool) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = kernel("class_conditional").ClassConditional(0.01, 10.0, least, expected)
        ends.append(([outcome(made.update, *event) for event in events], exact(made), exact(made.levels)))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("expected", [False, True])
def test_alarms_are_raised_at_the_same_events_and_a_state_moves_between_the_twins(expected: bool) -> None:
    rng = random.Random(1)
    native, twin = (
        kernel("class_conditional").ClassConditional(0.02, 5.0, 1.0, expected)
        for kernel in (compiled, interpreted)
    )
    for i in range(16_000):
        y = rng.random() < (0.05 if i < 12_000 else 0.2)
        p = rng.betavariate(2, 6) if y and not 6_000 < i < 12_000 else rng.betavariate(1, 30)
        w = rng.choice([1.0, 1.0, rng.expovariate(1)])
        native.update(y, p, w)
        twin.update(y, p, w)
        assert native.found == twin.found
        if i == 3_000:
            twin.__setstate__(native.__getstate__())
    assert native.counts[0] >= 1
    assert native.counts[1] >= 1
    assert exact(native) == exact(twin)
    assert exact(native.evidence(1)) == exact(twin.evidence(1))


def test_a_small_rise_is_proved_at_the_same_event() -> None:
    rng = random.Random(2)
    native, twin = (
        kernel("class_conditional").ClassConditional(0.02, 5.0, 3.0) for kernel in (compiled, interpreted)
    )
    for i in range(16_000):
        y = rng.random() < 0.05
        p = rng.betavariate(2, 8) if y or (i > 8_000 and rng.random() < 0.2) else rng.betavariate(1, 30)
        native.update(y, p)
        twin.update(y, p)
        assert native.found == twin.found
        if i == 9_000:
            twin.__setstate__(native.__getstate__())
    assert native.counts[2] >= 1
    assert exact(native) == exact(twin)
