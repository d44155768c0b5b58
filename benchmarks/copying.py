"""A sampler of constant rates above 1, so that there are copies for a synthesizer to replace."""

from __future__ import annotations

from typing import Any

from river import base

from streamimb.protocols import Features, Label, Proba


class Copying(base.Base):
    """Learn each positive and each negative a constant number of times, in the mean."""

    depends_on_x = False
    draws = True

    def __init__(self, positives: float = 20.0, negatives: float = 1.0) -> None:
        self.positives = positives
        self.negatives = negatives

    def rates_one(self, x: Features, p: Proba, prior: Proba) -> dict[Any, float]:
        return {label: self.positives if label is True else self.negatives for label in p}

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, prior: Proba, w: float = 1.0) -> None:
        """Nothing depends on events."""
