from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

LABELS = st.sampled_from([True, False, 1, 0, 2, None, "yes"])
EVENTS = st.lists(st.tuples(LABELS, st.one_of(PROBABILITIES, st.floats()), WEIGHTS), max_size=150)


def watch_of(kernel: Any) -> Any:
    """Sums that note when they are tested, and find something at every second test."""

    class Noted(kernel("ratio_watch").RatioWatch):  # type: ignore[misc]
        told: tuple[Any, ...] = ()

        def _test(self) -> None:
            self.told = (*self.told, exact(self._sums_now()))
            self.drift_detected = len(self.told) % 2 == 0

        def _forget_alarms(self) -> None:
            self.told = (*self.told, "forgotten")

    made = Noted()
    made._begin_sums(kernel("metric_sums").RatioSums(30.0, True), 20)
    return made


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_any_events_agree_bit_for_bit(events: list[Any]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = watch_of(kernel)
        said = [outcome(made.update, *event) for event in events]
        ends.append((said, made.told, made._events_left(), made.drift_detected, exact(made._sums_now())))
    assert ends[0] == ends[1]
