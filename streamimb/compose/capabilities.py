"""What a River model can do, found out once, at construction: weights, offsets, what is inside it.

Reads signatures and types; it never calls a model.
"""

import inspect
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from river import base, compose

from streamimb.parameters import refuse
from streamimb.protocols import OffsetLearner

VAR_KEYWORD = inspect.Parameter.VAR_KEYWORD
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
CLASSIFIER = "a River classifier, or a pipeline that ends in one"


def last_step(model: Any) -> Any:
    """The step of a pipeline that classifies; the model itself where it is none."""
    while isinstance(model, compose.Pipeline):
        model = next(reversed(model.steps.values()))
    return model


def inner_models(model: Any) -> Iterator[Any]:
    """The model and everything in it, outermost first: pipeline steps, wrapped models, ensemble members."""
    yield model
    inside: list[Any] = []
    if isinstance(model, compose.Pipeline):
        inside = list(model.steps.values())
    elif isinstance(model, base.Wrapper):
        inside = [model._wrapped_model]
    elif isinstance(model, base.Base):
        # _get_params describes nested models; the attribute is the model, or a list of them.
        for name, described in model._get_params().items():
            part = getattr(model, name, described)
            inside += part if isinstance(part, (list, tuple)) else [part]
        inside = [part for part in inside if isinstance(part, base.Base)]
    for part in inside:
        yield from inner_models(part)


def way_in(model: Any) -> Iterator[Any]:
    """The classifiers an event passes on its way to the one that learns, outermost first, that one last."""
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
    """The outermost classifier on the way in that does not let a keyword through; the one that learns, if none."""
    part = model
    for part in way_in(model):
        parameters = signature_of(part, method)
        if keyword not in parameters and all(p.kind is not VAR_KEYWORD for p in parameters.values()):
            return part
    return part


def declared_keywords(model: Any, method: str = "learn_one") -> frozenset[str]:
    """Names of the keywords, beside x and y, that this method of the innermost classifier declares.

    Without those that a classifier around it does not let through: River's pipeline drops what its last step
    does not declare, and says nothing.
    """
    *around, learner = (signature_of(part, method) for part in way_in(model))
    names = {name for name, p in learner.items() if p.kind in NAMED}
    for parameters in around:
        if all(p.kind is not VAR_KEYWORD for p in parameters.values()):
            names &= parameters.keys()
    return frozenset(names) - {"self", "x", "y"}


def signature_of(model: Any, method: str) -> Mapping[str, inspect.Parameter]:
    """Parameters of a method; none where there is no signature to read: unknown is no."""
    try:
        return inspect.signature(getattr(type(model), method)).parameters
    except ValueError:
        return {}


def declared(kwargs: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Of these keywords, those with one of these names."""
    return {k: v for k, v in kwargs.items() if k in names}


def honours_weight(model: Any) -> bool:
    """Whether `learn_one(x, y, w=...)` reaches a learner that uses it."""
    return "w" in declared_keywords(model)


def takes_offset(model: Any) -> bool:
    """Whether the classifying step is an `OffsetLearner`."""
    return isinstance(last_step(model), OffsetLearner)


def teaches(w: float, honoured: bool, classifier: Any) -> bool:
    """Whether an event of weight w changes anything; refuses what is no weight, and one that would be dropped."""
    if not 0.0 <= w < inf:
        raise ValueError("w: expected a finite number >= 0")
    if not honoured:
        raise ValueError(
            f"w: {type(stops(classifier, 'w')).__name__} takes no weight and would drop it; "
            "leave w out, or use one whose learn_one declares w"
        )
    return w > 0.0


def refuse_stranger(name: str, part: Any, kind: type, expected: str) -> None:
    """Refuses what is given as a part and cannot be one, most often a class or a word in place of an object."""
    if isinstance(part, type) or not isinstance(last_step(part), kind):
        refuse(name, part, expected)


def refuse_second_tilt(classifier: Any) -> None:
    """Refuses what tilts or corrects on its own inside a sampled classifier, naming the way out."""
    for part in inner_models(classifier):
        kind = type(part)
        if kind.__name__ == "SampledClassifier" and kind.__module__.startswith("streamimb."):
            raise ValueError(
                "classifier: there is a SampledClassifier inside; its correction would be undone. "
                "Sample once: give the inner classifier and one sampler"
            )
        if kind.__module__.startswith("river.imblearn"):
            raise ValueError(
                f"classifier: River's {kind.__name__} samples without saying its rate, so that it cannot be "
                "corrected. Give the classifier inside it, and sampling.UnderSampler or sampling.ScoreUnderSampler"
            )
        if isinstance(part, base.AnomalyFilter):
            raise ValueError(
                f"classifier: {kind.__name__} withholds events from the classifier, and no correction would "
                "know of it; put it in front of the sampled classifier"
            )
        loss = getattr(part, "loss", None)
        if loss is not None and getattr(loss, "weight_pos", 1.0) != getattr(loss, "weight_neg", 1.0):
            raise ValueError(
                f"classifier: the loss of {kind.__name__} weighs the classes, which no correction would know of. "
                "Leave weight_pos and weight_neg at 1 and use sampling.ClassWeights"
            )
