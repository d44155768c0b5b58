"""How efficient the kept events are; `make truth` measures it in 100 repetitions of 200,000 events."""

from __future__ import annotations

import pytest

from benchmarks.efficiency import efficiency
from benchmarks.scores import mean


def test_the_length_of_the_event_makes_the_kept_events_efficient() -> None:
    """Of 6 repetitions: the error of one has a standard deviation of about .5 of its mean."""
    errors = efficiency("normal", False, 60_000, 6)
    for key in ("score .1", "score .5", "L .1", "L .5"):
        assert mean([found[f"{key} kept"] for found in errors]) == pytest.approx(1.0, abs=0.05)
        assert 0.4 < mean([found[f"{key} / exact"] for found in errors]) < 1.9, key
    assert mean([found["L .1 / uniform"] for found in errors]) < 0.8
