# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The nodes of a tree that grows by splits of its leaves."""

from __future__ import annotations

from array import array
from math import inf
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.forest import short
from streamimb._kernels.saved import entries, numbers, refused

LARGEST_FLOAT = limits.LARGEST_FLOAT
LARGEST_SHIFT = limits.LARGEST_COEFFICIENT


@cython.cclass
class SplitNodes:
    """Fields are declared in split_nodes.pxd. The left child of a leaf that is split keeps its number."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out(1)

    def __init__(self, most: int) -> None:
        self._lay_out(most)

    def _lay_out(self, most: int) -> None:
        self.most, self.leaves = most, 1
        nodes = 2 * most - 1
        self.column, self.child = array("i", bytes(4 * nodes)), array("i", bytes(4 * nodes))
        self.number, self.depth = array("i", bytes(4 * nodes)), array("i", bytes(4 * nodes))
        self.threshold, self.gain = array("d", bytes(8 * nodes)), array("d", bytes(8 * nodes))
        self.shift = array("d", bytes(8 * nodes))
        self.node = array("i", bytes(4 * most))

    @cython.cfunc
    @cython.exceptval(check=False)
    def leaf(self, z: cython.float[::1]) -> cython.Py_ssize_t:
        """The leaf of an event. NaN is not above a threshold: a missing value goes left."""
        k: cython.Py_ssize_t = 0
        while self.number[k] < 0:
            k = self.child[k] + (z[self.column[k]] > self.threshold[k])
        return self.number[k]

    @cython.cfunc
    @cython.exceptval(check=False)
    def split(
        self,
        leaf: cython.Py_ssize_t,
        column: cython.Py_ssize_t,
        threshold: cython.double,
        gain: cython.double,
    ) -> cython.Py_ssize_t:
        """Splits a leaf where there is room; returns the number of the leaf on the right."""
        k: cython.Py_ssize_t = self.node[leaf]
        left: cython.Py_ssize_t = 2 * self.leaves - 1
        right: cython.Py_ssize_t = self.leaves
        self.column[k], self.child[k] = cython.cast(cython.int, column), cython.cast(cython.int, left)
        self.threshold[k], self.gain[k], self.number[k] = threshold, gain, -1
        self.depth[left] = self.depth[left + 1] = self.depth[k] + 1
        self.number[left] = cython.cast(cython.int, leaf)
        self.number[left + 1] = cython.cast(cython.int, right)
        self.node[leaf] = cython.cast(cython.int, left)
        self.node[right] = cython.cast(cython.int, left + 1)
        self.leaves += 1
        return right

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return 4 * len(self.node) + 40 * len(self.column)

    def __getstate__(self) -> dict[str, Any]:
        n: cython.Py_ssize_t = 2 * self.leaves - 1
        return {
            "column": bytes(self.column)[: 4 * n],
            "child": bytes(self.child)[: 4 * n],
            "number": bytes(self.number)[: 4 * n],
            "threshold": bytes(self.threshold)[: 8 * n],
            "gain": bytes(self.gain)[: 8 * n],
            "shift": bytes(self.shift)[: 8 * n],
        }

    def resume(self, state: Any, columns: int) -> None:
        """Take over saved nodes that split on these columns, after all of them were checked."""
        k: cython.Py_ssize_t
        saved = entries(state, "column", "child", "number", "threshold", "gain", "shift")
        if type(saved["number"]) is not bytes or len(saved["number"]) % 8 != 4:
            raise refused("number", "an odd number of entries of 4 bytes each")
        n: cython.Py_ssize_t = len(saved["number"]) // 4
        if n > 2 * self.most - 1:
            raise refused("number", f"at most {2 * self.most - 1} nodes")
        number, child = short(saved, "number", "i", n), short(saved, "child", "i", n)
        column = short(saved, "column", "i", n)
        threshold = numbers(saved, "threshold", n, -inf, LARGEST_FLOAT)
        gain = numbers(saved, "gain", n, 0.0, 1.0)
        shift = numbers(saved, "shift", n, -LARGEST_SHIFT, LARGEST_SHIFT)
        splits = [k for k in range(n) if number[k] == -1]
        leaves = [number[k] for k in range(n) if number[k] != -1]
        # Every pair of children belongs to one node, which comes before it: every walk ends at a leaf.
        if sorted(child[k] for k in splits) != list(range(1, n, 2)) or any(child[k] <= k for k in splits):
            raise refused("child", "two children of each node that splits, after it")
        if sorted(leaves) != list(range(len(leaves))) or not all(0 <= column[k] < columns for k in splits):
            raise refused("number and column", "every leaf once, and a column of each split")
        self.leaves = len(leaves)
        for k in range(n):
            self.column[k], self.child[k], self.number[k] = column[k], child[k], number[k]
            self.threshold[k], self.gain[k], self.shift[k] = threshold[k], gain[k], shift[k]
            if number[k] == -1:
                self.depth[child[k]] = self.depth[child[k] + 1] = self.depth[k] + 1
            else:
                self.node[number[k]] = cython.cast(cython.int, k)
