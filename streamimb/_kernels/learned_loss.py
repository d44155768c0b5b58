# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A loss, and the running counts or gradients of the classes that it depends on, as one learner has learned them."""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs

    from streamimb._kernels.foreign_loss import ForeignLoss
    from streamimb._kernels.loss import Loss
else:
    from cython.cimports.libc.math import fabs
    from cython.cimports.streamimb._kernels.foreign_loss import ForeignLoss
    from cython.cimports.streamimb._kernels.loss import Loss

from streamimb._kernels.saved import numbers


@cython.cclass
class LearnedLoss:
    """Fields are declared in learned_loss.pxd. **Cost**: O(classes) for each label."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.loss = Loss()
        self.n = self.lowered = self.m = self.u = array("d")

    def __init__(self, loss: Any) -> None:
        self.loss = loss if isinstance(loss, Loss) else ForeignLoss(loss)
        self.classes = self.width = 0
        self.n = self.lowered = self.m = self.u = array("d")

    @cython.cfunc
    def admit(self, classes: cython.Py_ssize_t) -> cython.void:
        """Counts so many classes from now on; each begins with one event."""
        if classes > self.classes:
            more = bytes(array("d", [1.0] * (classes - self.classes)))
            self.n = array("d", bytes(self.n) + more)
            if self.loss.gathers:
                self.lowered = array("d", bytes(self.lowered) + more)
            self.classes = classes

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(self, k: cython.Py_ssize_t, w: cython.double) -> cython.void:
        """Counts a label of class k and weight w; gradients only fade."""
        i: cython.Py_ssize_t
        for i in range(self.classes):
            self.n[i] *= self.loss.fade
        if self.loss.gathers:
            for i in range(self.classes):
                self.lowered[i] *= self.loss.fade
        else:
            self.n[k] += w

    @cython.cfunc
    @cython.exceptval(check=False)
    def gather(
        self,
        e: cython.double[::1],
        which: cython.Py_ssize_t[::1],
        y: cython.Py_ssize_t,
        classes: cython.Py_ssize_t,
        w: cython.double,
    ) -> cython.void:
        """Adds the gradient e of an example of weight w, where the loss depends on sums of them."""
        c: cython.Py_ssize_t
        for c in range(classes if self.loss.gathers else 0):
            if c == y:
                self.n[which[c]] += w * fabs(e[c])
            else:
                self.lowered[which[c]] += w * fabs(e[c])

    @cython.cfunc
    def aim(self, which: cython.Py_ssize_t[::1], classes: cython.Py_ssize_t, labels: Any) -> cython.void:
        """Takes the counts of the classes of a call, which are these among the counted ones and have these labels."""
        c: cython.Py_ssize_t
        if self.width < classes:
            self.m, self.u = array("d", bytes(8 * classes)), array("d", bytes(8 * classes))
            self.width = classes
            self.loss.fit(classes)
        for c in range(classes):
            self.m[c] = max(1.0, self.n[which[c]]) if which[c] >= 0 else 1.0
            if self.loss.gathers and which[c] >= 0:
                self.m[c] /= max(1.0, self.lowered[which[c]])
        self.loss.name(labels)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def pull(
        self,
        f: cython.double[::1],
        y: cython.Py_ssize_t,
        e: cython.double[::1],
        classes: cython.Py_ssize_t,
    ) -> cython.int:
        """Sets e to minus the gradient at log-odds f and label y, by the scores of the loss; after `aim`."""
        self.loss.score(f, self.m, self.u, classes)
        return self.loss.pull(self.u, self.m, y, e, classes)

    def __getstate__(self) -> bytes:
        return bytes(self.n) + bytes(self.lowered)

    def resume(self, state: Any, classes: int) -> None:
        """Takes over the saved counts of so many classes, after they were checked."""
        sums = 2 * classes if self.loss.gathers else classes
        n = numbers({"counts": state}, "counts", sums, 0.0)
        self.n, self.lowered, self.classes = n[:classes], n[classes:], classes
