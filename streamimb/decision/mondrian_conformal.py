"""Sets of classes that contain the true class of a given share of events, for each class."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.answer import is_label
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, listed, refused
from streamimb.decision.threshold import checked_probability
from streamimb.parameters import Part, number, refuse
from streamimb.protocols import Label, Proba

MOST_CLASSES = 1_000
FARTHEST = 60.0  # bound of the log-odds of a threshold
CLIP = 1e-15
FASTEST = 4.0  # the step at the first event of a class
MOST_COUNTED = 1_000_000


class MondrianConformal(Part):
    r"""The classes that an event may have: the true one is among them for a share `coverage` of each class.

    The set has each class k with $\operatorname{logit} p_k \ge z_k$. After an event of class y,
    $z_y \leftarrow z_y - s_n\,(1\{y\ \text{missing}\} - (1 - coverage))$ with $s_n = \max(step, 4 / \sqrt n)$ at the
    n-th event of the class: adaptive conformal inference, once for each class. The first event sets z to its own
    log-odds; before that the class is in every set. A single threshold for all classes would reach 90 % at a base rate
    of 1 % without ever covering a positive.

    **Cost**: O(K), two numbers for each class, at most 1,000 classes.

    Parameters
    ----------
    coverage
        Share of the events of each class whose set has their class, in (0, 1).
    step
        Least change of z, in log-odds, in (0, 10]. A larger one follows a shift sooner, and makes larger sets.

    Raises
    ------
    ValueError
        A parameter is out of its range; a probability is not in [0, 1]; a class more than 1,000.

    Examples
    --------
    >>> import random
    >>> from streamimb import decision
    >>> rule, rng = decision.MondrianConformal(coverage=0.9), random.Random(1)
    >>> covered, n = {False: 0, True: 0}, {False: 0, True: 0}
    >>> for _ in range(20_000):
    ...     p = rng.betavariate(0.5, 9.5)
    ...     y, proba = rng.random() < p, {False: 1 - p, True: p}
    ...     covered[y] += y in rule.classes_one(proba)
    ...     n[y] += 1
    ...     rule.learn_one(proba, y)
    >>> [round(covered[y] / n[y], 2) for y in (False, True)]
    [0.9, 0.9]

    References
    ----------
    Gibbs, I. and Candès, E. (2021). Adaptive Conformal Inference Under Distribution Shift, NeurIPS. Vovk, V.,
    Gammerman, A. and Shafer, G. (2005). Algorithmic Learning in a Random World (Mondrian predictors).
    """

    def __init__(self, coverage: float = 0.9, step: float = 0.2) -> None:
        self.coverage = number("coverage", coverage, lambda part: 0.0 < part < 1.0, "a share in (0, 1)")
        self.step = number("step", step, lambda size: 0.0 < size <= 10.0, "a step in (0, 10]")
        self._z: dict[Label, float] = {}
        self._n: dict[Label, int] = {}  # events of each class

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"coverage": 0.8}

    def classes_one(self, p: Proba) -> frozenset[Label]:
        """Return the classes that the event may have: of p, those at or above their threshold."""
        return frozenset(label for label, one in p.items() if log_odds(one) >= self._z.get(label, -FARTHEST))

    def learn_one(self, p: Proba, y: Label, w: float = 1.0) -> None:
        """Move the threshold of class y by an event whose probabilities were p."""
        if checked_weight(w) == 0.0:
            return
        z = self._z.get(y)
        if z is None:
            if not is_label(y) or len(self._z) == MOST_CLASSES:
                refuse(
                    "y",
                    type(y).__name__,
                    f"one of at most {MOST_CLASSES} classes: True, False, a text or an integer",
                )
            z = log_odds(p.get(y, 0.0))  # the first event of a class gives its scale
        missing = log_odds(p.get(y, 0.0)) < z
        n = self._n.get(y, 0) + 1
        step = min(w, 1.0) * max(self.step, FASTEST / math.sqrt(n))
        moved = z - step * ((1.0 if missing else 0.0) - (1.0 - self.coverage))
        self._z[y], self._n[y] = min(FARTHEST, max(-FARTHEST, moved)), min(n, MOST_COUNTED)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "coverage": self.coverage,
            "step": self.step,
            "thresholds": [[label, z, self._n[label]] for label, z in self._z.items()],
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "coverage", "step", "thresholds")
        fresh = MondrianConformal(saved["coverage"], saved["step"])
        for one in listed(saved, "thresholds"):
            label, z, n = listed({"thresholds": one}, "thresholds", 3)
            if not is_label(label) or label in fresh._z or type(z) is not float or not abs(z) <= FARTHEST:
                raise refused("thresholds", "labels that differ, each with its log-odds")
            if type(n) is not int or not 1 <= n <= MOST_COUNTED:
                raise refused("thresholds", "the number of events of each class")
            fresh._z[label], fresh._n[label] = z, n
        if len(fresh._z) > MOST_CLASSES:
            raise refused("thresholds", f"at most {MOST_CLASSES} of them")
        vars(self).update(vars(fresh))


def log_odds(p: float) -> float:
    """Return the log-odds of a probability, clipped at 1e-15."""
    clipped = min(1.0 - CLIP, max(CLIP, checked_probability(p)))
    return math.log(clipped / (1.0 - clipped))
