from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import WEIGHTS, exact, outcome

LABELS = st.sampled_from([True, False, 0, 1, 2, "a", "b", "c", None, float("nan")])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(LABELS, WEIGHTS), max_size=60))
def test_any_labels_agree_bit_for_bit(stream: list[tuple[Any, float]]) -> None:
    native, twin = compiled("class_shares").ClassShares(), interpreted("class_shares").ClassShares()
    for y, w in stream:
        assert outcome(native.update, y, w) == outcome(twin.update, y, w)
        assert exact(native.get()) == exact(twin.get())
        for labels in ((False, True), ("a", "b", "never"), (True, "a")):
            assert exact(native.over(labels)) == exact(twin.over(labels))
    assert native.classes.keys() == twin.classes.keys()
    assert [exact(bank) for bank in native.classes.values()] == [
        exact(bank) for bank in twin.classes.values()
    ]
