"""How a plain River classifier is asked and taught: its own P(True), and copies of an example.

Knows `predict_proba_one` and `learn_one`; nothing of routes.
"""

from collections.abc import Mapping
from typing import Any

from streamimb.correction.answer import true_of
from streamimb.protocols import Features

FEWEST = 5  # positives learned before the learner is listened to


def own(learner: Any, x: Features, unknown: float) -> float:
    """P(True) by the learner itself, or `unknown` where it names no class yet; raises as `true_of`."""
    return true_of(learner.predict_proba_one(x), unknown)


def give(
    learner: Any, x: Features, y: Any, w: float, copies: float, draws: bool, more: Mapping[str, Any]
) -> None:
    """Teaches an event of weight w: `copies` times where copies were drawn, else once with that weight.

    `more` are keywords the learner declares.
    """
    if not draws:
        w *= copies
        copies = 1.0
    for _ in range(int(copies)):
        if w == 1.0:
            learner.learn_one(x, y, **more)
        else:
            learner.learn_one(x, y, w=w, **more)
