"""Calibration in the large: one number is added to the log-odds of every score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries
from streamimb._kernels.score_regression import ScoreRegression
from streamimb.parameters import Part, number


class Intercept(ScoreRegression, Part):
    r"""Calibration in the large: shifts the log-odds of all scores so that their mean is right.

    The answer is $q = \sigma(\mathrm{logit}\, p + b)$. After the label: $I = q(1 - q),\; \lambda = 1 - I / M,\; h
    \leftarrow \lambda h + I + 5 (1 - \lambda),\; b \leftarrow b - (q - y) / h$, a step of at most 1, b in [-40, 40]. It
    repairs a wrong base rate, such as sampling leaves it, and nothing else: `Platt` repairs scores that are too bold or
    too timid, too.

    Starts as the identity and is monotone in p. An event of weight w counts w in error and information, at most one
    memory; one above 10^15 counts as 10^15.

    **Cost**: O(1) time (70 ns to calibrate, 150 ns to learn), 10 floats.

    Parameters
    ----------
    memory
        Fisher information after which it forgets, about as many positives; above 1.

    Raises
    ------
    ValueError
        Where `memory` is not a finite number above 1, a score is outside [0, 1] or NaN, or a weight is negative or not
        finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> intercept = calibration.Intercept()
    >>> for _ in range(20_000):  # scores that are twenty times too high in odds
    ...     p = rng.random() * 0.1
    ...     intercept.learn_one(20 * p / (1 + 19 * p), rng.random() < p)
    >>> round(intercept.calibrate_one(20 * 0.05 / (1 + 19 * 0.05)), 2)
    0.05

    References
    ----------
    Steyerberg, E. W. (2019). Clinical Prediction Models, chapter 15. https://doi.org/10.1007/978-3-030-16399-0.
    """

    def __init__(self, memory: float = 50.0) -> None:
        expected = "a finite number of positives above 1, e.g. 50"
        self.memory = number("memory", memory, lambda positives: positives > 1.0, expected)
        ScoreRegression.__init__(self, 1, float(self.memory), True)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"memory": 30}

    def __getstate__(self) -> dict[str, Any]:
        return {"memory": self.memory, "learned": self._learned}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "memory", "learned")
        fresh = Intercept(saved["memory"])  # checks it
        fresh._resume(saved["learned"])  # checks the rest
        ScoreRegression.__init__(self, 1, float(fresh.memory), True)
        vars(self).update(memory=fresh.memory)
        self._resume(saved["learned"])
