"""A decayed share of one count in another, computed from cumulative counts."""

from typing import Any

from streamimb._kernels.saved import listed, number, refused, whole

MASS = 10_000.0  # what a share is decayed over
SHARE_FADE = 1.0 - 1.0 / MASS
ENOUGH = 100  # counted before a share is judged
BATCH = 128  # the first bad ones count as spread over the last so many, at most


class Share:
    r"""The decayed share of bad ones among about the last 10,000.

    $S \leftarrow f^d S + b\,m/d$, $N \leftarrow f^d N + m$ with $m = (1 - f^d)/(1 - f)$ for d more, b of them
    bad, $f = 1 - 10^{-4}$: as if the bad ones were spread evenly over the d. Call it every 128 or more often.
    Where bad ones turn out to be good, b is below 0; the share stays at least 0.

    Cost: O(1) per call, a comparison while nothing is bad.

    Examples
    --------
    >>> share = Share()
    >>> share.fold(0, 1000)
    >>> share.fold(100, 2000)
    >>> round(share.share, 3), share.above(0.05, False)
    (0.055, True)
    """

    __slots__ = ("_all", "_bad", "_seen_all", "_seen_bad")

    def __init__(self) -> None:
        self._bad = self._all = 0.0
        self._seen_bad = self._seen_all = 0

    def fold(self, bad: int, of: int) -> None:
        """Update with the cumulative counts: `bad` ones among `of`."""
        if self._bad == 0.0:
            if bad <= self._seen_bad:
                self._seen_bad = bad
                return  # nothing to decay; the first bad one accounts for all counted before
            before = max(self._seen_all, of - max(BATCH, bad - self._seen_bad))
            self._all, self._seen_all = (1.0 - SHARE_FADE**before) * MASS, before
        d = of - self._seen_all
        if d > 0:
            kept = SHARE_FADE**d
            mass = (1.0 - kept) * MASS
            self._all = kept * self._all + mass
            self._bad = max(0.0, kept * self._bad + mass * min(1.0, (bad - self._seen_bad) / d))
            self._seen_bad, self._seen_all = bad, of

    @property
    def share(self) -> float:
        """The share; 0 before anything was counted."""
        return self._bad / self._all if self._all > 0.0 else 0.0

    def above(self, limit: float, entered: bool, enough: int = ENOUGH) -> bool:
        """Whether the share is above the limit, or was (`entered`) and is not below half of it.

        False while fewer than `enough` were counted.
        """
        if self._bad == 0.0 or self._seen_all < enough:
            return False
        return self.share >= 0.5 * limit if entered else self.share > limit

    def state(self) -> list[Any]:
        """Return its numbers, for a snapshot."""
        return [self._bad, self._all, self._seen_bad, self._seen_all]

    @classmethod
    def of_state(cls, state: list[Any]) -> "Share":
        """Return a share with the numbers that `state` gave.

        Raises
        ------
        ValueError
            They are not four numbers, finite and not negative.
        """
        bad, mass, seen_bad, seen_all = listed({"share": state}, "share", 4)
        made = cls()
        made._bad, made._all = (number({"share": one}, "share", 0.0, 1.000001 * MASS) for one in (bad, mass))
        made._seen_bad, made._seen_all = (whole({"share": one}, "share") for one in (seen_bad, seen_all))
        if made._bad > 1.000001 * made._all:
            raise refused("share", "at most 1")
        return made


def percent(share: float) -> str:
    """Return a share in per cent, with two significant digits.

    >>> percent(0.0123), percent(0.5)
    ('1.2 %', '50 %')
    """
    return f"{100 * share:.2g} %" if share < 0.995 else "100 %"
