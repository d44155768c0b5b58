"""River's models that change how often, or with what weight, events reach the classifier inside them.

Around a classifier that corrects or calibrates they are refused: its statistics would be of the changed stream, and
what it serves would be corrected for its own sampling only.
"""

from typing import Any

from river import base

from streamimb.compose.capabilities import inner_models
from streamimb.protocols import Scorer

TILTING = (
    "river.imblearn",
    "river.ensemble.boosting",
)  # by name: importing them takes as long as all of streamimb


def tilts(model: Any) -> bool:
    """Whether a model gives events to the classifiers inside it by class or by score: samples them, or boosts.

    Bagging gives every event the same number of copies on average, and does not.
    """
    return isinstance(model, base.Classifier) and any(
        kind.__module__.startswith(TILTING) for kind in type(model).__mro__
    )


def refuse_tilt_around(classifier: Any) -> None:
    """Refuse a classifier in which something tilts the stream of one of ours.

    Cost: a walk over the parts of the model, once.

    Raises
    ------
    ValueError
        Naming both, and the way out.

    Examples
    --------
    >>> from river import imblearn
    >>> from streamimb import SampledClassifier, linear_model
    >>> ours = SampledClassifier(linear_model.LogisticRegression())
    >>> refuse_tilt_around(imblearn.RandomUnderSampler(ours, {False: 0.5, True: 0.5}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: classifier: RandomUnderSampler changes which events reach the SampledClassifier inside it...
    """
    for part in inner_models(classifier):
        if not tilts(part):
            continue
        for inner in inner_models(part):
            if isinstance(inner, Scorer) and isinstance(inner, base.Wrapper):
                raise ValueError(
                    f"classifier: {type(part).__name__} changes which events reach the {type(inner).__name__} inside "
                    f"it, and how often, and that one would serve the probabilities of the changed stream. Wrap "
                    f"outside: put {type(inner).__name__} around {type(part).__name__}, or leave that out and give "
                    "SampledClassifier a sampler"
                )
