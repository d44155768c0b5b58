"""The two-clock prior route: a fast clock for the truth, the learner's own for what it was given.

Knows any classifier by `learn_one` and `predict_proba_one`; never the sampler.
"""

from collections.abc import Iterator, Mapping
from math import log
from typing import Any

from river import base

from streamimb.correction.anchor import Anchor
from streamimb.correction.given import give, own
from streamimb.correction.odds import logit, normalised, sigmoid
from streamimb.protocols import Features, Proba
from streamimb.stats import ClassPrior

FEWEST = 5  # positives learned before the learner is listened to
HALF_LIFE = 2000  # learned copies


class PriorRatio(base.Base):
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

    References
    ----------
    Elkan (2001), The foundations of cost-sensitive learning, IJCAI; Dal Pozzolo et al. (2015),
    doi:10.1109/SSCI.2015.33. Both take one fixed prior for granted: the two clocks are ours.
    """

    def __init__(self, anchor: Anchor, draws: bool = True) -> None:
        self.anchor = anchor
        self.draws = draws
        self._fade = 0.5 ** (1.0 / HALF_LIFE)
        self._positive = 0.0
        self._negative = 0.0
        self._seen = 0
        self._given: dict[Any, float] = {}

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"anchor": ClassPrior()}

    def pilot_one(self, learner: Any, x: Features) -> float:
        """The learner's own probability; the corrected one would be circular."""
        return own(learner, x, self.anchor.rate)

    def correct_one(self, p: float, shift: float) -> float:
        """The ratio of two priors; the shift is in the mass that was given."""
        if self._seen < FEWEST:
            return self.anchor.rate
        trained = log((self._positive + 0.5) / (self._negative + 0.5))
        return sigmoid(logit(p) + self.anchor.logit - trained)

    def raw_one(self, p: float, shift: float) -> float:
        """The learner's own probability."""
        return p

    def learn_one(
        self,
        learner: Any,
        x: Features,
        y: bool,
        shift: float,
        rate: float,
        w: float,
        copies: float,
        more: Mapping[str, Any],
    ) -> None:
        """Copies to the learner, mass to its clock, the label to the other."""
        if copies > 0.0:
            give(learner, x, y, w, copies, self.draws, more)
            # One decay per learned copy; a copy of weight w is one copy with more mass.
            fade = self._fade ** (copies if self.draws else 1.0)
            mass = w * copies
            self._positive = fade * self._positive + (mass if y else 0.0)
            self._negative = fade * self._negative + (0.0 if y else mass)
            if y:
                self._seen += 1
        self.anchor.update(y, w)

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """p_k m_k / a_k, normalised."""
        m = self.anchor.get()
        total = sum(self._given.values()) + 0.5 * len(p)
        return normalised(
            {k: q * m[k] * total / (self._given.get(k, 0.0) + 0.5) if k in m else q for k, q in p.items()}
        )

    def learn_class(
        self,
        learner: Any,
        x: Features,
        y: Any,
        rates: Mapping[Any, float],
        w: float,
        copies: float,
        more: Mapping[str, Any],
    ) -> None:
        """As `learn_one`, with one mass per class."""
        if copies > 0.0:
            give(learner, x, y, w, copies, self.draws, more)
        if not self._given and self._positive + self._negative > 0.0:
            self._given = {False: self._negative, True: self._positive}  # as long as there were two classes
        if copies > 0.0:
            fade = self._fade ** (copies if self.draws else 1.0)
            for k in self._given:
                self._given[k] *= fade
            self._given[y] = self._given.get(y, 0.0) + w * copies
        self.anchor.update(y, w)
