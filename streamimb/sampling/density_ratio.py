"""Weights for a stream that was filtered upstream: the events that were kept stand for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.density_rate import DensityRate
from streamimb._kernels.saved import alike, entries, refused, row
from streamimb.parameters import Part, number
from streamimb.stats import ClassPrior

HALF_LIFE = 10_000  # of the effective sample size, in labelled events


class DensityRatio(DensityRate, Part):
    r"""Weigh events that a filter upstream has kept so that they stand for all events.

    Call `observe_one(x, kept)` once for every event in front of the filter, labelled or not. An online logistic
    regression learns P(kept | x), and an event then counts $w(x) = P(kept) / P(kept \mid x)$ times, in [1 / max_weight,
    max_weight]: the density of x among all events over that among the kept ones; 1 before any event was observed.

    The weights are the same for all classes, so they do not shift the log-odds, and nothing is corrected. But they
    change the base rate: the `SampledClassifier` counts its class prior, anchor and learner with them (`reweighs`), and
    its probabilities are those of the stream in front of the filter. That holds where the filter decides by x alone, or
    by something that x determines; and where it keeps some of every kind of event. A calibrator around it still learns
    from the kept events as they are.

    **Cost**: one prediction of a logistic regression (.4 µs for 30 numbers), and one learning step per call of
    `observe_one`; its buffers, 130 kB.

    Parameters
    ----------
    max_weight
        The largest weight of one event, in [1, 1e6].

    Raises
    ------
    ValueError
        Where `max_weight` is out of range, `kept` is neither True nor False, or a weight is negative or not finite.
    TypeError
        For a feature that is neither number, string, bool nor None.

    Examples
    --------
    >>> import random
    >>> from streamimb import sampling
    >>> rng, sampler = random.Random(1), sampling.DensityRatio()
    >>> for _ in range(20_000):
    ...     large = rng.random() < 0.5
    ...     sampler.observe_one({"large": large}, rng.random() < (0.8 if large else 0.2))
    >>> p = {False: 0.9, True: 0.1}
    >>> round(sampler.rates_one({"large": False}, p, p)[True], 1)  # half of all, a fifth of the kept
    2.5

    References
    ----------
    Sugiyama, M., Suzuki, T. and Kanamori, T. (2012). Density Ratio Estimation in Machine Learning.
    https://doi.org/10.1017/CBO9781139035613. Reweighing after a filter is in Nichol, A. (2022), DALL-E 2 pre-training
    mitigations.
    """

    depends_on_x = True
    draws = False
    reweighs = True

    def __init__(self, max_weight: float = 50.0) -> None:
        self.max_weight = number(
            "max_weight", max_weight, lambda weight: 1.0 <= weight <= 1e6, "a weight in [1, 1e6], e.g. 50"
        )
        DensityRate.__init__(self, ClassPrior(), self.max_weight, HALF_LIFE)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"max_weight": 5.0}

    def __getstate__(self) -> dict[str, Any]:
        return {"max_weight": self.max_weight, **self._learned}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "max_weight", "dropping", "sums")
        fresh = DensityRatio(saved["max_weight"])  # checks it
        dropping = entries(saved["dropping"], "prior", "reader", "experts")
        experts = entries(
            dropping["experts"], "moments", "weights", "basis", "additive", "pairs", "share", "loss"
        )
        if not isinstance(dropping["prior"], ClassPrior):
            raise refused("prior", "a ClassPrior")
        alike(experts["weights"], fresh._learned["dropping"]["experts"]["weights"], "alpha", "bits")
        if experts["basis"] is not None:
            raise refused("basis", "none: this learner is linear")
        sums = row(saved, "sums", 2, 0.0)
        fresh._resume(dropping, sums)  # checks the rest
        DensityRate.__init__(self, ClassPrior(), fresh.max_weight, HALF_LIFE)
        vars(self).update(max_weight=fresh.max_weight)
        self._resume(dropping, sums)
