"""Two samplers at once: their rates multiply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.adapters import rates_of
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.product_rate import ProductRate
from streamimb._kernels.saved import entries
from streamimb.parameters import Part, refuse
from streamimb.protocols import Features, Label, Proba, Sampler
from streamimb.sampling.under_sampler import UnderSampler


class Product(ProductRate, Part):
    r"""Sample by two policies at once: $r(x, k) = r_1(x, k)\, r_2(x, k)$.

    The shifts of the two add up, and the wrapper removes the sum once. Each sampler computes its rates and learns as
    if it were alone, from its own rates and the prior of the unsampled stream: two samplers with a share do not have
    either share together. Two that thin the same class keep so few of its events that a learner is uncertain and its
    mean P(True) too high (1.0-1.6 x over 100,000 events at 1 % with shares of .2 and .3), which a calibrator repairs:
    give one of them a `keep_rate`. Products may be nested. The product is kept within 1e-6 and 10^6 (weights: 10^15).

    **Cost**: that of both samplers, with the rates computed twice for a labelled event.

    Parameters
    ----------
    first, second
        Two samplers that both draw copies or both give weights; they are used themselves, not copied.

    Raises
    ------
    ValueError
        Where one is no sampler, one draws and the other gives weights, or a sampler is given twice; where a weight is
        negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.Product(sampling.UnderSampler(keep_rate=0.1), sampling.OverSampler(share=0.2))
    >>> p = prior = {False: 0.99, True: 0.01}
    >>> for y in (False, True):
    ...     sampler.learn_one({}, y, p, sampler.rates_one({}, p, prior), prior)
    >>> rates = sampler.rates_one({}, p, prior)
    >>> rates[False], rates[True]
    (0.1, 24.75)

    References
    ----------
    Fithian, W. and Hastie, T. (2014). Local case-control sampling. https://doi.org/10.1214/14-AOS1220: shifts of the
    log-odds add up.
    """

    def __init__(self, first: Sampler, second: Sampler) -> None:
        for name, part in (("first", first), ("second", second)):
            if isinstance(part, type) or not isinstance(part, Sampler):
                refuse(name, part, "a sampler, such as sampling.UnderSampler(share=0.2)")
        if first.draws != second.draws:
            draws, weighs = (first, second) if first.draws else (second, first)
            raise ValueError(
                f"first, second: {type(draws).__name__} draws copies and {type(weighs).__name__} gives weights; take "
                "two of one kind, such as sampling.OverSampler in place of sampling.ClassWeights"
            )
        parts = [id(part) for each in (first, second) for part in factors(each)]
        if len(set(parts)) < len(parts):
            raise ValueError(
                f"first, second: {type(second).__name__} is given twice and would learn every event twice; "
                "give a clone of it"
            )
        self.first = first
        self.second = second
        self._join()

    def _join(self) -> None:
        self.depends_on_x = self.first.depends_on_x or self.second.depends_on_x
        self.draws = self.first.draws
        ProductRate.__init__(self, rates_of(self.first), rates_of(self.second))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"first": UnderSampler(keep_rate=0.5), "second": UnderSampler(share=0.2)}

    def rates_one(self, x: Features, p: Proba, prior: Proba) -> dict[Any, float]:
        """Return the product of the rates of each class of p."""
        rates: dict[Any, float] = self.product(
            p, self.first.rates_one(x, p, prior), self.second.rates_one(x, p, prior)
        )
        return rates

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, prior: Proba, w: float = 1.0) -> None:
        """Let each sampler learn the event with its own rates; w = 0 changes nothing."""
        w = checked_weight(w)
        both = [(part, part.rates_one(x, p, prior)) for part in (self.first, self.second)]
        for part, own in both:
            part.learn_one(x, y, p, own, prior, w)

    def factors(self) -> Iterator[Any]:
        """Yield the samplers of the product, and of products in it."""
        yield from factors(self.first)
        yield from factors(self.second)

    def __getstate__(self) -> dict[str, Any]:
        return {"first": self.first, "second": self.second}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "first", "second")
        Product(saved["first"], saved["second"])  # checks them
        vars(self).update(saved)
        self._join()


def factors(sampler: Any) -> Iterator[Any]:
    """The samplers whose rates are multiplied, as `factors` of a sampler tells; one without it is its own factor."""
    tell = getattr(sampler, "factors", None)
    return tell() if callable(tell) else iter((sampler,))
