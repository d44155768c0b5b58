"""Runs the transformers of a River pipeline apart from its last step, for a last step that takes an offset.

The transformers learn every event; only the last step is sampled.
"""

from typing import Any

from river import compose

from streamimb.protocols import Features


def transform_one(pipeline: compose.Pipeline, x: Features) -> Features:
    """Return x as transformed for the classifying step; changes nothing."""
    steps = list(pipeline.steps.values())
    for step in steps[:-1]:
        x = step.transform_one(x)
    last = steps[-1]
    return transform_one(last, x) if isinstance(last, compose.Pipeline) else x


def learn_transform_one(pipeline: compose.Pipeline, x: Features, y: Any) -> Features:
    """Return x transformed as for serving; every transformer learns x after it has transformed it.

    River lets unsupervised steps learn x before they transform it. The classifier would then learn features that no
    served event has: an adaptive scaler moves x towards 0 once it has learned it. Here the classifier learns the
    same features that it scores, so the score before learning equals the served one.
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
