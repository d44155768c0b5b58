"""What a route must do. It knows learners by their protocol, rates as numbers, and nothing else."""

from collections.abc import Mapping
from typing import Any, Protocol

from streamimb.protocols import Features, Proba


class Route(Protocol):
    """One way of taking a shift of the log-odds, log r(x, 1) - log r(x, 0), out again."""

    def pilot_one(self, learner: Any, x: Features) -> float:
        """P(True) at which rates are asked for: corrected where the learner takes an offset, else its own."""

    def correct_one(self, p: float, shift: float) -> float:
        """P(True) on the unsampled stream, from the pilot and the shift at it."""

    def raw_one(self, p: float, shift: float) -> float:
        """P(True) as an uncorrected sampler would say."""

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
        """Gives the learner an event of weight w, `copies` times (as one example where it is a weight).

        `more` are keywords its `learn_one` declares.
        """

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """The same for any number of classes: probabilities on the unsampled stream."""

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
        """Gives the learner an event of any class."""
