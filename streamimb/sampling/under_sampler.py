"""Under-sampling at one rate per class, the same for all events of the class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import distinct, entries, switch, whole
from streamimb._kernels.uniform_rate import UniformRate
from streamimb.parameters import Part
from streamimb.sampling.budget import MOST_LABELS, check_keep_first, check_keep_rate, check_share


class UnderSampler(UniformRate, Part):
    r"""Learn every rare event, and common ones at the rate that gives a share of rare events, or at a fixed rate.

    With m the prior of True, $r(1) = 1$ and $r(0) = \min(1, \frac{1 - s}{s}
    \frac{m}{1 - m})$, or `keep_rate` whatever m is. The first event of a class is always learned. With other
    labels than True and False, classes are thinned to a common mass: `keep_rate` is the mean rate of all
    events, `share` that of the rare classes together (those with a prior below 1/(2K), and the
    rarest). With `keep_first`, no event has a rate below min(1, `keep_first` / n) after n labels.

    **Cost**: O(K) time for K classes (0.4 µs for two), O(K) floats.

    Parameters
    ----------
    share
        Share of rare events among the learned, in [1e-6, 1). It may be changed at any time; where `keep_rate` was
        given, it replaces that. None: `keep_rate` has to be given.
    keep_rate
        Rate of False, in [1e-6, 1]. It may be changed at any time, with effect from the next event on; where `share`
        was given, it replaces that. None: `share` has to be given.
    keep_first
        So many first labelled events are kept whole, and after n labels the rate is at least keep_first / n, whatever
        the other parameters ask for; >= 0, 0: none. For learners that start slowly.

    Raises
    ------
    ValueError
        Where not exactly one of `share` and `keep_rate` is given, one is out of range (also when changed
        later), or a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.UnderSampler(share=0.2)
    >>> p = prior = {False: 0.99, True: 0.01}
    >>> sampler.rates_one({}, p, prior)[False]  # the first negative is learned whole
    1.0
    >>> sampler.learn_one({}, False, p, sampler.rates_one({}, p, prior), prior)
    >>> round(sampler.rates_one({}, p, prior)[False], 3)
    0.04

    References
    ----------
    Dal Pozzolo, A., Caelen, O., Johnson, R. A. and Bontempi, G. (2015). Calibrating Probability with
    Undersampling for Unbalanced Classification. https://doi.org/10.1109/SSCI.2015.33. Unlike there, m may change over
    time.
    """

    depends_on_x = False  # with `keep_first` True, see `_start`
    draws = True

    def __init__(
        self, share: float | None = None, keep_rate: float | None = None, keep_first: int = 0
    ) -> None:
        self.keep_first = check_keep_first(keep_first)
        if (share is None) == (keep_rate is None):
            raise ValueError(f"share={share!r}, keep_rate={keep_rate!r}: give exactly one, e.g. share=0.2")
        self._share = None if share is None else check_share(share)
        self._keep_rate = None if keep_rate is None else check_keep_rate(keep_rate)
        UniformRate.__init__(self)
        self._start(0)
        self._aim()

    def _start(self, labels_n: int) -> None:
        """Go on after so many labels.

        A rate that falls with n differs from event to event, so the prior route has to subtract the shift of the event:
        a comparison of priors follows it too slowly (2.3 times the truth over the first 5,000 events, against 1.1).
        """
        self.depends_on_x = self.keep_first > 0
        self._keep_first(self.keep_first, labels_n)

    def _aim(self) -> None:
        odds = 0.0 if self._share is None else (1.0 - self._share) / self._share
        self._set_aim(odds, self._keep_rate or 0.0)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"share": 0.2}
        yield {"keep_rate": 0.05}
        yield {"share": 0.2, "keep_first": 100}

    @property
    def share(self) -> float | None:
        """Share of rare events among the learned; None where `keep_rate` applies."""
        return self._share

    @share.setter
    def share(self, share: float | None) -> None:
        if share is None and self._keep_rate is None:
            raise ValueError(f"share={share!r}: the sampler has no keep_rate; give keep_rate in its place")
        if share is not None:
            self._share, self._keep_rate = check_share(share), None
            self._aim()

    @property
    def keep_rate(self) -> float | None:
        """Rate of the common class; None where `share` applies."""
        return self._keep_rate

    @keep_rate.setter
    def keep_rate(self, keep_rate: float | None) -> None:
        if keep_rate is None and self._share is None:
            raise ValueError(f"keep_rate={keep_rate!r}: the sampler has no share; give share in its place")
        if keep_rate is not None:
            self._share, self._keep_rate = None, check_keep_rate(keep_rate)
            self._aim()

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"keep_rate", "share"}

    def __getstate__(self) -> dict[str, Any]:
        return {
            "share": self._share,
            "keep_rate": self._keep_rate,
            "keep_first": self.keep_first,
            "labels_n": self._labels_seen,
            "met_false": self._knows_false,
            "met": self.labels,
        }

    def __setstate__(self, state: Any) -> None:
        parameters = ("share", "keep_rate", "keep_first")
        saved = entries(state, *parameters, "labels_n", "met_false", "met")
        fresh = UnderSampler(*(saved[name] for name in parameters))  # checks them
        labels_n = whole(saved, "labels_n", high=MOST_LABELS if fresh.keep_first else 0)
        met_false, met = switch(saved, "met_false"), distinct(saved, "met")
        UniformRate.__init__(self)
        self._share, self._keep_rate = fresh._share, fresh._keep_rate
        vars(self).update(keep_first=fresh.keep_first)
        self._start(labels_n)
        self._resume_labels(met)
        self._aim()
        if met_false:
            self._meet_false()
