"""Average precision (the area under precision over recall), exact, over a sliding window."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from streamimb._kernels.metric_sums import ProbabilityWindow
from streamimb._kernels.saved import alike, entries
from streamimb.metrics.observation import CheckedUpdate
from streamimb.parameters import Part, count, refuse_other
from streamimb.protocols import Reading


def average_precision(p: Sequence[float] | array[float], y: bytes) -> float:
    r"""Return $\sum_j (R_j - R_{j-1}) P_j$ over groups j of equal p, highest first; nan without a positive.

    Events of equal p form one group, evaluated at its end, so that their order has no effect.

    **Cost**: O(n log n).

    Examples
    --------
    >>> round(average_precision([0.9, 0.5, 0.5, 0.1], bytes([1, 0, 1, 0])), 3)
    0.833
    """
    hit = np.frombuffer(y, dtype=np.uint8)
    positives = int(hit.sum())
    if positives == 0:
        return math.nan
    score = np.asarray(p, dtype=np.float64)
    order = np.argsort(-score, kind="stable")
    score, found = score[order], np.cumsum(hit[order], dtype=np.int64)
    last = np.append(score[1:] != score[:-1], True)
    precision = found[last] / (np.flatnonzero(last) + 1)
    gained = np.diff(found[last], prepend=0)
    return float((gained * precision).sum() / positives)


class AveragePrecision(ProbabilityWindow, CheckedUpdate, Part):
    """Average precision of the last `window_n` events, exact, ties evaluated as groups.

    `merge(other)` is this window followed by the other's, exact. A weight is only tested for 0: each event
    is in the window once.

    **Cost**: O(1) per update; O(n log n) per `get`; 9 bytes per event of the window.

    Parameters
    ----------
    window_n
        Events in the window; ≥ 1.

    Raises
    ------
    ValueError
        `window_n` < 1; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.AveragePrecision(window_n=100)
    >>> for p, y in [(0.9, True), (0.5, False), (0.5, True), (0.1, False)]:
    ...     metric.update(y, p)
    >>> round(metric.get(), 3)
    0.833
    """

    def __init__(self, window_n: int = 20_000) -> None:
        self.window_n = count("window_n", window_n, "events")
        ProbabilityWindow.__init__(self, self.window_n)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"window_n": 50}

    def get(self) -> float:
        """Return the average precision of the window; nan without a positive."""
        ps, ys = self.window()
        return average_precision(array("d", ps), ys)

    def merge(self, other: AveragePrecision) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "window_n")
        self.append(other)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("average_precision", "Average precision over the window.", self.get())

    def __getstate__(self) -> dict[str, Any]:
        return {"window_n": self.window_n, "_window": ProbabilityWindow.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "window_n", "_window")
        alike(saved["_window"], ProbabilityWindow.__getstate__(AveragePrecision(saved["window_n"])), "most")
        ProbabilityWindow.__setstate__(self, saved["_window"])
        vars(self).update(window_n=saved["window_n"])
