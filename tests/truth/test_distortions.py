"""Any increasing distortion of a score with known probability is repaired: five seeds, judged after 2,000 positives.

The best increasing map in hindsight is fitted to the true probabilities (see `benchmarks.distortions`).
`make truth` prints the same at all base rates.
"""

from __future__ import annotations

import pytest

from benchmarks.distortions import DISTORTIONS, distorted
from benchmarks.scores import mean

SEEDS = range(5)
RARE = ("logit x 10", "cube root of the logit", "saturated", "hard 0 or 1", "a jump", "overconfident")


@pytest.mark.parametrize(
    ("name", "base_rate"), [*((name, 0.05) for name in DISTORTIONS), *((name, 0.01) for name in RARE)]
)
def test_any_increasing_distortion_is_repaired(name: str, base_rate: float) -> None:
    measured = [distorted(name, base_rate, seed) for seed in SEEDS]
    assert 0.95 < mean([run["ratio"] for run in measured]) < 1.05, measured
    assert mean([run["excess"] for run in measured]) < 0.01, measured
