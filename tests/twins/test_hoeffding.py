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
    kernel: Any, by_information: bool = False, columns: int = 40, grace: float = 3.0, share: float = 1.0
) -> Any:
    tree = kernel("hoeffding_tree").HoeffdingTree(
        columns, 6, 4, by_information, share, grace, 0.999, 0.5, 50.0, 7
    )
    return kernel("hoeffding").Hoeffding(kernel("prior_bank").PriorBank(), tree, 6, 3)


@pytest.mark.parametrize(("by_information", "share"), [(True, 1.0), (False, 1.0), (False, 0.4)])
def test_hundreds_of_events_agree_bit_for_bit(by_information: bool, share: float) -> None:
    native, twin = (model(kernel, by_information, share=share) for kernel in (compiled, interpreted))
    for t, (x, y, w, offset) in enumerate(islice(mixed_events(3_000), 520)):
        label = y or t % 4 == 0
        anchor = None if t % 3 else offset
        assert exact(native.predict_proba_one(x, anchor)) == exact(twin.predict_proba_one(x, anchor))
        native.learn_one(x, label, w, anchor)
        twin.learn_one(x, label, w, anchor)
        if t % 100 == 0:
            assert exact(native.parts_one(x, offset)) == exact(twin.parts_one(x, offset))
    assert exact(native) == exact(twin)
    assert exact(native._gains()) == exact(twin._gains())
    assert native._leaves() > 2


@settings(max_examples=10, deadline=None)
@given(STREAM)
def test_any_events_agree_bit_for_bit(stream: list[Any]) -> None:
    native, twin = model(compiled), model(interpreted)
    for x, y, w, offset in stream:
        assert outcome(native.memo_one, x, offset) == outcome(twin.memo_one, x, offset)
        assert outcome(native.observe_one, x, y, offset, w) == outcome(twin.observe_one, x, y, offset, w)
        assert outcome(native.step_one, x, y, offset, w) == outcome(twin.step_one, x, y, offset, w)
        assert outcome(native.learn_one, x, y, w) == outcome(twin.learn_one, x, y, w)
    assert exact(native) == exact(twin)


def test_a_state_moves_between_the_twins_while_edges_are_renewed() -> None:
    native, twin = model(compiled), model(interpreted)
    events = [(x, y or t % 4 == 0) for t, (x, y, _, _) in enumerate(islice(mixed_events(3_000), 300))]
    for x, y in events[:203]:
        native.learn_one(x, y, 1.0, -1.0)
    state = native.__getstate__()
    twin._resume({**state, "prior": twin.__getstate__()["prior"]})
    for x, y in events[203:]:
        native.step_one(x, y, -1.0)
        twin.step_one(x, y, -1.0)
    assert exact(native.__getstate__()["tree"]) == exact(twin.__getstate__()["tree"])
