"""Under-sampling that does not look at the event: one rate per class. Must never know scores or learners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb.parameters import Part
from streamimb.protocols import Features, Label, Proba
from streamimb.sampling.budget import FLOOR, check_keep_rate, check_share, check_weight, targets
from streamimb.stats import ClassPrior


class UnderSampler(Part):
    r"""Learn every rare event and so many common ones that the rare make up a share; or a fixed rate of them.

    With m the prior of True, $r(1) = 1$ and $r(0) = \min(1, \frac{1 - s}{s}
    \frac{m}{1 - m})$, or `keep_rate` whatever m is. The first event of a class is always learned. With other
    labels than True and False, classes are thinned to a common mass: `keep_rate` is the mean rate of all
    events, `share` that of the rare classes together (those with a prior below 1/(2K), and the
    rarest).

    **Cost**: O(K) time for K classes (0.4 µs for two), O(K) floats.

    Parameters
    ----------
    share
        Share of rare events among the learned, in [1e-6, 1). May be changed while it runs.
    keep_rate
        Rate of True's opposite, in [1e-6, 1]. May be changed from outside at any time; counts from the next
        event.

    Raises
    ------
    ValueError
        Where not exactly one of `share` and `keep_rate` is given, one is out of range (also when changed
        later), or a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.UnderSampler(share=0.2)
    >>> for i in range(1_000):
    ...     y, p = i % 100 == 50, {False: 0.99, True: 0.01}
    ...     sampler.learn_one({}, y, p, sampler.rates_one({}, p))
    >>> round(sampler.rates_one({}, p)[False], 3)
    0.041

    References
    ----------
    Dal Pozzolo, A., Caelen, O., Johnson, R. A. and Bontempi, G. (2015). Calibrating Probability with
    Undersampling for Unbalanced Classification. https://doi.org/10.1109/SSCI.2015.33. The share is of a
    stream that moves, so m is followed, not counted.
    """

    depends_on_x = False
    draws = True

    def __init__(self, share: float | None = None, keep_rate: float | None = None) -> None:
        if (share is None) == (keep_rate is None):
            raise ValueError(f"share={share!r}, keep_rate={keep_rate!r}: give exactly one, e.g. share=0.2")
        self._share = None if share is None else check_share(share)
        self._keep_rate = None if keep_rate is None else check_keep_rate(keep_rate)
        self._prior = ClassPrior()

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"share": 0.2}
        yield {"keep_rate": 0.05}

    @property
    def share(self) -> float | None:
        """Share of rare events among the learned; None where `keep_rate` rules."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        if self._share is None:
            raise ValueError(f"share={share!r}: this sampler was given keep_rate; make another for a share")
        self._share = check_share(share)

    @property
    def keep_rate(self) -> float | None:
        """Rate of the common class; None where `share` rules."""
        return self._keep_rate

    @keep_rate.setter
    def keep_rate(self, keep_rate: float) -> None:
        if self._keep_rate is None:
            raise ValueError(
                f"keep_rate={keep_rate!r}: this sampler was given share; make another for a rate"
            )
        self._keep_rate = check_keep_rate(keep_rate)

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"keep_rate" if self._share is None else "share"}

    def rates_one(self, x: Features, p: Proba) -> dict[Any, float]:
        """Return the rate of each class of p; neither x nor the values of p matter."""
        if len(p) != 2 or True not in p or False not in p:
            priors = self._prior.get()
            known = {label: priors[label] for label in p if self._prior.knows(label)}
            rates = targets(known, self._share, self._keep_rate) if len(known) > 1 else {}
            return {label: rates.get(label, 1.0) for label in p}
        if not self._prior.knows_bool(False):
            return {False: 1.0, True: 1.0}
        if self._share is None:
            return {False: float(self._keep_rate or 1.0), True: 1.0}
        m = self._prior.rate
        return {False: max(FLOOR, min(1.0, (1.0 - self._share) / self._share * m / (1.0 - m))), True: 1.0}

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, w: float = 1.0) -> None:
        """Count the label of an event, kept or not; w = 0 changes nothing."""
        check_weight(w)
        self._prior.update(y, w)
