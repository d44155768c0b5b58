"""Checks before the first record that the model can be saved and loaded again, that it gives a probability, and
that its sampler, correction and calibrator answer as they must.

The check uses a copy, loaded from the saved state, so the model itself does not change.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from streamimb._kernels.answer import ClassesError, ProbabilityError, probability
from streamimb._kernels.part_numbers import probabilities_from
from streamimb.config import ConfigError
from streamimb.engine import Engine, SnapshotError, state_of
from streamimb.engine.serving import serving
from streamimb.engine.unsaveable import fault_of
from streamimb.parameters import finite

_log = logging.getLogger("streamimb.cli")
NOTHING: Any = object()  # in place of an answer


def check(engine: Engine, *, allow_pickle: bool) -> None:
    """Refuses a model that could not be saved at the first checkpoint, or whose events would all be poison.

    Raises
    ------
    ConfigError
        The model fails; the message names the part and what to do.

    """
    try:
        snapshot = engine.snapshot()
    except SnapshotError as error:
        raise ConfigError(f"[model] {error}") from error
    try:
        state = state_of(snapshot, allow_pickle=allow_pickle)
        copy = state["model"]
    except SnapshotError as error:
        raise ConfigError(
            f"[model] the model can be saved, but not loaded again: {fault_of(engine.model.classifier)}"
        ) from error
    for wrapper in wrappers(copy):
        _parts_answer(wrapper, engine.classes or (False, True))
    try:
        serving(copy, state["measures"]).serve({})  # as the engine does
    except NotImplementedError as error:
        raise ConfigError(
            "[model] the classifier gives no probabilities (its predict_proba_one is not implemented), as "
            "ensemble.VotingClassifier and multiclass.OneVsOneClassifier of River do not: use one that does"
        ) from error
    except ClassesError as error:
        raise ConfigError(f"[model] {error}") from error
    except Exception as error:  # noqa: BLE001  a model may need its fields
        _log.debug("the model raises %s for an event without fields", type(error).__name__)


def wrappers(model: Any) -> Iterator[Any]:
    """Yield a model and the models inside it, by the wrapper that holds each."""
    while model is not None:
        yield model
        model = getattr(model, "_wrapped_model", None)


def _parts_answer(wrapper: Any, classes: tuple[Any, ...]) -> None:
    """Refuse a sampler, correction or calibrator of a wrapper that answers wrongly."""
    p = {label: 0.95 if label == classes[0] else 0.05 / (len(classes) - 1) for label in classes}
    rates: Any = dict.fromkeys(p, 1.0)
    for question in (
        Question(wrapper, "sampler", "rates_one", lambda part: part.rates_one({}, dict(p), dict(p)), "rate"),
        Question(
            wrapper, "correction", "correct_one", lambda part: part.correct_one(dict(p), dict(rates), dict(p))
        ),
        Question(wrapper, "calibrator", "calibrate_one", lambda part: _calibrated(part, p)),
    ):
        answer = question.asked()
        if answer is not NOTHING:
            question.check(answer, p)


def _calibrated(calibrator: Any, p: Mapping[Any, float]) -> Any:
    """The answer of a calibrator for each of the probabilities."""
    if getattr(calibrator, "joint", False):
        return calibrator.calibrate_one(dict(p))
    return {label: calibrator.calibrate_one(each) for label, each in p.items()}


class Question(NamedTuple):
    """What a part of a wrapper is asked about an event without fields."""

    wrapper: Any
    kind: str  # the wrapper's attribute that has the part
    method: str
    ask: Callable[[Any], Any]
    number: str = "probability"  # what it answers with for each class

    @property
    def part(self) -> Any:
        """The part; None where the wrapper has none that can be asked."""
        found = getattr(self.wrapper, self.kind, None)
        return found if callable(getattr(found, self.method, None)) else None

    def asked(self) -> Any:
        """Return the answer; `NOTHING` where there is no part, or one that raises because it reads features."""
        part = self.part
        if part is None:
            return NOTHING
        try:
            return self.ask(part)
        except Exception as error:
            if getattr(part, "depends_on_x", False) or getattr(part, "needs_x", False):
                return NOTHING
            raise self.refused(f"raises {type(error).__name__}") from error

    def check(self, answer: Any, p: Mapping[Any, float]) -> None:
        """Refuse an answer without a good number for each class of p."""
        if not isinstance(answer, Mapping):
            raise self.refused(f"gives {type(answer).__name__}, not a {self.number} for each class")
        for label in p:
            if label not in answer:
                raise self.refused(f"gives no {self.number} of the class {label!r}")
            if not self.good(answer[label]):
                shown = (
                    repr(answer[label])
                    if isinstance(answer[label], int | float)
                    else type(answer[label]).__name__
                )
                expected = "a finite rate above 0" if self.number == "rate" else "a probability in [0, 1]"
                raise self.refused(f"gives {shown}, not {expected}")
        if self.kind == "correction" or getattr(self.part, "joint", False):  # else each class is one answer
            try:
                probabilities_from(self.part, self.method, answer, p)
            except ProbabilityError as error:
                raise self.refused("gives probabilities that do not sum to 1") from error

    def good(self, number: Any) -> bool:
        """Whether a number is a rate, or a probability."""
        if self.number == "rate":
            return finite(number) and number > 0.0
        try:
            probability(number)
        except ProbabilityError:
            return False
        return True

    def refused(self, what: str) -> ConfigError:
        """The error that names the part."""
        return ConfigError(
            f"[model] the {self.kind} {type(self.part).__name__}: {self.method} {what}; every event would be rejected "
            "as poison: correct the class"
        )
