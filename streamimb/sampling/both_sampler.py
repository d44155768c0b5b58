"""Under- and over-sampling together: a share of rare events at a budget of copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import distinct, entries
from streamimb._kernels.share_rate import ShareRate
from streamimb.parameters import Part, number
from streamimb.sampling.budget import check_max_copies, check_share


class BothSampler(ShareRate, Part):
    r"""Learn rare and common events at the rates that give a share of rare events and a number of copies per event.

    With m the prior of True, a share s and a budget B: $r(1) = B s / m$ and $r(0) = B (1 - s) / (1 - m)$, both within
    [1e-6, max_copies]. With budget = m / s the rates are those of `UnderSampler`, with (1 - m) / (1 - s) those of
    `OverSampler`; between them, common events are dropped and rare ones copied. The rates follow m, so that share and
    budget hold while the base rate moves. A class has rate 1 until its first event has been learned. With other labels
    than True and False, every rare class (those with a prior below 1/(2K), and the rarest) gets the same mass, all of
    them together B s; the other classes get the rest in equal masses.

    **Cost**: O(K) time for K classes (0.1 µs for two), O(K) floats; B copies per event.

    Parameters
    ----------
    share
        Share of rare events among the learned, in [1e-6, 1). It may be changed at any time.
    budget
        Copies learned per labelled event, in [1e-5, 1000]. It may be changed at any time.
    max_copies
        Most copies of one event, in [1, 10^6]. Where m is below B s / max_copies, neither the share nor the budget is
        reached; the correction stays exact.

    Raises
    ------
    ValueError
        Where a parameter is out of range (also when changed later), or a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.BothSampler(share=0.4, budget=0.1)
    >>> p = prior = {False: 0.99, True: 0.01}
    >>> for y in (False, True):
    ...     sampler.learn_one({}, y, p, sampler.rates_one({}, p, prior), prior)
    >>> rates = sampler.rates_one({}, p, prior)
    >>> round(rates[True], 3), round(rates[False], 3)
    (4.0, 0.061)

    References
    ----------
    Chawla, N. V., Bowyer, K. W., Hall, L. O. and Kegelmeyer, W. P. (2002). SMOTE. https://doi.org/10.1613/jair.953,
    section 4.2, combines the two on a fixed data set, without a budget.
    """

    depends_on_x = False
    draws = True

    def __init__(self, share: float = 0.2, budget: float = 0.1, max_copies: float = 1_000.0) -> None:
        self._share, self._budget = check_share(share), check_budget(budget)
        self.max_copies = check_max_copies(max_copies)
        ShareRate.__init__(self)
        self._set_aim(self._share, self._budget, self.max_copies)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"share": 0.5, "budget": 0.5}

    @property
    def share(self) -> float:
        """Share of rare events among the learned."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share = check_share(share)
        self._set_aim(self._share, self._budget, self.max_copies)

    @property
    def budget(self) -> float:
        """Copies learned per labelled event."""
        return self._budget

    @budget.setter
    def budget(self, budget: float) -> None:
        self._budget = check_budget(budget)
        self._set_aim(self._share, self._budget, self.max_copies)

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"share", "budget"}

    def __getstate__(self) -> dict[str, Any]:
        return {
            "share": self._share,
            "budget": self._budget,
            "max_copies": self.max_copies,
            "met": self.labels,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "share", "budget", "max_copies", "met")
        fresh = BothSampler(saved["share"], saved["budget"], saved["max_copies"])  # checks them
        met = distinct(saved, "met")
        ShareRate.__init__(self)
        vars(self).update(_share=fresh._share, _budget=fresh._budget, max_copies=fresh.max_copies)
        self._resume_labels(met)
        self._set_aim(self._share, self._budget, self.max_copies)


def check_budget(budget: float) -> float:
    """Return the budget; raise ValueError where it is out of range."""
    expected = "the copies learned per event, in [1e-5, 1000], e.g. 0.1"
    return number("budget", budget, lambda copies: 1e-5 <= copies <= 1_000.0, expected)
