"""The weight route: what is learned stands for what was left out. Asked for, never chosen for you.

Knows any classifier that honours `w`; never the sampler.
"""

from collections.abc import Mapping
from typing import Any

from streamimb.correction.anchor import Anchor, check_anchor
from streamimb.correction.own_pilot import OwnPilot
from streamimb.protocols import Features, Proba


class Weight(OwnPilot):
    r"""Give every kept example the weight $w \cdot \text{copies} / r(x, y)$; serve as learned.

    Unbiased, at the price of variance (d = +.010 to +.031 where the offset costs +.003 to +.006), and ruinous
    for Hoeffding trees.

    **Cost**: one division.

    Parameters
    ----------
    anchor
        The prior to serve until the learner has learned anything.

    Raises
    ------
    ValueError
        For what is no anchor.

    References
    ----------
    Horvitz, Thompson (1952), doi:10.1080/01621459.1952.10483446; the figures are of our own prototype.
    """

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = check_anchor(anchor)

    def correct_one(self, p: float, shift: float) -> float:
        """Return p, which needs no correction; the prior until the first False."""
        return p if self.anchor.knows_bool(False) else self.anchor.rate

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """Nothing is to be taken out."""
        return dict(p)

    def _give(
        self, learner: Any, x: Features, y: Any, rate: float, w: float, copies: float, more: Mapping[str, Any]
    ) -> None:
        """One example for all copies."""
        learner.learn_one(x, y, w=w * copies / rate, **more)
