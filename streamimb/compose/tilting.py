"""Refuses River models that change how often, or with what weight, events reach one of our classifiers inside them.

The statistics of that classifier would be those of the changed stream, and its probabilities would be corrected only
for its own sampling.
"""

from typing import Any

from river import base

from streamimb.compose.capabilities import RIVERS_SAMPLERS, inner_models, is_of, samples_itself
from streamimb.protocols import Scorer

BOOSTING = "river.ensemble.boosting"


def tilts(model: Any) -> bool:
    """Whether a model samples or weights the events of its inner classifiers by class or by score.

    Bagging does not: every event has the same expected number of copies.
    """
    return isinstance(model, base.Classifier) and is_of(model, (RIVERS_SAMPLERS, BOOSTING))


def refuse_tilt_around(classifier: Any) -> None:
    """Refuse a classifier that changes the stream of one of our classifiers inside it.

    Cost: one pass over the parts of the model.

    Raises
    ------
    ValueError
        Where there is such a classifier; the message names both classifiers and the fix.

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
            if isinstance(inner, base.Wrapper) and (isinstance(inner, Scorer) or samples_itself(inner)):
                outer, ours = type(part).__name__, type(inner).__name__
                # A SampledClassifier takes no sampler of River's inside either
                advice = (
                    f"Leave {outer} out, and give SampledClassifier a sampler, such as sampling.UnderSampler(share=0.2)"
                    if is_of(part, RIVERS_SAMPLERS)
                    else f"Wrap outside: put {ours} around {outer}"
                )
                raise ValueError(
                    f"classifier: {outer} changes which events reach the {ours} inside it, and how often, and that one "
                    f"would serve the probabilities of the changed stream. {advice}"
                )
