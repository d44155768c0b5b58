"""One Platt scaling with a limited memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.platt import PlattScalings
from streamimb._kernels.saved import alike, entries
from streamimb.parameters import Part, number


class Platt(PlattScalings, Part):
    r"""Platt scaling about the class prior, with a memory counted in positives.

    With c the logit of the class prior and u = logit p - c, the answer is $q = \sigma(a u + b + c)$. After the label:
    $I = q(1 - q),\; \lambda = 1 - I / M,\; H \leftarrow \lambda H + I (u, 1)(u, 1)^T + (1 - \lambda) 5
    \mathbb{1}$, $(a, b) \leftarrow (a, b) - H^{-1} (q - y) (u, 1)$. The step is the best one within its bounds: at
    most 1, a in [.1, 5], b in [-20, 20]; where one of the two is at a bound, the other takes its own Newton step.

    Starts at the identity (1, 0) and is monotone in p. An event of weight w counts w in error and information, at
    most one memory; a weight of 0 changes nothing, one above 10^15 counts as 10^15.

    **Cost**: O(1) time (70 ns to calibrate, 120 ns to learn), 30 floats.

    Parameters
    ----------
    memory
        Fisher information after which it forgets, about as many positives; above 1. A small memory follows changes
        faster, a large one is more precise: 50 where this is the only calibrator. May be changed while it runs; what
        was learned stays.

    Raises
    ------
    ValueError
        Where `memory` is not a finite number above 1, a score is outside [0, 1] or NaN, or a weight is
        negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> platt = calibration.Platt()
    >>> for _ in range(20_000):  # scores that are twenty times too high in odds
    ...     p = rng.random() * 0.1
    ...     platt.learn_one(20 * p / (1 + 19 * p), rng.random() < p)
    >>> round(platt.calibrate_one(20 * 0.05 / (1 + 19 * 0.05)), 3)
    0.045

    References
    ----------
    Gupta, C. and Ramdas, A. (2023). Online Platt Scaling with Calibeating.
    https://arxiv.org/abs/2305.00070. We step by decayed Fisher information instead of online Newton, anchor
    at the class prior, and start at the identity instead of p = .5.
    """

    def __init__(self, memory: float = 50) -> None:
        self._memory = _checked(memory)
        PlattScalings.__init__(self, (self._memory,), 0.0, 0.0)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"memory": 30}

    @property
    def memory(self) -> float:
        """Fisher information after which it forgets."""
        return self._memory

    @memory.setter
    def memory(self, memory: float) -> None:
        self._memory = _checked(memory)
        PlattScalings.__setstate__(
            self, {**PlattScalings.__getstate__(self), "span": bytes(array("d", [self._memory]))}
        )

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"memory"}

    def __getstate__(self) -> dict[str, Any]:
        return {"memory": self.memory, "_bank": PlattScalings.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "memory", "_bank")
        alike(saved["_bank"], PlattScalings.__getstate__(Platt(saved["memory"])), "span", "share", "identity")
        PlattScalings.__setstate__(self, saved["_bank"])
        vars(self).update(_memory=saved["memory"])


def _checked(memory: Any) -> float:
    expected = "a finite number of positives above 1, e.g. 50"
    return number("memory", memory, lambda positives: positives > 1.0, expected)
