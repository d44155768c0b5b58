"""Samplers that follow a class prior of their own, as the wrapper does for them."""

from __future__ import annotations

from typing import Any

from streamimb import sampling, stats


def prior_of(sampler: Any) -> stats.ClassPrior:
    prior: stats.ClassPrior = vars(sampler).setdefault("_followed", stats.ClassPrior())
    return prior


def following(kind: Any) -> Any:
    """A subclass that is given neither rates nor labels with the prior: it brings its own."""

    def rates_one(self: Any, x: Any, p: Any, prior: Any = None) -> Any:
        return kind.rates_one(self, x, p, prior_of(self).over(p) if prior is None else prior)

    def learn_one(self: Any, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        kind.learn_one(self, x, y, p, rates, prior_of(self).over(p), w)
        prior_of(self).update(y, w)

    methods = {"_prior": property(prior_of), "rates_one": rates_one, "learn_one": learn_one}
    return type("Followed", (kind,), methods)


BothSampler = following(sampling.BothSampler)
ClassWeights = following(sampling.ClassWeights)
OverSampler = following(sampling.OverSampler)
ScoreUnderSampler = following(sampling.ScoreUnderSampler)
UnderSampler = following(sampling.UnderSampler)
