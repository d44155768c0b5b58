"""A sampler as a third party writes one: plain Python, no kernel, no base class of ours."""

from __future__ import annotations

from typing import Any

from streamimb.protocols import Proba

RATE = 0.04  # mean rate of the negatives, as the default sampler has at 1 % positives


class PythonSampler:
    """Learn every positive, and a negative in proportion to its score."""

    depends_on_x = True
    draws = True

    def __init__(self) -> None:
        self.mean_score = 0.01  # of the negatives

    def rates_one(self, x: Any, p: Proba, prior: Proba) -> dict[Any, float]:
        return {False: min(1.0, RATE * max(0.1, p[True] / self.mean_score)), True: 1.0}

    def learn_one(self, x: Any, y: Any, p: Proba, rates: Proba, prior: Proba, w: float = 1.0) -> None:
        if not y:
            self.mean_score += 0.001 * w * (p[True] - self.mean_score)
