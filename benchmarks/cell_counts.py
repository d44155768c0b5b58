"""A learner that only counts: the decayed share of positives in each cell of a grid, as a leaf of a tree has it.

Its memory is known exactly, so the keep rate that a correction has to use for it is known too.
"""

from __future__ import annotations

from typing import Any

from river import base

MEMORY = 5_000.0  # events of the stream


class CellCounts(base.Classifier):
    """P(True) of a cell, from counts that fade with every event of the stream; a cell is the signs of the features.

    `fade_one` is called for every event, learned or not: the counts then have the same memory as a rate that is
    counted over the stream.
    """

    def __init__(self, memory: float = MEMORY) -> None:
        self.memory = memory
        self._growth = 1.0  # counts are kept relative to it, so that fading all of them is one multiplication
        self._counts: dict[tuple[bool, ...], tuple[float, float]] = {}
        self._total = (0.0, 0.0)

    def fade_one(self) -> None:
        self._growth /= 1.0 - 1.0 / self.memory
        if self._growth > 1e100:
            scale = 1.0 / self._growth
            self._counts = {cell: (a * scale, b * scale) for cell, (a, b) in self._counts.items()}
            self._total = (self._total[0] * scale, self._total[1] * scale)
            self._growth = 1.0

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        cell, mass = tuple(value > 0.0 for value in x.values()), w * self._growth
        positives, events = self._counts.get(cell, (0.0, 0.0))
        self._counts[cell] = (positives + mass * y, events + mass)
        self._total = (self._total[0] + mass * y, self._total[1] + mass)

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        cell = tuple(value > 0.0 for value in x.values())
        positives, events = self._counts.get(cell, (0.0, 0.0))
        share = (self._total[0] + 0.05 * self._growth) / (self._total[1] + self._growth)
        p = (positives + 5.0 * share * self._growth) / (events + 5.0 * self._growth)
        return {False: 1.0 - p, True: p}
