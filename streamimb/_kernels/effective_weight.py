# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False
"""Weights of labels as effective numbers of labels, so that a memory that counts weights counts labels."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels.saved import entries, number, refused

FADE = cython.declare(cython.double, 1.0 - 1.0 / 1024.0)  # per label
MOST = cython.declare(cython.double, 100.0)  # a weight of more times the mean counts as so many in the sums
LEAST = cython.declare(cython.double, 1e-200)  # below it a sum of squares says nothing


@cython.cclass
class EffectiveWeight:
    r"""Scales weights by the running $\sum w / \sum w^2$ of about the last thousand labels.

    Labels of weights w carry as much information as $(\sum w)^2 / \sum w^2$ labels of weight 1 (Kish). Scaled, their
    weights sum to that number. Where all weights are equal, each is scaled to 1; where all are 1, exactly. One huge
    weight counts in the sums as 100 times the mean, so that it does not make the next ones worthless. Fields are
    declared in effective_weight.pxd: the sums of 1, of weights and of their squares.
    """

    def __init__(self) -> None:
        self.n = self.w = self.w2 = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def of(self, w: cython.double) -> cython.double:
        """Counts a label of weight w > 0, and returns its weight in effective labels."""
        counted: cython.double = w
        if self.n > 0.0 and w > MOST * (self.w / self.n):
            counted = MOST * (self.w / self.n)
        self.n = FADE * self.n + 1.0
        self.w = FADE * self.w + counted
        self.w2 = FADE * self.w2 + counted * counted
        return w * (self.w / self.w2) if self.w2 > LEAST else w

    def scaled(self, w: cython.double) -> float:
        """`of`, for Python."""
        return float(self.of(w))

    def __getstate__(self) -> dict[str, float]:
        return {"n": float(self.n), "w": float(self.w), "w2": float(self.w2)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "n", "w", "w2")
        n, w, w2 = (number(saved, name, 0.0) for name in ("n", "w", "w2"))
        if w2 > 1.000001 * w * w + 1e-300:
            raise refused("w2", "squares that sum to at most the square of the sum of weights")
        if w > 0.0 and n <= 0.0:
            raise refused("n", "a number of labels > 0 where weights are")
        self.n, self.w, self.w2 = n, w, w2
