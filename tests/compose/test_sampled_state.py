"""A saved state that no sampled classifier can have is refused."""

from __future__ import annotations

import math

import pytest

from streamimb import SampledClassifier
from streamimb.linear_model import LogisticRegression


@pytest.mark.parametrize("copies", [1e17, 1e308, math.inf, math.nan, -1.0])
def test_more_copies_than_its_events_can_have_are_refused(copies: float) -> None:
    """The kept share is their ratio: it stays a finite number."""
    model = SampledClassifier(LogisticRegression(), seed=1)
    for i in range(20):
        model.learn_one({"a": float(i)}, i % 5 == 4)
    state = model.__getstate__()
    model.__setstate__(state)
    with pytest.raises(ValueError, match="state: the copies and events of a sampled classifier"):
        model.__setstate__({**state, "sampling": {**state["sampling"], "copies": copies}})
