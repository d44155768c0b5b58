"""Samplers that follow a class prior of their own, as the wrapper does for them."""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamimb import sampling, stats


def following(kind: Any) -> Any:
    """A subclass that takes neither rates nor labels without the prior: it brings its own."""

    @wraps(kind.__init__)  # its signature, from which River clones
    def begin(self: Any, *arguments: Any, **options: Any) -> None:
        kind.__init__(self, *arguments, **options)
        self._prior = stats.ClassPrior()

    def rates_one(self: Any, x: Any, p: Any, prior: Any = None) -> Any:
        return kind.rates_one(self, x, p, self._prior.over(p) if prior is None else prior)

    def learn_one(self: Any, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        kind.learn_one(self, x, y, p, rates, self._prior.over(p), w)
        self._prior.update(y, w)

    return type("Followed", (kind,), {"__init__": begin, "rates_one": rates_one, "learn_one": learn_one})


ClassWeights = following(sampling.ClassWeights)
ScoreUnderSampler = following(sampling.ScoreUnderSampler)
UnderSampler = following(sampling.UnderSampler)
