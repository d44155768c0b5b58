"""Whether positives stopped coming: how many were expected since the last one, at the rate until then.

Without it a stream of labels that ends, or whose positives can no longer be read, teaches the model that there are
none. A function of counts. Must never see an event.
"""

from typing import Any

from streamimb._kernels.saved import listed, number, whole

FEW = 1_000  # labelled events since the last positive before their absence is judged
TOO_MANY = 20.0  # expected in vain: by chance once in e^20 gaps


class MissingPositives:
    """Positives expected since the last one: labelled events since then, times the rate until then.

    The rate is the lower one of all events and of those measured lately, so that a few positives at the very
    start, or an attack that is over, expect nothing.

    Cost: O(1) per look.

    Examples
    --------
    >>> missing = MissingPositives()
    >>> missing.look(positives=100, labelled=10_000, rate=0.01)
    >>> missing.look(positives=100, labelled=13_000, rate=0.008)
    >>> missing.expected, missing.labelled, missing.found
    (30.0, 3000, True)
    """

    __slots__ = ("_at", "_positives", "_rate", "labelled")

    def __init__(self) -> None:
        self._positives = self._at = self.labelled = 0
        self._rate = 0.0

    def look(self, positives: int, labelled: int, rate: float) -> None:
        """Take in how many positives and labelled events were learned so far, and the measured rate (or nan)."""
        if positives > self._positives:
            mean = positives / labelled
            self._positives, self._at = positives, labelled
            self._rate = min(mean, rate) if rate == rate else mean
        self.labelled = labelled - self._at

    @property
    def expected(self) -> float:
        """Positives expected since the last one."""
        return self.labelled * self._rate

    @property
    def found(self) -> bool:
        """Whether so many were expected that chance does not explain why none came."""
        return self.labelled >= FEW and self.expected >= TOO_MANY

    def state(self) -> list[Any]:
        """Its numbers, for a snapshot."""
        return [self._positives, self._at, self.labelled, self._rate]

    @classmethod
    def of_state(cls, state: list[Any]) -> "MissingPositives":
        """Return one with the numbers that `state` gave.

        Raises
        ------
        ValueError
            They are not four finite numbers, none of them negative.
        """
        *counts, rate = listed({"missing": state}, "missing", 4)
        made = cls()
        made._positives, made._at, made.labelled = (whole({"missing": one}, "missing") for one in counts)
        made._rate = number({"missing": rate}, "missing", 0.0, 1.0)
        return made
