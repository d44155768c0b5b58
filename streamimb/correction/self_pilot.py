"""The prior route for rates that depend on the event: take out the shift at the learner's own raw score.

Knows any classifier by `learn_one` and `predict_proba_one`; never the sampler.
"""

from collections.abc import Mapping
from typing import Any

from streamimb._kernels.saved import whole
from streamimb.correction.anchor import Anchor, check_anchor
from streamimb.correction.given import FEWEST, give
from streamimb.correction.odds import logit, normalised, sigmoid
from streamimb.correction.own_pilot import OwnPilot
from streamimb.parameters import switch
from streamimb.protocols import Features, Proba


class SelfPilot(OwnPilot):
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

    Raises
    ------
    ValueError
        For what is no anchor, or a `draws` that is no bool.

    References
    ----------
    The fixed-rate form is Elkan (2001), The foundations of cost-sensitive learning, IJCAI.
    """

    def __init__(self, anchor: Anchor, draws: bool = True) -> None:
        self.anchor = check_anchor(anchor)
        switch("draws", draws)
        self.draws = draws
        self._seen = 0

    def _check_saved(self, state: Any) -> None:
        super()._check_saved(state)
        whole(state, "_seen")

    def correct_one(self, p: float, shift: float) -> float:
        """Without the shift."""
        if self._seen < FEWEST or not self.anchor.knows_bool(False):
            return self.anchor.rate
        return sigmoid(logit(p) - shift)

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """p_k / r_k, normalised."""
        return normalised({k: q / rates.get(k, 1.0) for k, q in p.items()})

    def _give(
        self, learner: Any, x: Features, y: Any, rate: float, w: float, copies: float, more: Mapping[str, Any]
    ) -> None:
        give(learner, x, y, w, copies, self.draws, more)
        self._seen += y is True
