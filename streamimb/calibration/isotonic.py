"""Isotonic regression on a window: the increasing map nearest to the recent labels."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.event_label import checked_label
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.pooling import isotonic
from streamimb._kernels.saved import entries, numbers, refused
from streamimb.calibration.score_window import ScoreWindow
from streamimb.parameters import Part, whole

LEAST = 10  # events of each class, before the first fit


class Isotonic(Part):
    r"""Isotonic regression on a window of labelled scores: it assumes only that a higher score means no less.

    Adjacent violators of the order are pooled: the answer is the share of True in the block of the score, and a
    straight line between two blocks. The map is fitted anew each time 1/20 of the window is new, and only while the
    window has ten events of each class; before the first fit a score means itself. Monotone in p.

    It answers 0 and 1 where a block has one class only, which costs an infinite log loss when the other class comes;
    `PlattMixture` has an increasing curve that does not. A window has to hold some hundred positives.

    **Cost**: 5 µs to calibrate and learn, most of it the fits; 17 B per event of the window.

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
    >>> isotonic = calibration.Isotonic()
    >>> for _ in range(20_000):  # scores that are twenty times too high in odds
    ...     p = rng.random() * 0.1
    ...     isotonic.learn_one(20 * p / (1 + 19 * p), rng.random() < p)
    >>> round(isotonic.calibrate_one(20 * 0.05 / (1 + 19 * 0.05)), 2)
    0.05

    References
    ----------
    Ayer, M. et al. (1955). An Empirical Distribution Function for Sampling with Incomplete Information.
    https://doi.org/10.1214/aoms/1177728423. Zadrozny, B. and Elkan, C. (2002). Transforming Classifier Scores into
    Accurate Multiclass Probability Estimates. https://doi.org/10.1145/775047.775151.
    """

    def __init__(self, window: int = 10_000) -> None:
        self.window = checked_window(window)
        self._events = ScoreWindow(self.window)
        self._corners = self._answers = array("d")

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"window": 500}

    @property
    def memory_budget_bytes(self) -> int:
        """Bytes by which the map may grow: two corners for each event of the window."""
        return 32 * self.window

    def calibrate_one(self, p: float) -> float:
        """Return the answer of the map at the score p; p itself before the first fit."""
        p = checked_score(p)
        corners, answers = self._corners, self._answers
        if not corners:
            return p
        i = bisect_left(corners, p)
        if i == len(corners) or i == 0 or corners[i] == p:
            return answers[min(i, len(answers) - 1)]
        low, high = corners[i - 1], corners[i]
        return answers[i - 1] + (answers[i] - answers[i - 1]) * ((p - low) / (high - low))

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        """Learn that an event scored p turned out to be y; w = 0 changes nothing."""
        p, y, w = checked_score(p), checked_label(y), checked_weight(w)
        if w > 0.0 and self._events.add(p, y, w) and self._events.has_both(LEAST):
            self._corners, self._answers = isotonic(*self._events.merged())

    def __getstate__(self) -> dict[str, Any]:
        return {
            "window": self.window,
            "events": self._events.__getstate__(),
            "corners": bytes(self._corners),
            "answers": bytes(self._answers),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "window", "events", "corners", "answers")
        fresh = Isotonic(saved["window"])  # checks it
        fresh._events.resume(saved["events"])
        corners = numbers(saved, "corners", None, 0.0, 1.0)
        answers = numbers(saved, "answers", len(corners), 0.0, 1.0)
        if len(corners) > 2 * fresh.window or not rises(corners) or not rises(answers):
            raise refused("corners", "a map that rises, of at most two corners for each event")
        vars(self).update(window=fresh.window, _events=fresh._events, _corners=corners, _answers=answers)


def checked_window(window: Any) -> int:
    """Return the size of a window as an int; raise ValueError for what is none."""
    return whole(
        "window", window, lambda n: 20 <= n <= 1_000_000, "a whole number of events from 20 to 1,000,000"
    )


def checked_score(p: Any) -> float:
    """Return a score as a float in [0, 1]; raise ValueError for what is none."""
    if not -1e-6 <= p <= 1.000001:
        raise ValueError("p: a score must be in [0, 1]")
    return min(1.0, max(0.0, float(p)))


def rises(values: Any) -> bool:
    """Whether no value is below the one before it."""
    return all(values[i] <= values[i + 1] for i in range(len(values) - 1))
