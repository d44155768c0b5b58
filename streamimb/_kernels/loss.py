# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The port of a loss: a value and a gradient at its scores, and the way from a score to a probability and back.

A learner has log-odds f of probabilities. A loss has scores u of its own, at which its gradient is 0 on average where
f is right. So the learner computes the gradient at u(f), moves f by it, and its probabilities need no correction.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log

    from streamimb._kernels.ports import Port
else:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.ports import Port

from streamimb.protocols import Proba

LEAST_PROBABILITY = cython.declare(cython.double, limits.LEAST_PROBABILITY)


@cython.cclass
class Loss(Port):
    """Fields are declared in loss.pxd. Scores and log-odds of all classes are up to one number, the same for all."""

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        """Grows the scratch buffers to this many classes."""

    @cython.cfunc
    def name(self, labels: Any) -> cython.void:
        """Takes the labels of the classes of the calls that follow; ours know classes by their places alone."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.int:
        """Sets the scores u of probabilities with log-odds f, where class k has the count n_k >= 1.

        Where the loss `gathers`, n_k is the ratio of gradients instead, here and below.
        """
        k: cython.Py_ssize_t
        for k in range(classes):
            u[k] = f[k]
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def restore(
        self, u: cython.double[::1], n: cython.double[::1], f: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        """Sets the log-odds f of the probabilities that scores u mean: the inverse of `score`."""
        k: cython.Py_ssize_t
        for k in range(classes):
            f[k] = u[k]

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
        """Sets e to minus the gradient of the loss by the scores, at label y."""
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        """The loss at label y."""
        return 0.0

    # ------------------------------------------------------------------ the same by class, for one event

    @property
    def needs_calibrator(self) -> bool:
        """Whether only a calibrator turns what is learned into probabilities; else they are right without one."""
        return not self.exact

    def scores_one(self, p: Proba, counts: Proba) -> dict[Any, float]:
        """Return the score of each class of p, up to one number that is the same for all."""
        k: cython.Py_ssize_t
        f, n, _ = self._arrays(p, counts, None)
        for k in range(len(f)):
            f[k] = log(max(LEAST_PROBABILITY, f[k]))
        u = array("d", f)
        self.score(f, n, u, len(f))
        return dict(zip(p, u, strict=True))

    def probabilities_one(self, scores: Proba, counts: Proba) -> dict[Any, float]:
        """Return the probability of each class that these scores mean; they sum to 1."""
        k: cython.Py_ssize_t
        u, n, _ = self._arrays(scores, counts, None)
        f = array("d", u)
        self.restore(u, n, f, len(u))
        total: cython.double = log_sum(f, len(f))
        return {label: exp(f[k] - total) for k, label in enumerate(scores)}

    def value_one(self, scores: Proba, y: Any, counts: Proba) -> float:
        """Return the loss of these scores at label y, with these counts of the classes."""
        u, n, at = self._arrays(scores, counts, y)
        return self.value(u, n, at, len(u))

    def gradient_one(self, scores: Proba, y: Any, counts: Proba) -> dict[Any, float]:
        """Return the derivative of `value_one` by the score of each class."""
        u, n, at = self._arrays(scores, counts, y)
        e = array("d", u)
        self.pull(u, n, at, e, len(u))
        return {label: -pull for label, pull in zip(scores, e, strict=True)}

    def _arrays(self, values: Proba, counts: Proba, y: Any) -> tuple[Any, Any, int]:
        """The values and counts as arrays, and the place of y (or 0); refuses what does not fit together."""
        if len(values) < 2 or not values.keys() <= counts.keys():
            raise ValueError("counts: expected a number for each of two or more classes")
        if y is not None and y not in values:
            raise ValueError("y: expected one of the classes of the scores")
        self.fit(len(values))
        least = 0.0 if self.gathers else 1.0
        n = array("d", [max(least, float(counts[label])) for label in values])
        return array("d", map(float, values.values())), n, 0 if y is None else list(values).index(y)


@cython.cfunc
@cython.exceptval(check=False)
def log_sum(u: cython.double[::1], classes: cython.Py_ssize_t) -> cython.double:
    """The log of the sum of exp(u_k)."""
    k: cython.Py_ssize_t
    top: cython.double = -1e308
    total: cython.double = 0.0
    for k in range(classes):
        if u[k] > top:
            top = u[k]
    for k in range(classes):
        total += exp(u[k] - top) if u[k] - top > -700.0 else 0.0
    return top + log(total)


def fade_of(half_life: Any) -> float:
    """Return what a count is multiplied by at each label; 1 for None, with which it does not fade.

    Examples
    --------
    >>> fade_of(1.0), fade_of(None)
    (0.5, 1.0)
    """
    return 1.0 if half_life is None else float(pow(0.5, 1.0 / half_life))
