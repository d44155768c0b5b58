"""Whether positives stopped coming: how many were expected since the last one, at the rate until then.

Where labels end, or positives can no longer be read, the model would otherwise learn unnoticed that there are none. It
uses counts only.
"""

from typing import Any

from streamimb._kernels.saved import listed, number, whole

FEW = 1_000  # labelled events since the last positive before their absence is judged
TOO_MANY = 20.0  # expected positives: by chance none comes once in e^20 gaps


class MissingPositives:
    """Positives expected since the last one: labelled events since then, times the rate until then.

    The rate is the lower of that of all events and that of the recently measured ones, so that neither a few early
    positives nor a past attack raise the expectation.

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
        """Update with the positives and labelled events learned so far, and the measured rate (or nan)."""
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
        """Whether so many were expected that chance does not explain their absence."""
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
