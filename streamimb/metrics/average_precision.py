"""Average precision (the area under precision over recall), exact, over a sliding window.

Must never know where probabilities come from.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from streamimb._kernels.saved import flags, refused, row, whole
from streamimb.metrics.weight import checked
from streamimb.parameters import Part, count, refuse_other


def average_precision(p: Sequence[float] | array[float], y: bytes) -> float:
    r"""Return $\sum_j (R_j - R_{j-1}) P_j$ over groups j of equal p, highest first; nan without a positive.

    Events of equal p are one group, judged together at its end: no order among them can gain.

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


class AveragePrecision(Part):
    """Average precision of the last `window_n` events, exact, ties judged as groups.

    `merge(other)` is this window followed by the other's, exact. Weights are not used but as 0 or not 0:
    an event is in the window once.

    **Cost**: O(1) per update; O(n log n) per `get`; 9 bytes per event of the window.

    Parameters
    ----------
    window_n
        Events in the window; ≥ 1.

    Raises
    ------
    ValueError
        `window_n` < 1; p not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.AveragePrecision(window_n=100)
    >>> for p, y in [(0.9, True), (0.5, False), (0.5, True), (0.1, False)]:
    ...     metric.update((p, y))
    >>> round(metric.get(), 3)
    0.833
    """

    def __init__(self, window_n: int = 20_000) -> None:
        self.window_n = count("window_n", window_n, "events")
        self._p: list[float] = []
        self._y = bytearray()
        self._at = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"window_n": 50}

    def _check_saved(self, state: Any) -> None:
        super()._check_saved(state)
        n = len(row(state, "_p", None, 0.0, 1.0))
        flags({"_y": bytes(state["_y"])}, "_y", n)
        full = n == state["window_n"]
        whole(state, "_at", 0, n - 1 if full else 0)
        if n > state["window_n"]:
            raise refused("_p", "at most window_n probabilities")

    def update(self, value: tuple[float, bool], w: float = 1.0) -> None:
        """Take (p, y)."""
        p, y = value
        if not 0.0 <= p <= 1.0:
            raise ValueError("value: expected a probability in [0, 1]")
        if checked(w) == 0.0:
            return
        if len(self._p) < self.window_n:
            self._p.append(float(p))
            self._y.append(bool(y))
        else:
            self._p[self._at] = float(p)
            self._y[self._at] = bool(y)
            self._at = (self._at + 1) % self.window_n

    def get(self) -> float:
        """Return the average precision of the window; nan without a positive."""
        return average_precision(self._p, bytes(self._y))

    def merge(self, other: AveragePrecision) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "window_n")
        for i in [*range(other._at, len(other._p)), *range(other._at)]:
            self.update((other._p[i], bool(other._y[i])))
