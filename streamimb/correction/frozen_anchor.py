"""A frozen anchor: the class prior as it was after a number of labels."""

from collections.abc import Iterator
from math import inf
from typing import Any

from streamimb._kernels.saved import alike, entries, refused, whole
from streamimb.parameters import Part, count
from streamimb.protocols import Features
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import PARAMETERS, begin_prior


class FrozenAnchor(Part):
    """The log-odds of the class prior as they were after a number of labels.

    Use it where labels come so late that the live prior is out of date: the learner's own intercept then learns
    the base rate.

    **Cost**: one update of the prior per label until it is frozen, then none.

    Parameters
    ----------
    prior
        Initial P(True), in (0, 1), or a `stats.ClassPrior` whose parameters are used.
    after
        Number of labels after which it is frozen, > 0; those before the first False do not count.

    Raises
    ------
    ValueError
        For a `prior` or `after` out of range, or a weight that is negative or not finite.

    Examples
    --------
    >>> from streamimb import correction
    >>> anchor = correction.FrozenAnchor(after=1000)
    >>> for i in range(5000):
    ...     anchor.learn_one({}, i % 10 == 0 if i < 1000 else True, 0.1)
    >>> round(anchor.logit_one({}), 1)
    -2.2
    """

    def __init__(self, prior: float | ClassPrior = 0.05, after: int = 2000) -> None:
        self.prior = prior
        self.after = count("after", after, "labels")
        self._prior = begin_prior(prior)
        self._seen = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"after": 100}

    def logit_one(self, x: Features) -> float:
        """Return the log-odds of True; x is not used."""
        return self._prior.logit

    def learn_one(self, x: Features, y: Any, p: float, w: float = 1.0) -> None:
        """Count one labelled event of weight w; w = 0 changes nothing, and once frozen no event does."""
        if not 0.0 <= w < inf:
            raise ValueError("w: expected a finite number >= 0")
        if w > 0.0 and self._seen < self.after:
            self._prior.update(y, w)
            self._seen += self._prior.knows_bool(False)

    def __getstate__(self) -> dict[str, Any]:
        return {"prior": self.prior, "after": self.after, "_prior": self._prior, "_seen": self._seen}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "prior", "after", "_prior", "_seen")
        fresh = FrozenAnchor(saved["prior"], saved["after"])  # checks them
        if not isinstance(saved["_prior"], ClassPrior):
            raise refused("_prior", "a ClassPrior")
        alike(saved["_prior"].__getstate__(), fresh._prior.__getstate__(), *PARAMETERS)
        seen = whole(saved, "_seen", 0, fresh.after)
        vars(self).update(prior=fresh.prior, after=fresh.after, _prior=saved["_prior"], _seen=seen)
