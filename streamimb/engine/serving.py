"""How an engine asks its model: for P(True), or for the probability of each class by name and a decision."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

from river import base

from streamimb._kernels import answer
from streamimb._kernels.limits import MOST_CLASSES
from streamimb._kernels.watch import Watch
from streamimb.compose import GuardedClassifier
from streamimb.engine.class_measures import ClassMeasures
from streamimb.engine.counters import Counters
from streamimb.engine.decided import Decided
from streamimb.engine.deciding import Deciding
from streamimb.engine.label_policy import LabelPolicy
from streamimb.engine.learning import while_learning
from streamimb.engine.measures import Measures
from streamimb.events import AnyScore, Score
from streamimb.protocols import Features, Served

MOST_OF_NAME = 200  # characters


class Serving(NamedTuple):
    """The methods of a guarded classifier that an engine calls with each event."""

    serve: Callable[[Features], Served]
    serve_learn: Callable[[Features, bool | str], Served]
    serve_again: Callable[[Features], Served]  # after a failure: the event was admitted already


def serving(model: GuardedClassifier, measures: Measures | ClassMeasures, paused: bool = False) -> Serving:
    """Return the model's methods that match these measures: P(True), or P of each class.

    Where learning is paused, the model only serves.
    """
    serve, serve_learn, serve_again = measures.methods_of(model)
    return Serving(serve, (lambda x, y: serve(x)) if paused else serve_learn, serve_again)


Decide = Callable[[float, Features, Features | None, float, bool, bool], Decided]
Answer = Callable[[Score, Served, Decided | None], AnyScore]


def answering(
    measures: Measures | ClassMeasures,
    deciding: Deciding | None,
    model: GuardedClassifier,
    counts: Counters,
    watch: Watch,
) -> tuple[Decide | None, Answer | None]:
    """Return what decides on an event (see `Deciding.decide`), and what makes an answer of its score; None: nothing.

    There is no decision rule of classes by name, of which no positives are expected.
    """
    if deciding is None or measures.expected is None:
        return None, measures.answer
    decide = partial(deciding.decide, counts, watch, measures.expected.serve_acted)
    return decide, partial(deciding.answer, model, counts)


def served_after(
    error: Exception,
    serve_again: Callable[[Features], Served],
    x: Features,
    y: bool | str | None,
    attempts: int,
) -> tuple[Served | Exception, bool, BaseException | None]:
    """Return what is served after the model raised, whether it was asked again, and what it raised while it learned.

    Where the model raised while it learned the label y, it has served the event; else it is asked again. In place of
    what is served stands its last exception where it raises each time.

    Cost: that of the attempts.
    """
    served, failure = while_learning(error, y)
    if served is not None:
        return served, False, failure
    for _ in range(attempts):
        try:
            return serve_again(x), True, None
        except Exception as more:  # noqa: BLE001  a user's model may raise anything: the engine rejects the event
            error = more
    return error, True, None


def is_label(y: Any, classes: Collection[str]) -> bool:
    """Return whether y is one of these classes, or True or False where there are none.

    Cost: O(1).

    Examples
    --------
    >>> is_label("dos", {"dos", "probe"}), is_label(True, {"dos", "probe"}), is_label(True, ())
    (True, False, True)
    """
    return type(y) is str and y in classes if classes else type(y) is bool


def guarded_of(
    model: base.Classifier, labels: LabelPolicy, classes: tuple[str, ...], deciding: Deciding | None
) -> GuardedClassifier:
    """Return the model, guarded; refuse a label policy, classes and a decision rule that do not fit it."""
    guarded = model if isinstance(model, GuardedClassifier) else GuardedClassifier(model)
    if deciding is not None:
        deciding.check(guarded, classes)
    elif classes:
        check_classes(classes, guarded, learns_at_label=labels.learns_at_label)
    return guarded


def check_classes(classes: tuple[str, ...], model: GuardedClassifier, *, learns_at_label: bool) -> None:
    """Refuse names that are no classes, and a model or a label policy that does not take them.

    Raises
    ------
    ValueError
        Naming what is wrong and the fix.

    Examples
    --------
    >>> from streamimb import linear_model
    >>> model = GuardedClassifier(linear_model.SoftmaxRegression())
    >>> check_classes(("dos", "dos"), model, learns_at_label=True)
    Traceback (most recent call last):
    ValueError: classes: 'dos' is given twice: name each class once
    """
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise ValueError(f"classes: {len(classes):,} are given: name 2 to {MOST_CLASSES} classes")
    for name in classes:
        if type(name) is not str or not 0 < len(name) <= MOST_OF_NAME or not answer.is_label(name):
            raise ValueError(f"classes: {name!r} is no name: give text of 1 to {MOST_OF_NAME} characters")
        if classes.count(name) > 1:
            raise ValueError(f"classes: {name!r} is given twice: name each class once")
    if not learns_at_label:
        raise ValueError(
            "classes: where only positives are reported, an event without a label would be of no class: report the "
            "label of every event (BothReported; regime = 'both' under [labels]), or leave the classes out"
        )
    try:
        model.check_label(classes[0])
    except ValueError as error:
        raise ValueError(
            f"classes: the model does not learn classes by name ({error}): use linear_model.SoftmaxGAM "
            "([learner] type = 'SoftmaxGAM', of the default recipe), SoftmaxRegression, another classifier of several "
            "classes, or multiclass.OneVsRestClassifier of River around one of two"
        ) from error
