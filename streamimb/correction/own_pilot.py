"""What the routes around a plain River classifier share: its own P(True) is the pilot, and what is kept is given.

Knows any classifier by `learn_one` and `predict_proba_one`; never the sampler.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from streamimb.correction.anchor import Anchor
from streamimb.correction.given import own
from streamimb.parameters import Part
from streamimb.protocols import Features, Proba
from streamimb.stats import ClassPrior


class OwnPilot(Part, ABC):
    """A route that asks for rates at the learner's own probability; the corrected one would be circular."""

    anchor: Anchor

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"anchor": ClassPrior()}

    def pilot_one(self, learner: Any, x: Features) -> float:
        """The learner's own probability; the anchor's while it has none."""
        return own(learner, x, self.anchor.rate)

    def raw_one(self, p: float, shift: float) -> float:
        """The learner's own probability: what sampling did to it is in there."""
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
        """Give a kept event to the learner, and the label to the anchor.

        Before the first False the learner gets nothing: True labels alone cannot separate events, and the learner
        would have to unlearn them.
        """
        if copies > 0.0 and (not y or self.anchor.knows_bool(False)):
            self._give(learner, x, y, rate, w, copies, more)
        self.anchor.update(y, w)

    def learn_class(
        self,
        learner: Any,
        x: Features,
        y: Any,
        rates: Proba,
        w: float,
        copies: float,
        more: Mapping[str, Any],
    ) -> None:
        """The same, of any class."""
        if copies > 0.0:
            self._give(learner, x, y, rates[y], w, copies, more)
        self.anchor.update(y, w)

    @abstractmethod
    def correct_one(self, p: float, shift: float) -> float:
        """P(True) on the unsampled stream, from the pilot and the shift at it."""

    @abstractmethod
    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """Probabilities of all classes on the unsampled stream."""

    @abstractmethod
    def _give(
        self, learner: Any, x: Features, y: Any, rate: float, w: float, copies: float, more: Mapping[str, Any]
    ) -> None:
        """Teaches the learner an event that was kept, and takes note of it."""
