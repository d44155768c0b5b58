"""What a River model supports: keywords, weights, offsets; and the models inside it.

These functions read signatures and types and call no model; wrappers call them once, at construction. The last ones
choose the port of a part: the part itself, or an adapter around it.
"""

import inspect
from collections.abc import Container, Iterator, Mapping
from typing import Any

from river import base, compose

from streamimb._kernels.adapters import (
    CLASSES,
    ForeignLearner,
    ForeignModel,
    TransformedLearner,
)
from streamimb._kernels.class_adapters import ForeignClassLearner, TransformedClassLearner
from streamimb._kernels.learner_arguments import refuse_unknown
from streamimb._kernels.ports import ClassLearner, Learner, Model
from streamimb._kernels.sampled import SampledModel
from streamimb.compose.transforming import learn_transform_one, transform_one
from streamimb.parameters import refuse
from streamimb.protocols import ClassOffsetLearner, OffsetLearner

VAR_KEYWORD = inspect.Parameter.VAR_KEYWORD
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
KNOWN = frozenset(("x", "y", "offset", "offsets", "w", "memo"))
# By name: importing them takes as long as importing all of streamimb.
RIVERS_SAMPLERS = "river.imblearn"
CLASSIFIER = "a River classifier, or a pipeline that ends in one"


def last_step(model: Any) -> Any:
    """The classifying step of a pipeline; the model itself where it is no pipeline."""
    while isinstance(model, compose.Pipeline):
        model = next(reversed(model.steps.values()))
    return model


def inner_models(model: Any) -> Iterator[Any]:
    """The model and all models in it, outermost first: pipeline steps, wrapped models, ensemble members."""
    yield model
    inside: list[Any] = []
    if isinstance(model, compose.Pipeline):
        inside = list(model.steps.values())
    elif isinstance(model, base.Wrapper):
        inside = [model._wrapped_model]
    elif isinstance(model, base.Base):
        # An inner model is a constructor argument or an element of a list argument; not all arguments are stored.
        for name in inspect.signature(type(model)).parameters:
            part = getattr(model, name, None)
            inside += part if isinstance(part, (list, tuple)) else [part]
        inside = [part for part in inside if isinstance(part, base.Base)]
    for part in inside:
        yield from inner_models(part)


def is_of(model: Any, modules: str | tuple[str, ...]) -> bool:
    """Whether the class of a model, or a class that it extends, is from one of these modules."""
    return any(kind.__module__.startswith(modules) for kind in type(model).__mro__)


def nested_classifiers(model: Any) -> Iterator[Any]:
    """The nested classifiers through which a call passes, from the outermost to the innermost."""
    while True:
        model = last_step(model)
        yield model
        if isinstance(model, base.Wrapper):
            model = model._wrapped_model
        elif isinstance(part := getattr(model, "model", None), base.Classifier | compose.Pipeline):
            model = part
        else:
            return


def stops(model: Any, keyword: str, method: str = "learn_one") -> Any:
    """The outermost classifier that drops a keyword; the innermost one where none does."""
    part = model
    for part in nested_classifiers(model):
        parameters = signature_of(part, method)
        if keyword not in parameters and all(p.kind is not VAR_KEYWORD for p in parameters.values()):
            return part
    return part


def declared_keywords(model: Any, method: str = "learn_one") -> frozenset[str]:
    """Names of the keywords other than x and y that reach this method of the innermost classifier.

    A keyword that an outer classifier does not pass on is left out: River's pipeline silently drops those that its
    last step does not declare.
    """
    *around, learner = (signature_of(part, method) for part in nested_classifiers(model))
    names = {name for name, p in learner.items() if p.kind in NAMED}
    for parameters in around:
        if all(p.kind is not VAR_KEYWORD for p in parameters.values()):
            names &= parameters.keys()
    return frozenset(names) - {"x", "y"}


def signature_of(model: Any, method: str) -> Mapping[str, inspect.Parameter]:
    """Parameters of a method without the object itself; none where it has no readable signature."""
    try:
        return inspect.signature(getattr(model, method)).parameters
    except ValueError:
        return {}


def declared(kwargs: dict[str, Any], names: Container[str]) -> dict[str, Any]:
    """The keywords that have one of these names."""
    return {k: v for k, v in kwargs.items() if k in names}


def honours_weight(model: Any) -> bool:
    """Whether `learn_one(x, y, w=...)` reaches a learner that uses it."""
    return "w" in declared_keywords(model)


def takes_offset(model: Any) -> bool:
    """Whether the classifying step is an `OffsetLearner` or a `ClassOffsetLearner`."""
    return isinstance(last_step(model), OffsetLearner | ClassOffsetLearner)


