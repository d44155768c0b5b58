# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Trees that are replaced one by one, and corrections of their leaves that are learned online at several rates.

A tree is fitted once; its leaves keep the values of the fit. Each leaf has, for each rate, a correction that follows
the labels: a damped Newton step, divided by the sum of the hessians that the leaf has seen, and bounded over all trees
together. A correction ends with its tree, so what is learned fast is forgotten soon.
"""

from __future__ import annotations

from array import array
from math import inf, log
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_logs import share_at
    from streamimb._kernels.implicit_step import error_after
    from streamimb._kernels.tree_work import TreeWork
else:
    from cython.cimports.streamimb._kernels.class_logs import share_at
    from cython.cimports.streamimb._kernels.implicit_step import error_after
    from cython.cimports.streamimb._kernels.tree_work import TreeWork

from streamimb._kernels.saved import entries, numbers, refused, whole

INFINITE = cython.declare(cython.float, inf)
LARGEST_FLOAT = limits.LARGEST_FLOAT
LARGEST_COEFFICIENT = limits.LARGEST_COEFFICIENT
# Most that all corrections of a rate together change the log-odds of one event by
LARGEST_STEP = cython.declare(cython.double, log(20.0))


@cython.cclass
class Forest:
    """Fields are declared in forest.pxd.

    There is room for one tree more than are in use: the next one grows in the last place (`trees`).
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.column = self.child = self.number = array("i")
        self.threshold, self.gain, self.leaf = array("f"), array("d"), array("d")

    def __init__(self, trees: int, leaves: int, etas: Any, l2: float) -> None:
        self.trees, self.leaves, self.nodes = trees, leaves, 2 * leaves - 1
        self.rates, self.stride = len(etas), 2 + len(etas)
        self.made = self.active = 0
        self.l2 = l2
        self.eta = array("d", etas)
        self.gradient = array("d", bytes(8 * self.rates))
        places: cython.Py_ssize_t = (trees + 1) * self.nodes
        self.column, self.child = array("i", bytes(4 * places)), array("i", bytes(4 * places))
        self.number, self.threshold = array("i", bytes(4 * places)), array("f", bytes(4 * places))
        self.depth = array("q", bytes(8 * (trees + 1)))
        self.level = array("q", bytes(8 * self.nodes))
        self.gain = array("d", bytes(8 * places))
        self.leaf = array("d", bytes(8 * (trees + 1) * leaves * self.stride))

    @cython.cfunc
    @cython.exceptval(check=False)
    def walk(self, work: TreeWork) -> cython.void:
        """Sets the leaves and margins of a work whose columns are set."""
        t: cython.Py_ssize_t
        e: cython.Py_ssize_t
        k: cython.Py_ssize_t
        margin: cython.double = 0.0
        for e in range(self.rates):
            work.margins[e] = 0.0
        self._find(work)
        for t in range(self.active):
            k = (t * self.leaves + self.number[work.leaf[t]]) * self.stride
            work.leaf[t] = k
            margin += self.leaf[k]
            for e in range(self.rates):
                work.margins[e] += self.leaf[k + 2 + e]
        for e in range(self.rates):
            work.margins[e] += margin
        work.margin = margin

    @cython.cfunc
    @cython.exceptval(check=False)
    def _find(self, work: TreeWork) -> cython.void:
        """Sets the node of the leaf that each tree gives.

        Four trees at a time, because each step waits for the one before it; a leaf leads to itself, so that the number
        of steps does not depend on the event. NaN is not above a threshold: a missing value goes left.
        """
        i: cython.Py_ssize_t
        t: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = self.nodes
        f0: cython.Py_ssize_t = 0
        f1: cython.Py_ssize_t
        f2: cython.Py_ssize_t
        f3: cython.Py_ssize_t
        steps: cython.Py_ssize_t
        while t < self.active:
            # In the last group the last tree is walked more than once.
            f1 = f0 + n if t + 1 < self.active else f0
            f2 = f1 + n if t + 2 < self.active else f1
            f3 = f2 + n if t + 3 < self.active else f2
            steps = max(self.depth[f0 // n], self.depth[f1 // n])
            steps = max(steps, max(self.depth[f2 // n], self.depth[f3 // n]))
            k0: cython.Py_ssize_t = f0
            k1: cython.Py_ssize_t = f1
            k2: cython.Py_ssize_t = f2
            k3: cython.Py_ssize_t = f3
            for i in range(steps):
                k0 = f0 + self.child[k0] + (work.z[self.column[k0]] > self.threshold[k0])
                k1 = f1 + self.child[k1] + (work.z[self.column[k1]] > self.threshold[k1])
                k2 = f2 + self.child[k2] + (work.z[self.column[k2]] > self.threshold[k2])
                k3 = f3 + self.child[k3] + (work.z[self.column[k3]] > self.threshold[k3])
            work.leaf[f3 // n], work.leaf[f2 // n] = k3, k2
            work.leaf[f1 // n], work.leaf[f0 // n] = k1, k0
            t += 4
            f0 += 4 * n

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(
        self,
        tree: cython.Py_ssize_t,
        sign: cython.double,
        values: cython.float[::1],
        width: cython.Py_ssize_t,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        margin: cython.double[::1],
    ) -> cython.void:
        """Adds to the margins of these rows the values that a tree was fitted to give; four rows at a time."""
        i: cython.Py_ssize_t
        first: cython.Py_ssize_t = tree * self.nodes
        leaf: cython.Py_ssize_t = tree * self.leaves
        steps: cython.Py_ssize_t = self.depth[tree]
        at: cython.Py_ssize_t = start
        a0: cython.Py_ssize_t
        a1: cython.Py_ssize_t
        a2: cython.Py_ssize_t
        a3: cython.Py_ssize_t
        while at < end:
            # In the last group the last row is walked more than once, and added once.
            a0 = at * width
            a1 = min(at + 1, end - 1) * width
            a2 = min(at + 2, end - 1) * width
            a3 = min(at + 3, end - 1) * width
            k0: cython.Py_ssize_t = first
            k1: cython.Py_ssize_t = first
            k2: cython.Py_ssize_t = first
            k3: cython.Py_ssize_t = first
            for i in range(steps):
                k0 = first + self.child[k0] + (values[a0 + self.column[k0]] > self.threshold[k0])
                k1 = first + self.child[k1] + (values[a1 + self.column[k1]] > self.threshold[k1])
                k2 = first + self.child[k2] + (values[a2 + self.column[k2]] > self.threshold[k2])
                k3 = first + self.child[k3] + (values[a3 + self.column[k3]] > self.threshold[k3])
            margin[at] += sign * self.leaf[(leaf + self.number[k0]) * self.stride]
            if at + 1 < end:
                margin[at + 1] += sign * self.leaf[(leaf + self.number[k1]) * self.stride]
            if at + 2 < end:
                margin[at + 2] += sign * self.leaf[(leaf + self.number[k2]) * self.stride]
            if at + 3 < end:
                margin[at + 3] += sign * self.leaf[(leaf + self.number[k3]) * self.stride]
            at += 4

    @cython.cfunc
    @cython.exceptval(check=False)
    def learn(self, work: TreeWork, y: cython.bint, offset: cython.double, w: cython.double) -> cython.void:
        """Moves the corrections of the leaves of an event of weight w that was walked.

        The odds of the event change at most by a factor of 20, or 20^w: a hundred corrections of one rate, each a small
        step by its leaf, would move those of all events by 10^9 at the first positive after thousands of negatives.
        """
        t: cython.Py_ssize_t
        e: cython.Py_ssize_t
        k: cython.Py_ssize_t
        part: cython.double
        most: cython.double
        reach: cython.double = 0.0
        p: cython.double = share_at(work.margin + offset)
        hessian: cython.double = w * p * (1.0 - p)
        for t in range(self.active):
            k = work.leaf[t] + 1
            self.leaf[k] += hessian
            reach += 1.0 / (self.leaf[k] + self.l2)
        if reach == 0.0:
            return
        most = LARGEST_STEP * max(1.0, w) / reach
        for e in range(self.rates):
            part = error_after(work.margins[e] + offset, y, self.eta[e] * w * reach if w > 1.0 else 0.0)
            self.gradient[e] = max(-most, min(most, self.eta[e] * w * part))
        for t in range(self.active):
            k = work.leaf[t] + 1
            part = 1.0 / (self.leaf[k] + self.l2)
            for e in range(self.rates):
                self.leaf[k + 1 + e] += self.gradient[e] * part

    @cython.cfunc
    @cython.exceptval(check=False)
    def clear(self) -> cython.void:
        """Makes every node of the last place a leaf."""
        i: cython.Py_ssize_t
        first: cython.Py_ssize_t = self.trees * self.nodes
        for i in range(self.nodes):
            self.column[first + i] = self.number[first + i] = 0
            self.child[first + i] = cython.cast(cython.int, i)
            self.threshold[first + i], self.gain[first + i] = INFINITE, 0.0
        for i in range(self.trees * self.leaves * self.stride, len(self.leaf)):
            self.leaf[i] = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def measure(self, tree: cython.Py_ssize_t) -> cython.void:
        """Sets the depth of a tree, whose children come after their parents."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        first: cython.Py_ssize_t = tree * self.nodes
        self.depth[tree] = 0
        for i in range(self.nodes):
            self.level[i] = 0
        for i in range(self.nodes):
            if self.number[first + i] < 0:
                k = self.child[first + i]
                self.level[k] = self.level[k + 1] = self.level[i] + 1
                self.depth[tree] = max(self.depth[tree], self.level[k])

    @cython.cfunc
    @cython.exceptval(check=False)
    def activate(self) -> cython.void:
        """Replaces the oldest tree by the one that has grown."""
        i: cython.Py_ssize_t
        tree: cython.Py_ssize_t = self.made % self.trees
        to: cython.Py_ssize_t = tree * self.nodes
        start: cython.Py_ssize_t = self.trees * self.nodes
        for i in range(self.nodes):
            self.column[to + i], self.child[to + i] = self.column[start + i], self.child[start + i]
            self.number[to + i], self.gain[to + i] = self.number[start + i], self.gain[start + i]
            self.threshold[to + i] = self.threshold[start + i]
        to = tree * self.leaves * self.stride
        start = self.trees * self.leaves * self.stride
        for i in range(self.leaves * self.stride):
            self.leaf[to + i] = self.leaf[start + i]
        self.depth[tree] = self.depth[self.trees]
        self.made += 1
        self.active = min(self.made, self.trees)

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return 24 * len(self.column) + 8 * len(self.leaf)

    def __getstate__(self) -> dict[str, Any]:
        places: cython.Py_ssize_t = self.active * self.nodes
        return {
            "made": int(self.made),
            "column": bytes(self.column)[: 4 * places],
            "child": bytes(self.child)[: 4 * places],
            "number": bytes(self.number)[: 4 * places],
            "threshold": bytes(self.threshold)[: 4 * places],
            "gain": bytes(self.gain)[: 8 * places],
            "leaf": bytes(self.leaf)[: 8 * self.active * self.leaves * self.stride],
        }

    def resume(self, state: Any, columns: int) -> None:
        """Take over saved trees that split on these columns, after all of them were checked."""
        t: cython.Py_ssize_t
        saved = entries(state, "made", "column", "child", "number", "threshold", "gain", "leaf")
        made = whole(saved, "made")
        active = min(made, self.trees)
        places: cython.Py_ssize_t = active * self.nodes
        column = short(saved, "column", "i", places)
        child = short(saved, "child", "i", places)
        number = short(saved, "number", "i", places)
        threshold = short(saved, "threshold", "f", places)
        gain = numbers(saved, "gain", places, 0.0)
        leaf = numbers(saved, "leaf", active * self.leaves * self.stride)
        for t in range(0, places, self.nodes):
            for k in range(self.nodes):
                one = (number[t + k], child[t + k], column[t + k], threshold[t + k])
                # A child comes after its node, so every walk ends at a leaf.
                if one[0] == -1:
                    good = (
                        k < one[1] < self.nodes - 1 and 0 <= one[2] < columns and abs(one[3]) <= LARGEST_FLOAT
                    )
                else:
                    good = 0 <= one[0] < self.leaves and one[1:] == (k, 0, inf)
                if not good:
                    raise refused("number, child, column and threshold", "trees of splits and leaves")
        for t in range(0, len(leaf), self.stride):
            values = (leaf[t], *leaf[t + 2 : t + self.stride])
            if leaf[t + 1] < 0.0 or not all(
                -LARGEST_COEFFICIENT <= one <= LARGEST_COEFFICIENT for one in values
            ):
                raise refused("leaf", "hessians of at least 0, and log-odds of a bounded size")
        self.made, self.active = made, active
        rest: cython.Py_ssize_t = (self.trees + 1) * self.nodes - places
        none = array("i", bytes(4 * rest))
        self.column, self.child, self.number = column + none, child + none, number + none
        self.threshold = threshold + array("f", bytes(4 * rest))
        self.gain = gain + array("d", bytes(8 * rest))
        self.leaf = leaf + array("d", bytes(8 * (len(self.leaf) - len(leaf))))
        for t in range(active):
            self.measure(t)


def short(saved: dict[str, Any], name: str, code: Any, n: int) -> Any:
    """An entry of n numbers of 4 bytes each."""
    if type(saved[name]) is not bytes or len(saved[name]) != 4 * n:
        raise refused(name, f"{n} numbers of 4 bytes each")
    return array(code, saved[name])
