"""Samplers that follow a class prior of their own, as the wrapper does for them."""

from __future__ import annotations

from typing import Any

from streamimb import sampling, stats


def following(kind: Any) -> Any:
    class Followed(kind):
        """Takes neither rates nor labels without the prior; here it brings its own."""

        @property
        def _prior(self) -> stats.ClassPrior:
            return vars(self).setdefault("_followed", stats.ClassPrior())

        def rates_one(self, x: Any, p: Any, prior: Any = None) -> Any:
            return super().rates_one(x, p, self._prior.over(p) if prior is None else prior)

        def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
            super().learn_one(x, y, p, rates, self._prior.over(p), w)
            self._prior.update(y, w)

    return Followed


ClassWeights = following(sampling.ClassWeights)
ScoreUnderSampler = following(sampling.ScoreUnderSampler)
UnderSampler = following(sampling.UnderSampler)
