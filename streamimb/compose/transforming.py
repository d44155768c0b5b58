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
    """x as it is served now; then every transformer has learned it.

    River lets unsupervised steps learn x before they transform it. Its label would then be learned on features
    that no served event has: an adaptive scaler pulls x towards 0 once it has learned it. Here the classifying step
    learns what it is asked, and the score before learning is the score that would be served.
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
