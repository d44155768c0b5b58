"""The transformers of a pipeline, run apart from its classifier, so that they learn what is not sampled.

Knows River's pipeline; nothing of samplers.
"""

from typing import Any

from river import base, compose

from streamimb.protocols import Features


def transform_one(pipeline: compose.Pipeline, x: Features) -> Features:
    """x as the classifying step sees it; changes nothing."""
    steps = list(pipeline.steps.values())
    for step in steps[:-1]:
        x = step.transform_one(x)
    last = steps[-1]
    return transform_one(last, x) if isinstance(last, compose.Pipeline) else x


def learn_transform_one(pipeline: compose.Pipeline, x: Features, y: Any) -> Features:
    """The same, after the unsupervised steps have learned x; supervised ones learn once they have transformed.

    That is River's own order: no step sees the label of the event it transforms.
    """
    steps = list(pipeline.steps.values())
    for step in steps[:-1]:
        if step._supervised:
            before = x
            x = step.transform_one(x)
            step.learn_one(before, y)
        else:
            step.learn_one(x)
            x = step.transform_one(x)
    last = steps[-1]
    return learn_transform_one(last, x, y) if isinstance(last, compose.Pipeline) else x


def refuse_filters(pipeline: compose.Pipeline) -> None:
    """Refuses a step that keeps events from the classifier: a sampling whose rate nobody knows."""
    for step in pipeline.steps.values():
        if isinstance(step, base.AnomalyFilter):
            raise ValueError(
                f"classifier: {type(step).__name__} withholds events from the classifier, and no correction would "
                "know of it; put it in front of the sampled classifier"
            )
