# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A loss, and the running counts of the classes that it depends on, as one learner has learned them."""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.loss import Loss
else:
    from cython.cimports.streamimb._kernels.loss import Loss

from streamimb._kernels.saved import numbers


@cython.cclass
class LearnedLoss:
    """Fields are declared in learned_loss.pxd. **Cost**: O(classes) for each label."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.loss = Loss()
        self.n = self.m = self.u = array("d")

    def __init__(self, loss: Loss) -> None:
        self.loss = loss
        self.classes = self.width = 0
        self.n = self.m = self.u = array("d")

    @cython.cfunc
    def admit(self, classes: cython.Py_ssize_t) -> cython.void:
        """Counts so many classes from now on; each begins with one event."""
        if classes > self.classes:
            self.n = array("d", bytes(self.n) + bytes(array("d", [1.0] * (classes - self.classes))))
            self.classes = classes

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(self, k: cython.Py_ssize_t, w: cython.double) -> cython.void:
        """Counts a label of class k and weight w."""
        i: cython.Py_ssize_t
        for i in range(self.classes):
            self.n[i] *= self.loss.fade
        self.n[k] += w

    @cython.cfunc
    def aim(self, which: cython.Py_ssize_t[::1], classes: cython.Py_ssize_t) -> cython.void:
        """Takes the counts of the classes of a call, which are these among the counted ones."""
        c: cython.Py_ssize_t
        if self.width < classes:
            self.m, self.u = array("d", bytes(8 * classes)), array("d", bytes(8 * classes))
            self.width = classes
            self.loss.fit(classes)
        for c in range(classes):
            self.m[c] = max(1.0, self.n[which[c]]) if which[c] >= 0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def pull(
        self,
        f: cython.double[::1],
        y: cython.Py_ssize_t,
        e: cython.double[::1],
        classes: cython.Py_ssize_t,
    ) -> cython.void:
        """Sets e to minus the gradient at log-odds f and label y, by the scores of the loss; after `aim`."""
        self.loss.score(f, self.m, self.u, classes)
        self.loss.pull(self.u, self.m, y, e, classes)

    def __getstate__(self) -> bytes:
        return bytes(self.n)

    def resume(self, state: Any, classes: int) -> None:
        """Takes over the saved counts of so many classes, after they were checked."""
        n = numbers({"counts": state}, "counts", classes, 0.0)
        self.n, self.classes = n, classes
