"""The prior route for rates that depend on the event: take out the shift at the learner's own raw score.

Knows any classifier by `learn_one` and `predict_proba_one`; never the sampler.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from river import base

from streamimb.correction.anchor import Anchor
from streamimb.correction.given import give, own
from streamimb.correction.odds import logit, normalised, sigmoid
from streamimb.protocols import Features, Proba
from streamimb.stats import ClassPrior

FEWEST = 5  # positives learned before the learner is listened to


class SelfPilot(base.Base):
    r"""Serve $\sigma(f(x) - \text{shift}(x))$, the rates asked for at the learner's own $\sigma(f)$.

    The rates were drawn at that same score, so the shift is the one that was put in. Until five positives
    were learned the class prior is served. With K classes $q_k \propto p_k / r_k(x)$.

    **Cost**: one logit and one exponential.

    Parameters
    ----------
    anchor
        The prior to serve until the learner is listened to.
    draws
        Whether copies are drawn (else an example of that weight is given).

    References
    ----------
    The fixed-rate form is Elkan (2001), The foundations of cost-sensitive learning, IJCAI.
    """

    def __init__(self, anchor: Anchor, draws: bool = True) -> None:
        self.anchor = anchor
        self.draws = draws
        self._seen = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"anchor": ClassPrior()}

    def pilot_one(self, learner: Any, x: Features) -> float:
        """The learner's own probability; the corrected one would be circular."""
        return own(learner, x, self.anchor.rate)

    def correct_one(self, p: float, shift: float) -> float:
        """Without the shift."""
        return self.anchor.rate if self._seen < FEWEST else sigmoid(logit(p) - shift)

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
        """Copies to the learner, the label to the prior."""
        if copies > 0.0:
            give(learner, x, y, w, copies, self.draws, more)
            if y:
                self._seen += 1
        self.anchor.update(y, w)

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """p_k / r_k, normalised."""
        return normalised({k: q / rates.get(k, 1.0) for k, q in p.items()})

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
        """Copies to the learner, the label to the prior."""
        if copies > 0.0:
            give(learner, x, y, w, copies, self.draws, more)
        self.anchor.update(y, w)
