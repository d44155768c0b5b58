"""Teaches a model labelled events, once each; counts them, and what the model raises."""

from collections.abc import Callable
from typing import Any

from streamimb.compose import GuardedClassifier
from streamimb.engine.breaker import Breaker
from streamimb.engine.counters import Counters
from streamimb.engine.errors import named
from streamimb.protocols import Features, LearningError, Served


class Learning:
    """The labelled events that a model learns.

    `kept_share` is taken from the model at every 16th label. `last_error` is the last exception of the model, for the
    log: its class, and its message only where streamimb wrote it. `turned` is called when the model has learned enough
    to be measured, and when the breaker pauses learning or ends the pause.

    Cost: about .2 µs per event beside the model.
    """

    __slots__ = ("_cold", "_counts", "_learn", "_model", "_turned", "breaker", "kept_share", "last_error")

    def __init__(
        self, model: GuardedClassifier, counts: Counters, breaker: Breaker, turned: Callable[[], None]
    ) -> None:
        self._turned = turned
        self.last_error = ""
        self.bind(model, counts, breaker, model.kept_share)

    def bind(self, model: GuardedClassifier, counts: Counters, breaker: Breaker, kept_share: float) -> None:
        """Go on with another model and its counts."""
        self._model, self._counts, self.breaker, self.kept_share = model, counts, breaker, kept_share
        self._learn: Callable[..., None] = model.learn_served_one
        self._cold = counts.cold

    def teach(self, x: Features, y: bool | str, memo: tuple[float, ...], w: float = 1.0) -> None:
        """Learn, without a second attempt: a model that raises may have learned a part."""
        try:
            self._learn(x, y, w, memo or None)
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
            self._turned()
        # Not at each label, which would take a fifth of the time of the path; its half-life is 20,000.
        if not learned & 15:
            self.kept_share = self._model.kept_share
        if y is True:
            self._positive()

    def pass_over(self, x: Features, y: bool | str, memo: tuple[float, ...], w: float = 1.0) -> None:
        """Take the place of `teach` while learning is paused."""
        self.passed(y)

    def passed(self, y: bool | str) -> None:
        """Count an event that was not learned because learning is paused."""
        counts = self._counts
        counts.passed_over += 1
        if y is True:
            counts.passed_over_positive += 1
            self._positive()
        elif not counts.passed_over & 15:
            self.breaker.look(counts.learned + counts.passed_over)
            if not self.breaker.is_open:
                self._turned()

    def _positive(self) -> None:
        """Let the breaker see a positive."""
        breaker, was = self.breaker, self.breaker.is_open
        breaker.positive(self._counts.learned + self._counts.passed_over)
        if breaker.is_open is not was:
            self._turned()


def while_learning(error: Exception, y: bool | str | None) -> tuple[Any, BaseException | None]:
    """Return what was served and what the model raised while it learned an event of label y; else None twice.

    A model may itself raise a `LearningError`, also one without a `Served`.

    Cost: O(1).
    """
    served = getattr(error, "served", None) if y is not None and type(error) is LearningError else None
    return (served, error.__cause__ or error) if type(served) is Served else (None, None)
