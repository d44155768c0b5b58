"""How long labels take: decayed quantiles of positive times, bounded.

Must never know events or classes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import alike, entries
from streamimb._kernels.served import LogHistogram
from streamimb.metrics.weight import checked
from streamimb.parameters import Part, number, refuse_other

LOW_S, RATIO, BUCKETS = 1e-3, 2.0**0.25, 152  # 1 ms to 8.7 years in steps of 19 %


class DelayQuantiles(LogHistogram, Part):
    """Decayed quantiles of delays in seconds, from 152 buckets of equal ratio $2^{1/4}$ from 1 ms to 8 years.

    A quantile is within 19 % of the exact one. `merge(other)` is this stream followed by the other's, exact
    up to rounding.

    **Cost**: O(1) time per update, 1.2 kB; `get` walks the buckets.

    Parameters
    ----------
    half_life
        Updates after which one counts half; > 0.

    Raises
    ------
    ValueError
        `half_life` is not > 0; a delay is negative or not finite; a weight is.

    Examples
    --------
    >>> from streamimb import metrics
    >>> delays = metrics.DelayQuantiles()
    >>> for i in range(1, 101):
    ...     delays.update(float(i))
    >>> round(delays.get())
    50
    """

    def __init__(self, half_life: float = 2_000) -> None:
        expected = "a finite number of updates > 0"
        self.half_life = number("half_life", half_life, lambda updates: updates > 0.0, expected)
        LogHistogram.__init__(self, self.half_life, LOW_S, RATIO, BUCKETS)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def __getstate__(self) -> dict[str, Any]:
        return {"half_life": self.half_life, "_counts": LogHistogram.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "_counts")
        fresh = LogHistogram.__getstate__(DelayQuantiles(saved["half_life"]))
        alike(saved["_counts"], fresh, "half_life", "low", "ratio", "buckets")
        LogHistogram.__setstate__(self, saved["_counts"])
        # Last: interpreted, the kernel's attribute of this name is this one
        vars(self).update(half_life=saved["half_life"])

    def update(self, value: float, w: float = 1.0) -> None:
        """Take one delay in seconds."""
        if not 0.0 <= value < math.inf:
            raise ValueError("value: expected seconds >= 0")
        w = checked(w)
        if w > 0.0:
            self.add(float(value), w)

    def get(self) -> float:
        """Return the median in seconds; nan before the first update."""
        return self.quantile(0.5)

    def merge(self, other: DelayQuantiles) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self.absorb(other)