def takes_class_offsets(model: Any) -> bool:
    """Whether the classifying step is a `ClassOffsetLearner`."""
    return isinstance(last_step(model), ClassOffsetLearner)


class Traits:
    """What a foreign classifier declares: keywords, weights, classes. Computed once.

    Cost: about 20 µs at construction; each call with keywords selects the declared ones.
    """

    __slots__ = (
        "_asks",
        "_forwards",
        "_honours_w",
        "_known",
        "_needs",
        "_observes",
        "_predicts",
        "_steps",
        "_stops",
        "many",
    )

    def __init__(self, classifier: Any) -> None:
        self.many = bool(classifier._multiclass)  # whether it learns labels other than True and False
        self._asks = tuple(sorted(declared_keywords(classifier, "predict_proba_one")))
        self._forwards = tuple(sorted(declared_keywords(classifier) - {"w", "memo"}))
        self._honours_w = honours_weight(classifier)
        self._stops = type(stops(classifier, "w")).__name__
        predict = "predict_offsets_one" if takes_class_offsets(classifier) else "predict_offset_one"
        self._predicts = offset_keywords(classifier, predict)
        self._observes = offset_keywords(classifier, "observe_one")
        self._steps = offset_keywords(classifier, "step_one")
        self._known = KNOWN.union(self._asks, self._forwards, self._predicts, self._observes, self._steps)
        self._needs = tuple(
            sorted({name for one in (self._observes, self._steps) for name, needed in one.items() if needed})
        )

    def asked(self, more: dict[str, Any] | None) -> dict[str, Any]:
        """The keywords of a call that the classifier's `predict_proba_one` declares."""
        return declared(more, self._asks) if more else {}

    def predicted(self, more: dict[str, Any] | None) -> dict[str, Any]:
        """The keywords of a call for a prediction at an offset; raises for one that only `predict_proba_one` takes."""
        if not more:
            return {}
        for name in more:
            if name in self._asks and name not in self._predicts and name not in KNOWN:
                raise ValueError(
                    f"{name}: {self._stops} predicts at an offset under the offset route, by a method that does not "
                    f"declare {name}; let that one declare it, or use correction='prior'"
                )
        return declared(more, self._predicts)

    def observed(self, more: dict[str, Any] | None) -> dict[str, Any]:
        """The keywords of a call that `observe_one` declares."""
        return declared(more, self._observes) if more else {}

    def stepped(self, more: dict[str, Any] | None) -> dict[str, Any]:
        """The keywords of a call that `step_one` declares."""
        return declared(more, self._steps) if more else {}

    def check_taught(self, more: dict[str, Any] | None) -> None:
        """Refuse a call under the offset route, of which a keyword would be dropped or is missing."""
        for name in more or {}:
            if name in self._forwards and not (
                name in self._observes or name in self._steps or name in KNOWN
            ):
                raise ValueError(
                    f"{name}: {self._stops} is taught by observe_one and step_one under the offset route, and neither "
                    "declares it; let one of them declare it, or use correction='prior'"
                )
        self.check_keywords(more)
        for name in self._needs:
            if more is None or name not in more:
                raise ValueError(
                    f"{name}: observe_one or step_one of {self._stops} needs this keyword, and the call has none; "
                    f"call learn_one(x, y, {name}=...), or give it a default value"
                )

    def check_keywords(self, more: dict[str, Any] | None) -> None:
        """Refuse a call with a keyword that no method of the classifier declares."""
        if more:
            refuse_unknown(more, self._known)

    def check_label(self, y: Any) -> None:
        """Refuse a label that is no class of a classifier of two classes."""
        if not self.many and y is not True and y is not False:
            raise ValueError(CLASSES)

    def takes(self, w: float) -> bool:
        """Whether an event of weight w teaches anything; raises ValueError where the weight would be dropped."""
        if w != 1.0 and not self._honours_w:
            raise ValueError(
                f"w: {self._stops} takes no weight and would drop it; "
                "leave w out, or use one whose learn_one declares w"
            )
        return w > 0.0

    def forwarded(self, more: dict[str, Any] | None) -> dict[str, Any]:
        """The keywords of a call that the classifier's `learn_one` declares."""
        return declared(more, self._forwards) if more else {}


def offset_keywords(classifier: Any, method: str) -> dict[str, bool]:
    """Keywords that a method of the offset protocol declares beyond it; True for those without a default value."""
    learner = last_step(classifier)
    if not takes_offset(learner):
        return {}
    return {
        name: parameter.default is parameter.empty
        for name, parameter in signature_of(learner, method).items()
        if parameter.kind in NAMED and name not in KNOWN
    }


