from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.drift_streams import label_delays
from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, outcome


def window_of(kernel: Any) -> Any:
    """A window that notes its cuts."""

    class Noted(kernel("delay_window").DelayWindow):  # type: ignore[misc]
        def _judge(self, before: float, after: float) -> None:
            self.drift_detected = True
            self.cuts = getattr(self, "cuts", 0) + 1

        def _forget_alarms(self) -> None:
            self.forgotten = getattr(self, "forgotten", 0) + 1

    made = Noted()
    made._begin_window(kernel("adaptive_window").AdaptiveWindow(0.01))
    return made


def state(window: Any) -> Any:
    return exact(window._window_now()), window._slots_now()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1.0, 1e9) | st.floats(), st.floats(0.0, 1e5) | st.floats()), max_size=60)
)
def test_any_delays_agree_bit_for_bit(labels: list[tuple[float, float]]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = window_of(kernel)
        ends.append(([outcome(made.update, *label) for label in labels], state(made)))
    assert ends[0] == ends[1]


def test_a_change_is_found_at_the_same_delay() -> None:
    rng = random.Random(1)
    native, twin = window_of(compiled), window_of(interpreted)
    for i in range(12_000):
        delay = rng.expovariate(0.01) * (1.0 if i < 8_000 else 0.1)
        native.update(delay, 60.0 * i)
        twin.update(delay, 60.0 * i)
        assert native.drift_detected == twin.drift_detected
    assert native.cuts == twin.cuts >= 1
    assert native.forgotten == twin.forgotten >= 1
    assert state(native) == state(twin)


def test_delays_that_depend_on_the_hour_agree_bit_for_bit() -> None:
    """Cuts on all days, a longer horizon, whole days that are compared, and a pause of weeks."""
    native, twin = window_of(compiled), window_of(interpreted)
    for delay, t in label_delays("office hours", 1, 30, 400, 20.0, 20.0):
        for made in (native, twin):
            made.update(delay, t + (2e6 if t > 2_160_000.0 else 0.0))
    assert native.cuts == twin.cuts >= 1
    assert state(native) == state(twin)
