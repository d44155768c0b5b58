"""The two-clock prior route: a fast clock for the truth, the learner's own for what it was given.

Knows any classifier by `learn_one` and `predict_proba_one`; never the sampler.
"""

from collections.abc import Mapping
from math import log
from typing import Any

from streamimb._kernels.saved import number, whole
from streamimb.correction.anchor import Anchor, check_anchor
from streamimb.correction.given import FEWEST, give
from streamimb.correction.odds import logit, normalised, sigmoid
from streamimb.correction.own_pilot import OwnPilot
from streamimb.parameters import switch
from streamimb.protocols import Features, Proba

HALF_LIFE = 2000  # learned copies


class PriorRatio(OwnPilot):
    r"""Serve $\operatorname{odds}(p)\cdot\frac{m}{1-m}\Big/\frac{A+\frac12}{K+\frac12}$.

    $m$ is the prior of now on the unsampled stream, $A$ and $K$ the positive and negative mass the learner
    was given, decayed per learned copy (half-life 2,000). It takes out the sampling and the learner's lag
    in the base rate. Exact where the rate is the same for all x; until five positives were learned, $m$ is
    served. With K classes $q_k \propto p_k\, m_k / a_k$.

    **Cost**: O(classes) time and memory.

    Parameters
    ----------
    anchor
        Where $m$ comes from.
    draws
        Whether copies are drawn (else an example of that weight is given).

    Raises
    ------
    ValueError
        For what is no anchor, or a `draws` that is no bool.

    References
    ----------
    Elkan (2001), The foundations of cost-sensitive learning, IJCAI; Dal Pozzolo et al. (2015),
    doi:10.1109/SSCI.2015.33. Both take one fixed prior for granted: the two clocks are ours.
    """

    def __init__(self, anchor: Anchor, draws: bool = True) -> None:
        self.anchor = check_anchor(anchor)
        switch("draws", draws)
        self.draws = draws
        self._fade = 0.5 ** (1.0 / HALF_LIFE)
        self._given: dict[Any, float] = {}
        self._seen = 0

    def _check_saved(self, state: Any) -> None:
        super()._check_saved(state)
        whole(state, "_seen")
        number(state, "_fade", 0.5 ** (1.0 / HALF_LIFE), 0.5 ** (1.0 / HALF_LIFE))
        for label in state["_given"]:
            number(state["_given"], label, 0.0)

    def correct_one(self, p: float, shift: float) -> float:
        """The ratio of two priors; the shift is in the mass that was given."""
        if self._seen < FEWEST or not self.anchor.knows_bool(False):
            return self.anchor.rate
        given = self._given
        trained = log((given.get(True, 0.0) + 0.5) / (given.get(False, 0.0) + 0.5))
        return sigmoid(logit(p) + self.anchor.logit - trained)

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """p_k m_k / a_k, normalised."""
        m = self.anchor.get()
        total = sum(self._given.values()) + 0.5 * len(p)
        return normalised(
            {k: q * m[k] * total / (self._given.get(k, 0.0) + 0.5) if k in m else q for k, q in p.items()}
        )

    def _give(
        self, learner: Any, x: Features, y: Any, rate: float, w: float, copies: float, more: Mapping[str, Any]
    ) -> None:
        give(learner, x, y, w, copies, self.draws, more)
        # One decay per learned copy; a copy of weight w is one copy with more mass.
        fade = self._fade ** (copies if self.draws else 1.0)
        for k in self._given:
            self._given[k] *= fade
        self._given[y] = self._given.get(y, 0.0) + w * copies
        self._seen += y is True
