"""Beta calibration: a logistic regression on the logarithms of the score and of its complement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from streamimb._kernels.saved import entries
from streamimb._kernels.score_regression import ScoreRegression
from streamimb.parameters import Part, number, refuse, word

Method = Literal["newton", "ons"]
METHODS = ("newton", "ons")
MEMORY = 50.0


class Beta(ScoreRegression, Part):
    r"""Beta calibration, which bends the scores near 0 and near 1 differently.

    The answer is $q = \sigma(a \log p - b \log(1 - p) + c)$: with a = b it is Platt's scaling. It repairs scores that
    are too bold at one end only. By `method="newton"` the two logarithms are taken about those of the class prior m,
    $\log(p / m)$ and $\log((1 - p) / (1 - m))$, and the steps are those of `Platt`, with a memory counted in positives,
    a start at the identity (1, 1, 0), a and b in [0, 5], c in [-40, 40]; it is monotone. By `method="ons"` it is
    online beta scaling as published: $z = (\log p, -\log(1 - p), 1)$, p cut to [1e-5, 1 - 1e-5], and the steps of
    `OnlinePlatt` from θ = 0 and $A = 25 \cdot \mathbb{1}$; it never forgets.

    An event of weight w counts w in error and information; one above 10^15 counts as 10^15.

    **Cost**: O(1) time (100 ns to calibrate, 260 ns to learn), 50 floats.

    Parameters
    ----------
    method
        "newton": steps by decayed Fisher information. "ons": the published online Newton steps.
    memory
        With "newton" the Fisher information after which it forgets, about as many positives; above 1; None: 50.
        With "ons" None.

    Raises
    ------
    ValueError
        Where `method` is another word, `memory` is not above 1 or is given with "ons", a score is outside [0, 1] or
        NaN, or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> beta = calibration.Beta()
    >>> for _ in range(20_000):  # only scores near 1 are too high
    ...     p = rng.random()
    ...     beta.learn_one(1 - (1 - p) ** 3, rng.random() < p)
    >>> round(beta.calibrate_one(1 - 0.5**3), 1)
    0.5

    References
    ----------
    Kull, M., Silva Filho, T. and Flach, P. (2017). Beta calibration. http://proceedings.mlr.press/v54/kull17a.html.
    Gupta, C. and Ramdas, A. (2023). Online Platt Scaling with Calibeating. https://arxiv.org/abs/2305.00070.
    """

    def __init__(self, method: Method = "newton", memory: float | None = None) -> None:
        self.method = word("method", method, METHODS)
        expected = "a finite number of positives above 1, e.g. 50, and None with method='ons'"
        if memory is not None and self.method == "ons":
            refuse("memory", memory, expected)
        self.memory = (
            None if memory is None else number("memory", memory, lambda positives: positives > 1.0, expected)
        )
        ScoreRegression.__init__(self, 3, self._span, self.method == "newton")

    @property
    def _span(self) -> float:
        return 0.0 if self.method == "ons" else MEMORY if self.memory is None else self.memory

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"memory": 100}
        yield {"method": "ons"}

    def __getstate__(self) -> dict[str, Any]:
        return {"method": self.method, "memory": self.memory, "learned": self._learned}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "method", "memory", "learned")
        fresh = Beta(saved["method"], saved["memory"])  # checks them
        fresh._resume(saved["learned"])  # checks the rest
        ScoreRegression.__init__(self, 3, fresh._span, fresh.method == "newton")
        vars(self).update(method=fresh.method, memory=fresh.memory)
        self._resume(saved["learned"])
