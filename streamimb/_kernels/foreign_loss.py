# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The adapter of a loss written against `protocols.Loss`."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp

    from streamimb._kernels.loss import Loss, log_sum
else:
    from cython.cimports.libc.math import exp
    from cython.cimports.streamimb._kernels.loss import Loss, log_sum

from streamimb._kernels.loss import fade_of


@cython.cclass
class ForeignLoss(Loss):
    """Calls a loss by class: its scores at probabilities, its gradient at scores. Fields: foreign_loss.pxd."""

    def __init__(self, foreign: Any) -> None:
        self.foreign, self.labels = foreign, ()
        self.exact, self.gathers = not foreign.needs_calibrator, False
        self.fade = fade_of(getattr(foreign, "half_life", None))

    @cython.cfunc
    def name(self, labels: Any) -> cython.void:
        self.labels = tuple(labels)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.int:
        k: cython.Py_ssize_t
        total: cython.double = log_sum(f, classes)
        p = {label: exp(max(-700.0, f[k] - total)) for k, label in enumerate(self.labels)}
        return self._take("scores_one", self.labels, self.foreign.scores_one(p, self._counts(n)), 1.0, u)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def pull(
        self,
        u: cython.double[::1],
        n: cython.double[::1],
        y: cython.Py_ssize_t,
        e: cython.double[::1],
        classes: cython.Py_ssize_t,
    ) -> cython.int:
        k: cython.Py_ssize_t
        scores = {label: u[k] for k, label in enumerate(self.labels)}
        return self._take(
            "gradient_one",
            self.labels,
            self.foreign.gradient_one(scores, self.labels[y], self._counts(n)),
            -1.0,
            e,
        )

    @cython.cfunc
    def _counts(self, n: cython.double[::1]) -> dict[Any, float]:
        k: cython.Py_ssize_t
        return {label: n[k] for k, label in enumerate(self.labels)}

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _take(
        self, method: str, labels: tuple[Any, ...], answer: Any, sign: cython.double, into: cython.double[::1]
    ) -> cython.int:
        """Copies a number of each class; refuses an answer without one."""
        k: cython.Py_ssize_t
        value: cython.double
        for k, label in enumerate(labels):
            given = answer.get(label) if isinstance(answer, Mapping) else None
            if not isinstance(given, float | int) or not isfinite(given):
                raise ValueError(
                    f"{type(self.foreign).__name__}: {method} has to return a finite number of every class"
                )
            value = given
            into[k] = sign * value
        return 0
