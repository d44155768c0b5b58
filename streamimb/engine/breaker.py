"""A circuit breaker: pauses learning while far more labels are positive than before.

A fault of the source of labels, such as a batch of positives alone, would otherwise teach the model within a few dozen
labels that everything is positive. It uses counts only.
"""

from typing import Any

from streamimb._kernels.saved import listed, number, switch, whole

CAPACITY = 12.0  # positives in a row that are learned
TIMES = 12.0  # times the usual share of positives that may come for good
BACK = 0.5 * CAPACITY  # tokens with which learning goes on
USUAL = 0.05  # share of positives from which on nothing is paused: a wave of positives is no fault there
ENOUGH = 1_000.0  # labelled events before the usual share is known
HALF_LIFE = 20_000.0  # labelled events, of the usual share
LONGEST = 10_000  # labelled events that one pause passes over; a change that lasts longer is learned


class Breaker:
    """A token bucket of positives: it holds 12, gains twelve times the usual share a label, and a positive takes one.

    Without a token it opens, and learning is paused. It closes where half of the tokens are there again, or after
    10,000 labelled events: then the change is taken for true, and the usual share is found anew. It stays closed before
    1,000 labels, and where one label in twenty or more is positive.

    Cost: O(1) per positive.

    Examples
    --------
    >>> breaker, n = Breaker(), 0
    >>> for n in range(100, 5_001, 100):
    ...     breaker.positive(n)
    >>> while not breaker.is_open:
    ...     n += 1
    ...     breaker.positive(n)
    >>> n - 5_000
    13
    """

    __slots__ = ("_at", "_opened", "_tokens", "_usual_n", "_usual_y", "is_open")

    def __init__(self) -> None:
        self.is_open = False
        self._at = self._opened = 0  # labelled events at the last positive, and when it opened
        self._tokens = CAPACITY
        self._usual_n = self._usual_y = 0.0

    @property
    def usual(self) -> float:
        """The usual share of positives; 0 before any label."""
        return self._usual_y / self._usual_n if self._usual_n > 0.0 else 0.0

    def positive(self, labelled: int) -> None:
        """Take a positive, the last of so many labelled events, learned or passed over."""
        gap = labelled - self._at
        tokens = self._left(labelled) - 1.0
        if self.is_open:
            self._at, self._tokens = labelled, max(0.0, tokens)
            self.look(labelled)
            return
        if self._usual_n >= ENOUGH and self.usual < USUAL and tokens < 0.0:
            self.is_open, self._opened = True, labelled
        else:
            kept = 0.5 ** (gap / HALF_LIFE)
            self._usual_n, self._usual_y = kept * self._usual_n + gap, kept * self._usual_y + 1.0
        self._at, self._tokens = labelled, max(0.0, tokens)

    def look(self, labelled: int) -> None:
        """Close it after so many labelled events, where it is time."""
        if labelled - self._opened >= LONGEST:
            self.is_open, self._tokens = False, CAPACITY
            self._usual_n = self._usual_y = 0.0
        elif self._left(labelled) >= BACK:
            self.is_open = False

    def _left(self, labelled: int) -> float:
        return min(CAPACITY, self._tokens + TIMES * self.usual * (labelled - self._at))

    def state(self) -> list[Any]:
        """Its numbers, for a snapshot."""
        return [self.is_open, self._at, self._opened, self._tokens, self._usual_n, self._usual_y]

    @classmethod
    def of_state(cls, state: Any) -> "Breaker":
        """Return one with the numbers that `state` gave.

        Raises
        ------
        ValueError
            They are not a switch and five finite numbers, none of them negative.
        """
        found = listed({"breaker": state}, "breaker", 6)
        made = cls()
        made.is_open = switch({"breaker": found[0]}, "breaker")
        made._at, made._opened = (whole({"breaker": one}, "breaker") for one in found[1:3])
        made._tokens = number({"breaker": found[3]}, "breaker", 0.0, CAPACITY)
        made._usual_n, made._usual_y = (number({"breaker": one}, "breaker", 0.0) for one in found[4:])
        return made
