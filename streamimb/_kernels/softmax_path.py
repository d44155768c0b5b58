# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The path of the log-odds of K classes under ever smaller learning steps on one example."""

from __future__ import annotations

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, fabs

    from streamimb._kernels.learned_loss import LearnedLoss
    from streamimb._kernels.softmax_work import SoftmaxWork
else:
    from cython.cimports.libc.math import exp, fabs
    from cython.cimports.streamimb._kernels.learned_loss import LearnedLoss
    from cython.cimports.streamimb._kernels.softmax_work import SoftmaxWork

LONGEST_PART = cython.declare(cython.double, limits.LONGEST_PART)
MOST_PARTS = cython.declare(cython.int, limits.MOST_PARTS)


@cython.cfunc
@cython.exceptval(-1, check=False)
def follow(
    work: SoftmaxWork,
    r: cython.Py_ssize_t,
    alpha: cython.double,
    y: cython.Py_ssize_t,
    h: cython.double,
    loss: LearnedLoss,
) -> cython.int:
    """Follows ds_c/dt = alpha kappa_c e_c(s) from t = 0 to h: sets `p` to the change of s, adds e² dt to `square`.

    e is minus the gradient of the loss, or of the cross-entropy where that is None.

    Heun's method in parts that change no log-odds by more than `LONGEST_PART`. The gradient falls as 1/t, so the parts
    grow and their number with log h. With two classes there is a closed form (`logistic_path.growth`), with more none.
    """
    c: cython.Py_ssize_t
    i: cython.int
    k: cython.Py_ssize_t
    t: cython.double
    speed: cython.double
    left: cython.double = h
    for c in range(work.classes):
        work.s[c] = work.o[c] + work.g[r * work.room + work.which[c]]
        work.p[r * work.classes + c] = 0.0
    for i in range(MOST_PARTS):
        if loss is None:
            gradient(work.s, work.e, work.classes, y)
        else:
            loss.pull(work.s, y, work.e, work.classes)
        speed = 0.0
        for c in range(work.classes):
            speed = max(speed, alpha * work.kappa[c] * fabs(work.e[c]))
        t = left if speed * left <= LONGEST_PART else LONGEST_PART / speed
        for c in range(work.classes):
            work.s2[c] = work.s[c] + alpha * work.kappa[c] * t * work.e[c]
        if loss is None:
            gradient(work.s2, work.e2, work.classes, y)
        else:
            loss.pull(work.s2, y, work.e2, work.classes)
        for c in range(work.classes):
            k = r * work.classes + c
            work.p[k] += 0.5 * alpha * work.kappa[c] * t * (work.e[c] + work.e2[c])
            work.s[c] = work.o[c] + work.g[r * work.room + work.which[c]] + work.p[k]
            work.square[c] += 0.5 * t * (work.e[c] * work.e[c] + work.e2[c] * work.e2[c])
        left -= t
        if left <= 0.0:
            break
    return 0


@cython.cfunc
@cython.exceptval(check=False)
def gradient(
    s: cython.double[::1], e: cython.double[::1], n: cython.Py_ssize_t, y: cython.Py_ssize_t
) -> cython.void:
    """Sets e to the gradient of the log of softmax(s)[y]; that of y as a sum, which does not cancel near 0."""
    c: cython.Py_ssize_t
    q: cython.double
    top: cython.double = -1e308
    total: cython.double = 0.0
    rest: cython.double = 0.0
    for c in range(n):
        if s[c] > top:
            top = s[c]
    for c in range(n):
        q = s[c] - top
        q = exp(q) if q > -700.0 else 0.0
        e[c] = -q
        total += q
        if c != y:
            rest += q
    for c in range(n):
        e[c] /= total
    e[y] = rest / total
