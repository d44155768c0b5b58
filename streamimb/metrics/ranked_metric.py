"""`RankedMetric`, the base of metrics of a ranking, and the sorted cells that they read."""

from __future__ import annotations

from abc import ABC
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streamimb._kernels.ranked_scores import MOST, RankedScores
from streamimb.metrics.river_metric import RiverMetric, metric_half_life

Numbers = NDArray[np.float64]


class Cells(NamedTuple):
    """Events by score, lowest first, one cell per score, or per few neighbouring scores.

    `pos` and `neg` are the weights of positives and negatives, `pos2` and `neg2` the sums of their squares. `mixed`
    marks cells of different scores, whose `score` is the mean.
    """

    score: Numbers
    pos: Numbers
    neg: Numbers
    pos2: Numbers
    neg2: Numbers
    mixed: NDArray[np.bool_]

    def weight(self) -> Numbers:
        """Return the weight of each cell."""
        return self.pos + self.neg

    def both(self) -> bool:
        """Return whether there are positives and negatives."""
        return bool(self.pos.sum() > 0.0 and self.neg.sum() > 0.0)


class RankedMetric(RiverMetric, RankedScores, ABC):
    """A metric computed from the decayed weights of both classes by score.

    Up to 2,048 different scores are kept apart. Beyond them neighbours share a cell, which holds at most about .1 % of
    the weight, and at the top of the ranking about 1 % of the weight ranked at or above it.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.
    """

    _kernel = RankedScores
    memory_budget_bytes = 48 * MOST

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = metric_half_life(half_life)
        RankedScores.__init__(self, self.half_life)

    def ranking(self) -> Cells:
        """Return the cells, lowest score first; weights are relative to the newest event, which has weight 1.

        **Cost**: O(n log n) in at most 4,096 cells.
        """
        return sorted_cells(self)


def sorted_cells(kernel: RankedScores) -> Cells:
    """Return the cells of a kernel, lowest score first, those of equal score as one."""
    raw: list[Any] = [np.frombuffer(column) for column in kernel.cells()]
    if raw[0].size == 0:
        return Cells(raw[0], raw[1], raw[2], raw[3], raw[4], raw[5] > 0.0)
    order = np.argsort(raw[0], kind="stable")
    score = raw[0][order]
    first = np.flatnonzero(np.append(True, score[1:] != score[:-1]))
    unit = kernel.scale()
    sums = [np.add.reduceat(column[order], first) for column in raw[1:]]
    return Cells(
        score[first], sums[0] / unit, sums[1] / unit, sums[2] / unit**2, sums[3] / unit**2, sums[4] > 0.0
    )
