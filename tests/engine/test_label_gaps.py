"""The time before the first label is no gap: labels that stop are noticed as soon where they come late."""

from __future__ import annotations

import random

import pytest

from streamimb.engine.label_gaps import FEW, LabelGaps

LOOK = 128


def noticed(arrivals: list[float], stop: int, n: int) -> int:
    """Looks at labels that come at these numbers of events; events after `stop` until they are overdue, -1: never."""
    gaps, labels = LabelGaps(), sorted(arrivals)
    came = 0
    for events in range(LOOK, n, LOOK):
        while came < len(labels) and labels[came] <= events:
            came += 1
        gaps.look(events, came)
        if gaps.overdue:
            return events - stop
    return -1


@pytest.mark.parametrize("delay", [0, 500, 3_000, 10_000])
@pytest.mark.parametrize("seed", range(3))
def test_labels_that_stop_are_overdue_as_soon_after_any_delay(delay: int, seed: int) -> None:
    """It took 8,679 events after a delay of 3,000, and 28,047 after one of 10,000."""
    rng, stop = random.Random(seed), delay + 12_000
    arrivals = [i + delay + rng.expovariate(1 / (1 + delay / 50)) for i in range(stop)]
    after = noticed([at for at in arrivals if at <= stop], stop, stop + 30_000)
    assert FEW < after <= FEW + 3 * LOOK


@pytest.mark.parametrize("batch", [2_000, 10_000])
@pytest.mark.parametrize("delay", [0, 700])
def test_labels_in_batches_are_never_overdue(batch: int, delay: int) -> None:
    """The events before the first batch count until the second one: only then the gap between batches is known."""
    arrivals = [float(batch * (1 + i // batch) + delay) for i in range(10 * batch)]
    assert noticed(arrivals, 0, 10 * batch) == -1


@pytest.mark.parametrize("seed", range(3))
def test_rare_labels_are_not_overdue_by_chance(seed: int) -> None:
    rng = random.Random(seed)
    arrivals = [float(i) for i in range(3_000, 300_000) if rng.random() < 1 / 2_000]
    assert noticed(arrivals, 0, 300_000) == -1


def test_the_state_is_checked() -> None:
    gaps = LabelGaps()
    gaps.look(1_000, 0)
    gaps.look(1_500, 40)
    state = gaps.state()
    assert state == [1_500, 40, 0, 1_500, 0.0, 40.0, 0.0]
    assert LabelGaps.of_state(state).state() == state
    for wrong in (state[:6], [*state[:3], 1_501, *state[4:]], [*state[:3], 0.5, *state[4:]]):
        with pytest.raises(ValueError, match="gaps"):
            LabelGaps.of_state(wrong)