def model_of(classifier: Any) -> Model:
    """The `Model` port of a classifier: itself, or an adapter around it."""
    return classifier if isinstance(classifier, Model) else ForeignModel(classifier, Traits(classifier))


def learner_of(classifier: Any) -> Learner:
    """The `Learner` port of a classifier that takes an offset; of a pipeline, together with its transformers."""
    step = last_step(classifier)
    learner = step if isinstance(step, Learner) else ForeignLearner(step, Traits(step))
    if step is classifier:
        return learner
    return TransformedLearner(learner, classifier, transform_one, learn_transform_one)


def class_learner_of(classifier: Any) -> ClassLearner:
    """The `ClassLearner` port of a classifier that takes an offset for each class; as `learner_of`."""
    step = last_step(classifier)
    learner = step if isinstance(step, ClassLearner) else ForeignClassLearner(step, Traits(step))
    if step is classifier:
        return learner
    return TransformedClassLearner(learner, classifier, transform_one, learn_transform_one)


def refuse_stranger(name: str, part: Any, kind: type, expected: str) -> None:
    """Raises ValueError for an argument that is no object of the expected kind, such as a class or a string."""
    if isinstance(part, type) or not isinstance(last_step(part), kind):
        refuse(name, part, expected)


def refuse_misfit(route: Any, given: Any, sampler: Any, honours_w: bool, step: str) -> None:
    """Refuse a correction that would not remove the shift of this sampler, by what `protocols.Route` may declare.

    `given` is the argument that chose the route, `step` the class of the learner, `honours_w` whether it takes weights.

    Cost: O(1).

    Raises
    ------
    ValueError
        Naming the correction, what does not fit, and the fix.

    Examples
    --------
    >>> from streamimb import correction, sampling
    >>> ratio = correction.PriorRatio()
    >>> refuse_misfit(ratio, ratio, sampling.ScoreUnderSampler(), True, "GaussianNB")
    Traceback (most recent call last):
    ValueError: correction: PriorRatio is exact only where the rate is the same for all x, and the rates of \
ScoreUnderSampler depend on x: use correction.RateRatio, or sampling.UnderSampler
    """
    name = f"correction={given!r}" if isinstance(given, str) else f"correction: {type(route).__name__}"
    other = type(sampler).__name__
    if getattr(route, "gives_weights", False):
        if not honours_w:
            raise ValueError(f"{name}: {step} takes no weight; use 'prior'")
        if not sampler.draws:
            raise ValueError(
                f"{name} takes out exactly the weights the sampler gives: nothing is left of them. "
                "Use 'offset' or 'prior', or no sampler"
            )
    if getattr(route, "draws", sampler.draws) != sampler.draws:
        raise ValueError(
            f"{name} has draws={route.draws}, and {other} has draws={sampler.draws}: use one for both"
        )
    if getattr(route, "same_rate_for_all_x", False) and sampler.depends_on_x:
        raise ValueError(
            f"{name} is exact only where the rate is the same for all x, and the rates of {other} depend "
            "on x: use correction.RateRatio, or sampling.UnderSampler"
        )


def samples_itself(model: Any) -> bool:
    """Whether a model declares that it samples the events of its members and corrects them: an ensemble of ours."""
    return bool(getattr(type(model), "samples_itself", False))


def refuse_second_tilt(classifier: Any) -> None:
    """Raises ValueError where a model to be sampled already samples, weights or corrects on its own."""
    for part in inner_models(classifier):
        kind = type(part)
        if isinstance(part, SampledModel) or samples_itself(part):
            name = "SampledClassifier" if isinstance(part, SampledModel) else kind.__name__
            raise ValueError(
                f"classifier: it contains {name}, whose correction would be undone. "
                "Sample once: give the inner classifier and one sampler"
            )
        if is_of(part, RIVERS_SAMPLERS):
            raise ValueError(
                f"classifier: River's {kind.__name__} samples without saying its rate, so that it cannot be "
                "corrected. Give the classifier inside it, and sampling.UnderSampler or sampling.ScoreUnderSampler"
            )
        if isinstance(part, base.AnomalyFilter):
            raise ValueError(
                f"classifier: {kind.__name__} withholds events from the classifier, and no correction "
                "accounts for that; put it in front of the sampled classifier"
            )
        loss = getattr(part, "loss", None)
        if loss is not None and getattr(loss, "weight_pos", 1.0) != getattr(loss, "weight_neg", 1.0):
            raise ValueError(
                f"classifier: the loss of {kind.__name__} weighs the classes, which no correction accounts for. "
                "Leave weight_pos and weight_neg at 1 and use sampling.ClassWeights"
            )
