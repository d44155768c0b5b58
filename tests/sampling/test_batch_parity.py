"""Class counts of our samplers on a frozen stream are those of imbalanced-learn's, which see all of it at once.

100,000 events, 20 % positives. Ours follow the base rate as the stream goes on, so their counts have the relative
standard deviation of the number of positives, beside that of the draws: .7 % here, and 1.6 % with 5 % positives.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from imblearn import over_sampling, under_sampling
from river import base

from streamimb import SampledClassifier, sampling, synthesis

N, BASE_RATE, SEED = 100_000, 0.2, 5
WITHIN = 0.02


class Counts(base.Classifier):
    """It counts what it is given: events, and their mass."""

    def __init__(self) -> None:
        self._events = {False: 0.0, True: 0.0}
        self._mass = {False: 0.0, True: 0.0}

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self._events[y] += 1
        self._mass[y] += w

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {False: 0.5, True: 0.5}


@pytest.fixture(scope="module")
def stream() -> tuple[Any, Any]:
    rng = np.random.default_rng(SEED)
    y = rng.random(N) < BASE_RATE
    return rng.normal(size=(N, 2)) + y[:, None], y


def ours(sampler: Any, stream: tuple[Any, Any], synthesizer: Any = None) -> Counts:
    learner = Counts()
    model = SampledClassifier(learner, sampler, "prior", seed=SEED, synthesizer=synthesizer)
    for (a, b), y in zip(stream[0].tolist(), stream[1].tolist(), strict=True):
        model.learn_one({"a": a, "b": b}, y)
    return learner


def theirs(sampler: Any, stream: tuple[Any, Any]) -> Counter[bool]:
    return Counter(sampler.fit_resample(*stream)[1].tolist())


def close(own: dict[bool, float], other: Counter[bool]) -> None:
    for label in (False, True):
        assert own[label] == pytest.approx(other[label], rel=WITHIN), (label, own, other, f"seed {SEED}")


@pytest.mark.parametrize("share", [0.4, 0.5])
def test_under_sampling(share: float, stream: tuple[Any, Any]) -> None:
    batch = under_sampling.RandomUnderSampler(sampling_strategy=share / (1.0 - share), random_state=SEED)
    learned = ours(sampling.UnderSampler(share=share), stream)
    close(learned._events, theirs(batch, stream))
    assert learned._events[True] == stream[1].sum()


@pytest.mark.parametrize("share", [0.4, 0.5])
def test_over_sampling(share: float, stream: tuple[Any, Any]) -> None:
    batch = over_sampling.RandomOverSampler(sampling_strategy=share / (1.0 - share), random_state=SEED)
    learned = ours(sampling.OverSampler(share=share), stream)
    close(learned._events, theirs(batch, stream))
    assert learned._events[False] == N - stream[1].sum()


def test_smote(stream: tuple[Any, Any]) -> None:
    """Events and examples together; each has weight 1."""
    share = 0.4
    batch = over_sampling.SMOTE(sampling_strategy=share / (1.0 - share), random_state=SEED)
    learned = ours(sampling.OverSampler(share=share), stream, synthesis.SMOTE(seed=SEED))
    wanted = theirs(batch, stream)
    close(learned._events, wanted)
    close(learned._mass, wanted)
