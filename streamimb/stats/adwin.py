"""The mean of a stream over a window that adapts its length: ADWIN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from river import base

from streamimb._kernels.adaptive_window import LARGEST_CLOCK, AdaptiveWindow
from streamimb._kernels.saved import alike, entries
from streamimb.parameters import Part, number, whole


class ADWIN(AdaptiveWindow, base.DriftDetector, Part):
    r"""The mean over a window that drops its old part when the means of its old and its new part differ.

    For each cut into an old part of $n_0$ and a new part of $n_1$ updates, with $v$ the variance of the whole window
    of n: the old part is dropped where $|\hat\mu_0 - \hat\mu_1| > \sqrt{2 v d (1/n_0 + 1/n_1)} + \frac23 d (1/n_0 +
    1/n_1)$, $d = \ln(2 \ln(n) / \delta)$. The window is kept as O(log n) buckets, and cuts are tried at their borders.
    The part before the clearest cut is dropped whole, so that one change is one cut, where the paper drops bucket by
    bucket. `means` has the means before and after the last cut. An update of weight w counts w times in the means; the
    n are effective numbers, $(\sum w)^2 / \sum w^2$. There is no merge, because two windows that were cut at different
    times do not cover the same history.

    It differs from River's in three ways: its state is plain data, it takes weights, and it refuses values outside
    [0, 1], for which the bound does not hold.

    **Cost**: O(log n) time every `clock` updates and O(1) between them (.1 µs in the mean); at most 160 buckets of
    four floats.

    Parameters
    ----------
    delta
        Bound on the probability of a false cut at each test, in (0, 1); far fewer are observed.
    clock
        Updates between two tests, from 1 to 2**40.

    Raises
    ------
    ValueError
        Where a parameter is out of range, a value is outside [0, 1], or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import stats
    >>> rng = random.Random(1)
    >>> window = stats.ADWIN()
    >>> for i in range(20_000):
    ...     window.update(rng.random() < (0.01 if i < 15_000 else 0.1))
    ...     if window.drift_detected:
    ...         print(i, [round(mean, 3) for mean in window.means])
    15135 [0.011, 0.094]
    >>> round(window.get(), 2)
    0.1

    References
    ----------
    Bifet, A. and Gavaldà, R. (2007). Learning from time-changing data with adaptive windowing. SDM, 443-448.
    https://doi.org/10.1137/1.9781611972771.42
    """

    def __init__(self, delta: float = 0.002, clock: int = 32) -> None:
        self.delta = checked_delta(delta)
        self.clock = checked_clock(clock)
        AdaptiveWindow.__init__(self, self.delta, self.clock)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"delta": 0.01, "clock": 4}

    def __getstate__(self) -> dict[str, Any]:
        return {"delta": self.delta, "clock": self.clock, "_window": AdaptiveWindow.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "delta", "clock", "_window")
        alike(
            saved["_window"],
            AdaptiveWindow.__getstate__(ADWIN(saved["delta"], saved["clock"])),
            "delta",
            "clock",
        )
        AdaptiveWindow.__setstate__(self, saved["_window"])
        vars(self).update(delta=saved["delta"], clock=saved["clock"])


def checked_delta(value: Any) -> float:
    """Return the probability as a float; raise ValueError where it is not in (0, 1)."""
    return number("delta", value, lambda delta: 0.0 < delta < 1.0, "a probability in (0, 1), such as 0.002")


def checked_clock(value: Any) -> int:
    """Return the number of updates between two tests; raise ValueError where it is none."""
    expected = f"a whole number of updates, from 1 to {LARGEST_CLOCK}"
    return whole("clock", value, lambda updates: 1 <= updates <= LARGEST_CLOCK, expected)
