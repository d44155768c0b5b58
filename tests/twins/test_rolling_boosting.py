from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import FEATURES, WEIGHTS, exact, mixed_events, outcome

OFFSETS = st.floats(-50, 50)
STREAM = st.lists(st.tuples(FEATURES, st.booleans(), WEIGHTS, OFFSETS), min_size=30, max_size=60)


def model(
    kernel: Any,
    accompanied: bool = True,
    ring: int = 260,
    every: int = 25,
    visits: int = 150,
    columns: int = 40,
) -> Any:
    prior = kernel("prior_bank").PriorBank()
    rolling = kernel("rolling_forest").RollingForest(
        6, 4, (0.0, 0.5, 2.0), 1.0, 0.3, ring, every, 0.7, 0.8, visits, 5
    )
    companion = kernel("logistic").Logistic(kernel("prior_bank").PriorBank(), (0.1,), 6, 3)
    return kernel("rolling_boosting").RollingBoosting(
        prior, rolling, columns, 6, 3, companion if accompanied else None
    )


@pytest.mark.parametrize("accompanied", [True, False])
def test_hundreds_of_events_agree_bit_for_bit(accompanied: bool) -> None:
    native, twin = model(compiled, accompanied), model(interpreted, accompanied)
    for t, (x, y, w, offset) in enumerate(islice(mixed_events(3_000), 700)):
        label = y or t % 4 == 0
        anchor = None if t % 3 else offset
        assert exact(native.predict_proba_one(x, anchor)) == exact(twin.predict_proba_one(x, anchor))
        native.learn_one(x, label, w, anchor)
        twin.learn_one(x, label, w, anchor)
        if t % 100 == 0:
            assert exact(native.parts_one(x, offset)) == exact(twin.parts_one(x, offset))
    assert exact(native) == exact(twin)
    assert exact(native._gains()) == exact(twin._gains())
    assert sum(gain for _, gain in native._gains()) > 0.0


@settings(max_examples=10, deadline=None)
@given(STREAM)
def test_any_events_agree_bit_for_bit(stream: list[Any]) -> None:
    native, twin = model(compiled, every=5), model(interpreted, every=5)
    for x, y, w, offset in stream:
        assert outcome(native.memo_one, x, offset) == outcome(twin.memo_one, x, offset)
        assert outcome(native.observe_one, x, y, offset, w) == outcome(twin.observe_one, x, y, offset, w)
        assert outcome(native.step_one, x, y, offset, w) == outcome(twin.step_one, x, y, offset, w)
        assert outcome(native.learn_one, x, y, w) == outcome(twin.learn_one, x, y, w)
    assert exact(native) == exact(twin)


def test_a_state_moves_between_the_twins_while_a_tree_is_fitted() -> None:
    native, twin = model(compiled, False), model(interpreted, False)
    events = [(x, y or t % 4 == 0) for t, (x, y, _, _) in enumerate(islice(mixed_events(3_000), 440))]
    for x, y in events[:390]:
        native.learn_one(x, y, 1.0, -1.0)
    state = native.__getstate__()
    twin._resume({**state, "prior": twin.__getstate__()["prior"]})
    for x, y in events[390:]:
        native.step_one(x, y, -1.0)
        twin.step_one(x, y, -1.0)
    assert exact(native.__getstate__()["forest"]) == exact(twin.__getstate__()["forest"])
