"""Venn-Abers: an interval of two probabilities, one of which is calibrated."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np

from streamimb._kernels.event_label import checked_label
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.pooling import with_true
from streamimb._kernels.saved import entries, numbers, refused
from streamimb.calibration.isotonic import checked_score, checked_window, rises
from streamimb.calibration.score_window import ScoreWindow
from streamimb.parameters import Part


class VennAbers(Part):
    r"""An interval of two probabilities: isotonic regression on a window with the event added as False and as True.

    `interval_one(p)` returns $(p_0, p_1)$: the isotonic answer at p if the event were added with the label False, and
    with True. One of the two is calibrated, whatever the scores, as long as the events of the window and the new one
    are exchangeable; $p_1 - p_0$ shows how few such scores the window has. `calibrate_one` returns the point
    $p_1 / (1 - p_0 + p_1)$, which has the least worst log loss; it is never 0 or 1 unless both are. Monotone in p.

    Both are computed anew each time 1/20 of the window is new. Before the first events the interval is (0, 1) and the
    point 1/2.

    **Cost**: 6 µs to calibrate and learn, most of it the fits; 17 B per event of the window, and 24 B per distinct
    score.

    Parameters
    ----------
    window
        Labelled events that it remembers, from 20 to 1,000,000.

    Raises
    ------
    ValueError
        Where `window` is out of range, a score is outside [0, 1] or NaN, or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> venn = calibration.VennAbers()
    >>> for _ in range(20_000):  # scores that are twenty times too high in odds
    ...     p = rng.random() * 0.1
    ...     venn.learn_one(20 * p / (1 + 19 * p), rng.random() < p)
    >>> [round(end, 3) for end in venn.interval_one(20 * 0.05 / (1 + 19 * 0.05))]
    [0.054, 0.055]
    >>> round(venn.calibrate_one(20 * 0.05 / (1 + 19 * 0.05)), 3)
    0.055

    References
    ----------
    Vovk, V., Petej, I. and Fedorova, V. (2015). Large-scale probabilistic predictors with and without guarantees of
    validity. NeurIPS. https://arxiv.org/abs/1511.00213.
    """

    def __init__(self, window: int = 10_000) -> None:
        self.window = checked_window(window)
        self._events = ScoreWindow(self.window)
        self._scores = self._low = self._high = array("d")

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"window": 500}

    @property
    def memory_budget_bytes(self) -> int:
        """Bytes by which the two maps may grow: three numbers for each event of the window, saved and in use."""
        return 48 * self.window

    def interval_one(self, p: float) -> tuple[float, float]:
        """Return the probabilities of True if the event were added as False and as True."""
        p = checked_score(p)
        scores = self._scores
        below, above = bisect_right(scores, p) - 1, bisect_left(scores, p)
        return (
            self._low[below] if below >= 0 else 0.0,
            self._high[above] if above < len(scores) else 1.0,
        )

    def calibrate_one(self, p: float) -> float:
        """Return the point of the interval with the least worst log loss."""
        low, high = self.interval_one(p)
        return high / (1.0 - low + high)

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        """Learn that an event scored p turned out to be y; w = 0 changes nothing."""
        p, y, w = checked_score(p), checked_label(y), checked_weight(w)
        if w > 0.0 and self._events.add(p, y, w):
            scores, hits, masses = self._events.merged()
            misses = array("d", (np.frombuffer(masses) - np.frombuffer(hits))[::-1].tobytes())
            self._scores, self._high = scores, with_true(hits, masses)
            # The same seen from the other end, with the labels exchanged
            low = 1.0 - np.frombuffer(with_true(misses, masses[::-1]))[::-1]
            self._low = array("d", low.tobytes())

    def __getstate__(self) -> dict[str, Any]:
        return {
            "window": self.window,
            "events": self._events.__getstate__(),
            "scores": bytes(self._scores),
            "low": bytes(self._low),
            "high": bytes(self._high),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "window", "events", "scores", "low", "high")
        fresh = VennAbers(saved["window"])  # checks it
        fresh._events.resume(saved["events"])
        scores = numbers(saved, "scores", None, 0.0, 1.0)
        low, high = (numbers(saved, name, len(scores), 0.0, 1.0) for name in ("low", "high"))
        if len(scores) > fresh.window or not all(map(rises, (scores, low, high))):
            raise refused("scores", "maps that rise, of at most one score for each event")
        vars(self).update(window=fresh.window, _events=fresh._events, _scores=scores, _low=low, _high=high)
