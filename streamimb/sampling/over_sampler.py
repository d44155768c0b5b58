"""Over-sampling: every event is learned, and those of rare classes several times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import distinct, entries
from streamimb._kernels.share_rate import ShareRate
from streamimb.parameters import Part
from streamimb.sampling.budget import check_max_copies, check_share


class OverSampler(ShareRate, Part):
    r"""Learn every event, and rare ones in as many copies as give a share of rare events.

    With m the prior of True, $r(0) = 1$ and $r(1) = \max(1, \min(max\_copies, \frac{s}{1 - s} \frac{1 - m}{m}))$. The
    rate follows m, so that the share holds while the base rate moves. A class has rate 1 until its first event has
    been learned. With other labels than True and False, the rare classes (those with a prior below 1/(2K), and the
    rarest) are raised to one common mass, at which they have the share s together.

    Under the offset route the copies of an event are one update with their number as its weight; otherwise the learner
    gets the event so many times. Copies carry no information. Over-sampling is corrected like any policy, but it learns
    more copies than there are events, and it is less accurate than learning each event once. On 200,000 events of card
    fraud, of flights and of a synthetic stream at 1 %, the normalised entropy at a share of .2 is .024, .003 and .002
    higher, at .5 .053, .005 and .011; with `ScoreUnderSampler` at .2, which learns a twenty-fifth of the copies, it is
    .010 higher, .001 lower and .002 higher (standard errors and all samplers: `docs/sampling.md`). While few
    positives have come, the order is the reverse: over 50,000 synthetic events .001 against .004 (standard errors
    .0007).

    **Cost**: O(K) time for K classes (0.1 µs for two), O(K) floats; (1 - m) / (1 - s) copies per event.

    Parameters
    ----------
    share
        Share of rare events among the learned, in [1e-6, 1). It may be changed at any time.
    max_copies
        Most copies of one event, in [1, 10^6]. Where m is below s / (s + (1 - s) max_copies), the share is not
        reached; the correction stays exact.

    Raises
    ------
    ValueError
        Where a parameter is out of range (also when changed later), or a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.OverSampler(share=0.2)
    >>> p = prior = {False: 0.99, True: 0.01}
    >>> sampler.rates_one({}, p, prior)[True]  # the first positive is learned once
    1.0
    >>> sampler.learn_one({}, True, p, sampler.rates_one({}, p, prior), prior)
    >>> round(sampler.rates_one({}, p, prior)[True], 3)
    24.75

    References
    ----------
    Wang, S., Minku, L. L. and Yao, X. (2015). Resampling-Based Ensemble Methods for Online Class Imbalance Learning.
    https://doi.org/10.1109/TKDE.2014.2345380. There the rate is the ratio of class sizes; here it reaches a share, and
    its remainder is drawn without Poisson noise.
    """

    depends_on_x = False
    draws = True

    def __init__(self, share: float = 0.2, max_copies: float = 1_000.0) -> None:
        self._share = check_share(share)
        self.max_copies = check_max_copies(max_copies)
        ShareRate.__init__(self)
        self._set_aim(self._share, 0.0, self.max_copies)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"share": 0.5, "max_copies": 10.0}

    @property
    def share(self) -> float:
        """Share of rare events among the learned."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share = check_share(share)
        self._set_aim(self._share, 0.0, self.max_copies)

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"share"}

    def __getstate__(self) -> dict[str, Any]:
        return {"share": self._share, "max_copies": self.max_copies, "met": self.labels}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "share", "max_copies", "met")
        fresh, met = OverSampler(saved["share"], saved["max_copies"]), distinct(saved, "met")
        ShareRate.__init__(self)
        vars(self).update(_share=fresh._share, max_copies=fresh.max_copies)
        self._resume_labels(met)
        self._set_aim(self._share, 0.0, self.max_copies)
