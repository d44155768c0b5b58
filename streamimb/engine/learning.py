"""Teaches a model labelled events, once each; counts them, and what the model raises."""

from collections.abc import Callable
from typing import Any

from streamimb.compose import GuardedClassifier
from streamimb.engine.counters import Counters
from streamimb.engine.errors import named
from streamimb.protocols import Features, LearningError, Served


class Learning:
    """The labelled events that a model learns.

    `kept_share` is taken from the model at every 16th label. `last_error` is the last exception of the model, for the
    log: its class, and its message only where streamimb wrote it. `warmed` is called once, when the model has learned
    enough to be measured.

    Cost: about .2 µs per event beside the model.
    """

    __slots__ = ("_cold", "_counts", "_learn", "_model", "_warmed", "kept_share", "last_error")

    def __init__(self, model: GuardedClassifier, counts: Counters, warmed: Callable[[], None]) -> None:
        self._warmed = warmed
        self.last_error = ""
        self.bind(model, counts, model.kept_share)

    def bind(self, model: GuardedClassifier, counts: Counters, kept_share: float) -> None:
        """Go on with another model and its counts."""
        self._model, self._counts, self.kept_share = model, counts, kept_share
        self._learn: Callable[..., None] = model.learn_served_one
        self._cold = counts.cold

    def teach(self, x: Features, y: bool | str, memo: tuple[float, ...]) -> None:
        """Learn, without a second attempt: a model that raises may have learned a part."""
        try:
            self._learn(x, y, 1.0, memo or None)
        except Exception as error:  # noqa: BLE001  a user's model may raise anything: counted, named
            self.failed(error)
            return
        self.learned(y)

    def failed(self, error: BaseException) -> None:
        """Count an event at which the model raised."""
        self._counts.learn_failed += 1
        self.last_error = named(error)

    def learned(self, y: bool | str) -> None:
        """Count an event that was learned."""
        counts = self._counts
        counts.learned_positive += y if y is True or y is False else counts.learn_class(y)
        counts.learned = learned = counts.learned + 1
        if self._cold and not counts.cold:
            self._cold = False
            self._warmed()
        # Not at each label, which would take a fifth of the time of the path; its half-life is 20,000.
        if not learned & 15:
            self.kept_share = self._model.kept_share


def while_learning(error: Exception, y: bool | str | None) -> tuple[Any, BaseException | None]:
    """Return what was served and what the model raised while it learned an event of label y; else None twice.

    A model may itself raise a `LearningError`, also one without a `Served`.

    Cost: O(1).
    """
    served = getattr(error, "served", None) if y is not None and type(error) is LearningError else None
    return (served, error.__cause__ or error) if type(served) is Served else (None, None)
