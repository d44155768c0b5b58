"""The threshold with the highest expected F-beta."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries
from streamimb._kernels.saved import number as saved_number
from streamimb.decision.threshold import checked_probability
from streamimb.parameters import Part, checked_half_life, number
from streamimb.protocols import Features, Reading

LEAST_ACTED = 1e-12  # least decayed number of actions


class FBetaThreshold(Part):
    r"""Act where this raises the expected $F_\beta$ of the recent events.

    With calibrated probabilities the expected $F_\beta$ of acting from t on is
    $F = (1 + \beta^2) \sum p\,1\{p \ge t\} / (\beta^2 \sum p + \sum 1\{p \ge t\})$, and the best t is
    $F / (1 + \beta^2)$: acting on one more event raises F where its p is above that. The sums are decayed and need no
    labels; the threshold follows them.

    **Cost**: O(1), three floats.

    Parameters
    ----------
    beta
        Weight of recall against precision, in [.01, 100]: 1 weighs both alike, 2 prefers recall.
    half_life
        Scored events after which one counts half; > 0.

    Raises
    ------
    ValueError
        A parameter is out of its range.

    Examples
    --------
    >>> import random
    >>> from streamimb import decision
    >>> rule, rng = decision.FBetaThreshold(), random.Random(1)
    >>> for i in range(20_000):
    ...     rule.observe_one(rng.betavariate(0.1, 2.0), {}, float(i))
    >>> round(rule.threshold_one({}, 0.0), 2)
    0.26

    References
    ----------
    Lipton, Z. C., Elkan, C. and Naryanaswamy, B. (2014). Optimal Thresholding of Classifiers to Maximize F1 Measure,
    ECML PKDD.
    """

    def __init__(self, beta: float = 1.0, half_life: float = 20_000) -> None:
        self.beta = number("beta", beta, lambda b: 0.01 <= b <= 100.0, "a number in [.01, 100]")
        self.half_life = checked_half_life(half_life)
        self._fade = 0.5 ** (1.0 / self.half_life)
        # One event of probability 1 that was acted on: F starts at 1, its bound.
        self._expected = self._acted = self._hits = 1.0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 500}

    @property
    def expected_f(self) -> float:
        """The expected F-beta of the decisions so far, decayed."""
        square = self.beta * self.beta
        return (1.0 + square) * self._hits / (square * self._expected + self._acted)

    def threshold_one(self, x: Features, t: float) -> float:
        """Return F / (1 + beta²)."""
        square = self.beta * self.beta
        return self._hits / (square * self._expected + self._acted)

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Add one event that was scored p."""
        acted = checked_probability(p) >= self.threshold_one(x, t)
        self._expected = self._fade * self._expected + p
        self._acted = self._fade * self._acted + (1.0 if acted else 0.0)
        self._hits = self._fade * self._hits + (p if acted else 0.0)
        if (
            self._acted < LEAST_ACTED
        ):  # no action for a long time: reset, so that the next likely event is acted on
            self._expected = self._acted = self._hits = max(LEAST_ACTED, self._expected)

    def readings(self) -> Iterator[Reading]:
        """Return the threshold, and the F-beta that is expected of it."""
        yield Reading(
            "f_beta_threshold", "Threshold with the best expected F-beta.", self.threshold_one({}, 0.0)
        )
        yield Reading("expected_f_beta", "Expected F-beta of the decisions.", self.expected_f)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "beta": self.beta,
            "half_life": self.half_life,
            "expected": self._expected,
            "acted": self._acted,
            "hits": self._hits,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "beta", "half_life", "expected", "acted", "hits")
        fresh = FBetaThreshold(saved["beta"], saved["half_life"])
        fresh._expected = saved_number(saved, "expected", 0.0, 1e15)
        fresh._acted = saved_number(saved, "acted", LEAST_ACTED, 1e15)
        fresh._hits = saved_number(saved, "hits", 0.0, fresh._acted)
        vars(self).update(vars(fresh))
