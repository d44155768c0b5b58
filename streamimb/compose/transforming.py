"""The transformers of a pipeline, run apart from its last step where that is told an offset; they are not sampled.

Knows River's pipeline; nothing of samplers.
"""

from typing import Any

from river import compose

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

    That is River's own order, in a union part by part: no step sees the label of the event it transforms.
    """
    steps = list(pipeline.steps.values())
    for step in steps[:-1]:
        parts = list(step.transformers.values()) if isinstance(step, compose.TransformerUnion) else [step]
        for part in parts:
            if not part._supervised:
                part.learn_one(x)
        after = step.transform_one(x)
        for part in parts:
            if part._supervised:
                part.learn_one(x, y)
        x = after
    last = steps[-1]
    return learn_transform_one(last, x, y) if isinstance(last, compose.Pipeline) else x
