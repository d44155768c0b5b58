"""Members weighted by the Matthews correlation of their balanced decisions: for `CostSensitiveForestClassifier`."""

from __future__ import annotations

import math
from typing import Any

from streamimb._kernels.saved import entries, listed, refused, row, whole
from streamimb.ensemble.combining import mean
from streamimb.ensemble.fixed_share import tilted
from streamimb.metrics import MCC
from streamimb.protocols import Label, Proba
from streamimb.stats import ClassPrior

HALF_LIFE = 5_000.0  # events, of the correlations
RENEWED = 100  # events from one computation of the weights to the next
LEAST = 0.01  # a correlation below this counts as this, so that no member is lost for good


def balanced(p: Proba, prior: Proba) -> Any:
    """Return the class whose probability is the highest in proportion to its prior.

    Cost: O(classes).

    Examples
    --------
    >>> balanced({False: 0.9, True: 0.1}, {False: 0.98, True: 0.02})
    True
    """
    even = tilted(p, prior, 1.0)
    return max(even, key=even.__getitem__)


class MatthewsWeights:
    """The mean of the answers, weighted by the members' decayed Matthews correlations of some hundred events ago.

    Cost: O(members × classes); 4 µs per member and label.

    Parameters
    ----------
    n
        Members.
    prior
        P(True) until the first negative has come; then it counts as one label.

    Examples
    --------
    >>> weights = MatthewsWeights(2, 0.1)
    >>> for y in (True, False) * 50:
    ...     weights.learn([{False: 1.0 - y, True: y}, {False: y, True: 1.0 - y}], y, 1.0)
    >>> [round(share, 2) for share in weights.shares]
    [0.99, 0.01]
    """

    judges = True

    def __init__(self, n: int, prior: float) -> None:
        self.prior = ClassPrior(prior=prior)
        self.of = [MCC(half_life=HALF_LIFE) for _ in range(n)]
        self.shares = [1.0 / n] * n
        self.left = RENEWED

    def answer(self, answers: list[dict[Any, float]]) -> dict[Any, float]:
        """Return the weighted mean of each class."""
        return mean(answers, self.shares)

    def learn(self, answers: list[dict[Any, float]], y: Label, w: float, prior: Proba | None = None) -> None:
        """Judge each member's balanced decision, and count the label."""
        at: Proba = self.prior.get() if prior is None else prior
        for metric, answer in zip(self.of, answers, strict=True):
            metric.update(y, balanced(answer, at), w)
        self.prior.update(y, w)
        self.left -= 1
        if not self.left:
            self.left = RENEWED
            kept = [max(LEAST, value) if (value := metric.get()) == value else LEAST for metric in self.of]
            total = math.fsum(kept)
            self.shares = [value / total for value in kept]

    def state(self) -> dict[str, Any]:
        """The correlations, the weights and the prior, for a snapshot."""
        return {"of": self.of, "shares": self.shares, "left": self.left, "prior": self.prior}

    def resume(self, state: Any) -> None:
        """Continue from what `state` gave; nothing changes where it is refused."""
        saved = entries(state, "of", "shares", "left", "prior")
        shares, left = row(saved, "shares", len(self.of), 0.0, 1.000001), whole(saved, "left", 1, RENEWED)
        if not 0.999999 <= math.fsum(shares) <= 1.000001:
            raise refused("shares", "weights that sum to 1")
        found = listed(saved, "of", len(self.of))
        if any(
            type(metric) is not MCC or metric._get_params() != self.of[0]._get_params() for metric in found
        ):
            raise refused("of", "a metrics.MCC for each member")
        prior = saved["prior"]
        if type(prior) is not ClassPrior or prior._get_params() != self.prior._get_params():
            raise refused("prior", "a ClassPrior with these parameters")
        self.of, self.prior, self.shares, self.left = found, prior, list(shares), left
