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
    """Returns x transformed as for serving; after that, every transformer learns it.

    River lets unsupervised steps learn x before they transform it. The classifier would then learn features that no
    served event has: an adaptive scaler pulls x towards 0 once it has learned it. Here the classifier learns the
    features that it is asked to score, so the score before learning equals the served one.
    """
    steps = list(pipeline.steps.values())
    for step in steps[:-1]:
        after = step.transform_one(x)
        parts = list(step.transformers.values()) if isinstance(step, compose.TransformerUnion) else [step]
        for part in parts:
            if part._supervised:
                part.learn_one(x, y)
            else:
                part.learn_one(x)
        x = after
    last = steps[-1]
    return learn_transform_one(last, x, y) if isinstance(last, compose.Pipeline) else x
