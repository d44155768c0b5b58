"""The rates of online bagging: equal classes by thinning the common or copying the rare ones, or all as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.balance_rate import BalanceRate
from streamimb._kernels.saved import distinct, entries, listed, number, refused, row
from streamimb.parameters import Part, refuse
from streamimb.parameters import number as checked_number

METHODS = ("under", "over", "none")


class ClassBalance(BalanceRate, Part):
    r"""Learn all classes at one mass, as online bagging for imbalanced streams does (UOB and OOB).

    With class sizes w and c copies: $r(k) = c \min_j w_j / w_k$ (`under`), $\min(1000, c \max_j w_j / w_k)$ (`over`),
    or c for every class (`none`, as bagging without imbalance does). The sizes are the live class prior; or with a
    `memory` of N events $w_k \leftarrow (1 - 1/N) w_k + 1/N [y = k]$, where the rates of an event of class k are
    computed with the sizes it leaves behind. A class never seen before has rate c.

    With the memory of the literature, $\theta = .9$ or N = 10, `over` gives no event more than 9 copies, and learns a
    rare class at odds of .54 where its share is 10 % and .08 where it is 1 %, not 1. A memory by which the odds of the
    rarest class that was seen 20 times would stay below .9, at the class prior of now, is therefore refused: the
    event raises and is not learned, while predictions go on. N of 10 / share gives odds of .95. `under` may use a
    short memory.

    **Cost**: O(K log K) time for K classes (.2 µs for two), 2K floats.

    Parameters
    ----------
    method
        "under": the common classes are thinned to the mass of the rarest. "over": the others are copied to the mass of
        the commonest. "none": every class has the same rate.
    memory
        Events that the class sizes remember, in [2, 1e9]. It may be changed at any time. None: the live class prior,
        whose memory follows the stream.
    copies
        Mean copies of an event of the class that is neither thinned nor copied, in [.001, 100].

    Raises
    ------
    ValueError
        For an unknown `method`; for `copies` or a `memory` out of range, a `memory` too short for the stream or given
        with "none"; for a weight that is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.ClassBalance("over")
    >>> p = prior = {False: 0.98, True: 0.02}
    >>> for y in (False, True):
    ...     sampler.learn_one({}, y, p, sampler.rates_one({}, p, prior), prior)
    >>> round(sampler.rates_one({}, p, prior)[True], 1)
    49.0

    References
    ----------
    Wang, S., Minku, L. L. and Yao, X. (2015). Resampling-Based Ensemble Methods for Online Class Imbalance Learning.
    https://doi.org/10.1109/TKDE.2014.2345380. There copies are drawn from a Poisson distribution.
    """

    depends_on_x = False
    draws = True

    def __init__(self, method: str = "under", memory: float | None = None, copies: float = 1.0) -> None:
        if method not in METHODS:
            refuse("method", method, f"one of {', '.join(METHODS)}")
        self.method = method
        self._memory = None if memory is None else checked_memory(memory)
        if method == "none" and memory is not None:
            raise ValueError("memory: method 'none' looks at no class sizes: leave it out")
        self.copies = checked_number(
            "copies", copies, lambda c: 0.001 <= c <= 100.0, "a number in [0.001, 100]"
        )
        BalanceRate.__init__(self)
        self._begin()

    def _begin(self) -> None:
        self._set_balance(self.method == "over", self.method == "none", self.copies, self._memory or 0.0)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"method": "over", "memory": 10_000.0}
        yield {"method": "none", "copies": 6.0}

    @property
    def memory(self) -> float | None:
        """Events that the class sizes remember; None where the class prior is used."""
        return self._memory

    @memory.setter
    def memory(self, memory: float) -> None:
        if self._memory is None:
            raise ValueError(f"memory={memory!r}: this sampler follows the prior; make another for a memory")
        self._memory = checked_memory(memory)
        self._begin()

    @property
    def _mutable_attributes(self) -> set[str]:
        return set() if self._memory is None else {"memory"}

    def __getstate__(self) -> dict[str, Any]:
        return {"method": self.method, "memory": self._memory, "copies": self.copies, **self._learned}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "method", "memory", "copies", "classes", "extremes")
        fresh = ClassBalance(saved["method"], saved["memory"], saved["copies"])  # checks them
        classes = [listed({"classes": one}, "classes", 3) for one in listed(saved, "classes")]
        labels = distinct({"classes": [one[0] for one in classes]}, "classes")
        sizes = [number({"classes": one[1]}, "classes", 0.0, 1e15) for one in classes]
        counts = [number({"classes": one[2]}, "classes", 0.0, 20.0) for one in classes]
        extremes = row(saved, "extremes", 2, 1e-12, 1.0)
        if extremes[0] > extremes[1]:
            raise refused("extremes", "the least and the largest share")
        BalanceRate.__init__(self)
        vars(self).update(method=fresh.method, _memory=fresh._memory, copies=fresh.copies)
        self._begin()
        self._resume(dict(zip(labels, sizes, strict=True)), dict(zip(labels, counts, strict=True)), extremes)


def checked_memory(memory: Any) -> float:
    """Return the memory; raise ValueError where it is out of range."""
    return checked_number(
        "memory", memory, lambda events: 2.0 <= events <= 1e9, "events, in [2, 1e9], or None"
    )
