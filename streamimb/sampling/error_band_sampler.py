"""Under-sampling by a normal band on the absolute error: common events of one hardness are learned more often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.band_rate import BandRate
from streamimb._kernels.saved import entries, refused
from streamimb.parameters import Part, number
from streamimb.sampling.score_under_sampler import ScoreUnderSampler


class ErrorBandSampler(BandRate, Part):
    r"""Learn every rare event, and common ones in proportion to a normal band on the absolute error of the pilot.

    With $e = |y - p|$ and $g(e) = \exp(-\frac12 ((e - \mu) / \sigma)^2)$, the rates are those of `ScoreUnderSampler`
    with $g(e)$ in place of the score: $r(1) = 1$ and $r(0) = \min(1, \rho[(1 - mix) \min(g(p) / \omega, 1 / \rho) +
    mix])$, where $\omega$ is the mean of g over negatives and $\rho$ follows the share. With other labels than True and
    False, $e = 1 - p_k$ for class k.

    The band is fixed, while in MESA a policy moves it. Where almost no negative has an error in the band, all have one
    rate, which is below the target if mix is below .22. By the `prior` correction the pilot is the learner's own
    score: a narrow band around 0 then amplifies its own effect. Predictions summed to 1.3 times the truth with mu = 0
    and sigma = .1, and to 1.9 times with mix = .2 as well; with sigma = .2 or mu of .3 and more to .98 to 1.07 times.

    **Cost**: that of `ScoreUnderSampler` and one exponential (.3 µs for two classes).

    Parameters
    ----------
    mu
        Centre of the band, an error in [0, 1]. Near 0 easy events are learned, near 1 outliers and wrong labels.
    sigma
        Width of the band, in [0.01, 10].
    share
        Share of rare events among the learned, in [1e-6, 1). It may be changed at any time.
    mix
        Part of the rate that is the same for all events, in [0.01, 1]; it bounds the shift.

    Raises
    ------
    ValueError
        Where a parameter is out of range, a pilot probability is outside [0, 1], or a weight is negative or not
        finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.ErrorBandSampler(mu=0.3)
    >>> prior = {False: 0.99, True: 0.01}
    >>> for i in range(1_000):
    ...     p = {False: 1 - 0.0005 * i, True: 0.0005 * i}
    ...     sampler.learn_one({}, False, p, sampler.rates_one({}, p, prior), prior)
    >>> hard = sampler.rates_one({}, {False: 0.7, True: 0.3}, prior)[False]
    >>> round(hard / sampler.rates_one({}, {False: 0.0, True: 1.0}, prior)[False], 1)
    2.3

    References
    ----------
    Liu, Z. et al. (2020). MESA: Boost Ensemble Imbalanced Learning with Meta-Sampler. https://arxiv.org/abs/2010.08830.
    Its width of .2 is the default here; mixing with a uniform rate, and the correction, are ours.
    """

    depends_on_x = True
    draws = True

    def __init__(self, mu: float, sigma: float = 0.2, share: float = 0.2, mix: float = 0.5) -> None:
        self.mu = number("mu", mu, lambda error: 0.0 <= error <= 1.0, "an absolute error in [0, 1], e.g. 0.3")
        self.sigma = number(
            "sigma", sigma, lambda width: 0.01 <= width <= 10.0, "a width in [0.01, 10], e.g. 0.2"
        )
        self._scored = ScoreUnderSampler(
            number("share", share, lambda _: True, "a share in [1e-6, 1)"), mix=mix
        )
        self.mix = self._scored.mix
        BandRate.__init__(self, self._scored, self.mu, self.sigma)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"mu": 0.3}
        yield {"mu": 0.0, "sigma": 0.1, "share": 0.4, "mix": 0.2}

    @property
    def share(self) -> float:
        """Share of rare events among the learned."""
        return float(self._scored.share or 0.0)

    @share.setter
    def share(self, share: float) -> None:
        self._scored.share = share

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"share"}

    def __getstate__(self) -> dict[str, Any]:
        return {"mu": self.mu, "sigma": self.sigma, "scored": self._scored}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "mu", "sigma", "scored")
        scored = saved["scored"]
        if type(scored) is not ScoreUnderSampler or scored.share is None:
            raise refused("scored", "a ScoreUnderSampler with a share")
        fresh = ErrorBandSampler(saved["mu"], saved["sigma"], scored.share, scored.mix)  # checks them
        BandRate.__init__(self, scored, fresh.mu, fresh.sigma)
        vars(self).update(mu=fresh.mu, sigma=fresh.sigma, mix=fresh.mix, _scored=scored)
