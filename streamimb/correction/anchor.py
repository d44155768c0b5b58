"""Where the log-odds hang: the class prior of the unsampled stream. Live it is the prior itself; here it freezes.

Knows the prior; never what is learned on top of it.
"""

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import whole
from streamimb.parameters import Part, count, refuse
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior


class FrozenAnchor(Part):
    """The class prior as it was after a number of labels.

    For labels so late that following the prior chases the past: a learner's own
    intercept then carries the base rate.

    **Cost**: that of the prior, until it is frozen.

    Parameters
    ----------
    prior
        The `stats.ClassPrior` to follow until then, or P(True) to start a fresh one from, in (0, 1).
    after
        Labels after which it stands still, > 0; those before the first False do not count.

    Raises
    ------
    ValueError
        For a `prior` that is none, or an `after` out of range.

    Examples
    --------
    >>> from streamimb import correction, stats
    >>> anchor = correction.FrozenAnchor(stats.ClassPrior(), after=1000)
    >>> for i in range(5000):
    ...     anchor.update(i % 10 == 0 if i < 1000 else True, 1.0)
    >>> round(anchor.rate, 2)
    0.1
    """

    def __init__(self, prior: float | ClassPrior = 0.05, after: int = 2000) -> None:
        self.prior = prior
        self._prior = prior if isinstance(prior, ClassPrior) else begin_prior(prior)
        self.after = count("after", after, "labels")
        self._seen = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"prior": ClassPrior()}

    def _check_saved(self, state: Any) -> None:
        super()._check_saved(state)
        whole(state, "_seen", 0, state["after"])

    @property
    def logit(self) -> float:
        """Log-odds of True."""
        return self._prior.logit

    @property
    def rate(self) -> float:
        """P(True)."""
        return self._prior.rate

    def knows_bool(self, y: bool) -> bool:
        """Whether a label of class y was counted yet."""
        return self._prior.knows_bool(y)

    def update(self, y: Any, w: float) -> None:
        """One labelled event; without effect once frozen."""
        if self._seen < self.after:
            self._prior.update(y, w)
            self._seen += self._prior.knows_bool(False)

    def get(self) -> dict[Any, float]:
        """The prior of each class."""
        return self._prior.get()


Anchor = ClassPrior | FrozenAnchor


def check_anchor(anchor: Anchor) -> Anchor:
    """Return the anchor; raise ValueError where it is none."""
    if not isinstance(anchor, Anchor):
        refuse("anchor", anchor, "a stats.ClassPrior() or a correction.FrozenAnchor()")
    return anchor
