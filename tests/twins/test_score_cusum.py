from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

SCORES = st.lists(st.tuples(st.one_of(PROBABILITIES, st.floats()), WEIGHTS), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([(100.0, 10.0), (3.0, 1.0)]), SCORES)
def test_any_scores_agree_bit_for_bit(memories: tuple[float, float], scores: list[Any]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = kernel("score_cusum").ScoreCusum(*memories, 2.0, 5.0, 0.25)
        ends.append(([outcome(made.update, *score) for score in scores], exact(made), exact(made.sums)))
    assert ends[0] == ends[1]


def test_alarms_are_raised_at_the_same_events_and_a_state_moves_between_the_twins() -> None:
    rng = random.Random(1)
    native, twin = (
        kernel("score_cusum").ScoreCusum(2_000.0, 200.0, 2.0, 8.0, 0.25) for kernel in (compiled, interpreted)
    )
    for i in range(12_000):
        p = rng.betavariate(1, (60, 6, 200)[i // 4_000]) if i < 10_000 else 0.005
        native.update(p)
        twin.update(p)
        assert native.found == twin.found
        if i == 2_000:
            twin.__setstate__(native.__getstate__())
    assert min(native.counts[:2]) >= 1
    assert exact(native) == exact(twin)
