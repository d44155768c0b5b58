from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from streamimb.calibration import Platt, PlattMixture
from streamimb.stats import ClassPrior


def stream(n: int, seed: int) -> Any:
    rng = random.Random(seed)
    for _ in range(n):
        truth = min(0.9, 0.05 * rng.expovariate(1.0) + 1e-4)
        yield truth, rng.random() < truth


def curve_says(mixture: PlattMixture, p: float, c: float) -> float:
    """Straight lines between the nodes, constant beyond them; the score itself before there are any."""
    if not mixture.nodes:
        return p
    logits, heights = (np.array(part) for part in zip(*mixture.nodes, strict=True))
    return 1 / (1 + math.exp(-float(np.interp(math.log(p / (1 - p)), logits, heights)) - c))


def test_it_is_the_fixed_share_mixture_of_the_score_its_scalings_and_a_curve() -> None:
    mixture, parts = PlattMixture(memories=(200, 30), switch=1e-3), [Platt(memory=200), Platt(memory=30)]
    prior = ClassPrior()
    start = [0.5, 1 / 6, 1 / 6, 1 / 6]
    v, positives = list(start), 0
    for truth, y in stream(5_000, 1):
        p = 4 * truth / (1 + 3 * truth)
        said = [p, *(part.calibrate_one(p) for part in parts), curve_says(mixture, p, prior.logit)]
        assert mixture.calibrate_one(p) == pytest.approx(
            math.fsum(a * q for a, q in zip(v, said, strict=True))
        )
        power = 0.25 if positives >= 5 else 1.0
        positives += y
        likely = [a * (q if y else 1 - q) ** power for a, q in zip(v, said, strict=True)]
        q = mixture.calibrate_one(p)
        share = 0.001 * min(1.0, 100 * q * (1 - q))
        v = [(1 - share) * a / sum(likely) + share * b for a, b in zip(likely, start, strict=True)]
        mixture.learn_one(p, y)
        prior.update(y)
        for part in parts:
            part.learn_one(p, y)
    assert mixture.weights == pytest.approx(v)
    assert mixture.scalings == tuple(part.scalings[0] for part in parts)


def test_calibrated_scores_are_left_to_themselves_and_others_are_not() -> None:
    honest, shifted = PlattMixture(), PlattMixture()
    for truth, y in stream(20_000, 2):
        honest.learn_one(truth, y)
        shifted.learn_one(4 * truth / (1 + 3 * truth), y)
    assert honest.weights[0] > 0.5
    assert shifted.weights[0] < 0.01


def test_it_starts_half_with_the_score() -> None:
    assert PlattMixture(memories=(300, 100, 20)).weights == pytest.approx((0.5, *[1 / 8] * 4))


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"memories": ()}, r"memories=\(\)"),
        ({"memories": (200, 1)}, r"memories=\(200, 1\)"),
        ({"memories": (math.nan,)}, "memories="),
        ({"switch": 0.0}, "switch=0.0"),
        ({"switch": 1.0}, "switch=1.0"),
        ({"switch": math.nan}, "switch=nan"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        PlattMixture(**parameters)
