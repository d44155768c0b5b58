"""How long to wait before the next attempt: exponential, with jitter."""

import random


class Backoff:
    """Waits that double up to a longest one, each drawn between half of itself and itself.

    Cost: one random number per wait.

    Parameters
    ----------
    first_s
        First wait in seconds, > 0.
    longest_s
        No wait is longer, in seconds, >= first_s.
    seed
        Seed of the jitter; None draws a new one each time.

    Raises
    ------
    ValueError
        first_s not above 0, longest_s below first_s.

    Examples
    --------
    >>> backoff = Backoff(first_s=0.1, longest_s=1.0, seed=1)
    >>> waits = [backoff.next_s() for _ in range(6)]
    >>> [round(wait, 2) for wait in waits]
    [0.06, 0.18, 0.35, 0.5, 0.75, 0.72]
    """

    def __init__(self, first_s: float = 0.1, longest_s: float = 5.0, seed: int | None = None) -> None:
        if not first_s > 0:
            raise ValueError(f"first_s={first_s!r}: give seconds above 0")
        if not longest_s >= first_s:
            raise ValueError(f"longest_s={longest_s!r}: give at least first_s={first_s!r}")
        self.first_s = first_s
        self.longest_s = longest_s
        self.seed = seed
        self._random = random.Random(seed)
        self._wait_s = first_s

    def next_s(self) -> float:
        """Seconds to wait before the next attempt."""
        wait_s = self._wait_s
        self._wait_s = min(2 * wait_s, self.longest_s)
        return wait_s * (0.5 + 0.5 * self._random.random())

    def reset(self) -> None:
        """Start again with the first wait, after an attempt that succeeded."""
        self._wait_s = self.first_s
