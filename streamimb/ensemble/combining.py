"""How the answers of an ensemble's members become one: the mean, or what else has the methods of `Combiner`."""

from __future__ import annotations

from typing import Any, Protocol

from streamimb._kernels.answer import other_classes
from streamimb._kernels.saved import entries
from streamimb.protocols import Label, Proba
from streamimb.stats import ClassPrior


class Combiner(Protocol):
    """Makes one answer of the corrected probabilities of all members."""

    judges: bool  # whether it learns from the answers and the label of each event, by a class prior

    @property
    def prior(self) -> ClassPrior | None:
        """That prior."""

    def answer(self, answers: list[dict[Any, float]]) -> dict[Any, float]:
        """Return the probability of each class."""

    def learn(self, answers: list[dict[Any, float]], y: Label, w: float, prior: Proba | None = None) -> None:
        """Learn from what the members said of an event of weight w > 0, and the prior of then; None: that of now."""

    def state(self) -> dict[str, Any]:
        """What it has learned, as data."""

    def resume(self, state: Any) -> None:
        """Continue from what `state` gave; raise ValueError, and change nothing, where it is no such state."""


class Mean:
    """The mean of the answers; it learns nothing.

    Cost: O(members × classes).
    """

    judges = False
    prior = None

    def answer(self, answers: list[dict[Any, float]]) -> dict[Any, float]:
        """Return the mean of each class."""
        return mean(answers)

    def learn(self, answers: list[dict[Any, float]], y: Label, w: float, prior: Proba | None = None) -> None:
        """Do nothing: it judges no member."""

    def state(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def resume(self, state: Any) -> None:
        """Refuse what is not empty."""
        entries(state)


def mean(answers: list[dict[Any, float]], weights: list[float] | None = None) -> dict[Any, float]:
    """Return the mean of probabilities, weighted where weights that sum to 1 are given.

    Cost: O(members × classes).

    Examples
    --------
    >>> mean([{False: 0.9, True: 0.1}, {False: 0.7, True: 0.3}])[True]
    0.2
    """
    share = 1.0 / len(answers)
    parts = zip(answers, [share] * len(answers) if weights is None else weights, strict=True)
    total: dict[Any, float] = {}
    for answer, weight in parts:
        for label, p in answer.items():
            total[label] = total.get(label, 0.0) + weight * p
    if other_classes(total):
        whole_ = sum(total.values())
        return {label: p / whole_ for label, p in total.items()}
    p = min(1.0, total[True])
    return {False: 1.0 - p, True: p}
