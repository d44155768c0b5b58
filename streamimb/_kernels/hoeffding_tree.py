# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A tree whose leaves are split by the Hoeffding bound, once the rarer class has enough events to judge a split."""

from __future__ import annotations

from array import array
from math import inf
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log, sqrt

    from streamimb._kernels.column_bins import ColumnBins
    from streamimb._kernels.hoeffding_work import HoeffdingWork
    from streamimb._kernels.leaf_counts import LeafCounts
    from streamimb._kernels.leaf_models import LeafModels
    from streamimb._kernels.leaf_split import LeafSplit
    from streamimb._kernels.split_nodes import SplitNodes
else:
    from cython.cimports.libc.math import log, sqrt
    from cython.cimports.streamimb._kernels.column_bins import ColumnBins
    from cython.cimports.streamimb._kernels.hoeffding_work import HoeffdingWork
    from cython.cimports.streamimb._kernels.leaf_counts import LeafCounts
    from cython.cimports.streamimb._kernels.leaf_models import LeafModels
    from cython.cimports.streamimb._kernels.leaf_split import LeafSplit
    from cython.cimports.streamimb._kernels.split_nodes import SplitNodes
from streamimb._kernels.saved import entries

LEAST = 10.0  # events on each side of a split
INFINITE = cython.declare(cython.double, inf)
INHERITED = cython.declare(
    cython.double, 1.0
)  # grace periods of the rarer class, at most, that a child starts from


@cython.cclass
class HoeffdingTree:
    """Fields are declared in hoeffding_tree.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self.bins, self.counts, self.models = ColumnBins(0), LeafCounts(1, 1, 1.0), LeafModels(1)
        self.nodes, self.best = SplitNodes(1), LeafSplit(False, LEAST, 1, 1.0, 0)

    def __init__(
        self,
        columns: int,
        leaves: int,
        max_depth: int,
        by_information: bool,
        column_share: float,
        grace: float,
        delta: float,
        tie: float,
        half_life: float,
        seed: int,
    ) -> None:
        self.bins = ColumnBins(seed)
        self.counts = LeafCounts(leaves, columns, half_life)
        self.models = LeafModels(leaves)
        self.nodes = SplitNodes(leaves)
        self.best = LeafSplit(by_information, LEAST, columns, column_share, seed)
        self.grace, self.log_delta, self.tie = grace, log(1.0 / delta), tie
        self.max_depth = max_depth
        self.before, self.left = array("d", bytes(16)), array("d", bytes(16))

    @cython.cfunc
    def fit(self, columns: cython.Py_ssize_t) -> cython.void:
        """Makes room for more columns."""
        if columns > self.counts.n:
            self.counts.fit(columns)
            self.bins.fit(self.counts.room)

    @cython.cfunc
    @cython.exceptval(check=False)
    def place(self, work: HoeffdingWork) -> cython.void:
        """Sets bins, leaf and evidence of a work whose columns are set."""
        self.bins.find(work.columns.z, self.counts.n, work.bins)
        work.leaf = self.nodes.leaf(work.columns.z)
        work.evidence = self.counts.evidence(work.leaf, work.bins, 0, self.counts.n)

    @cython.cfunc
    def count(self, work: HoeffdingWork, y: cython.bint, w: cython.double) -> cython.bint:
        """Counts an event of weight w in its leaf; returns whether the tree or a bin changed."""
        changed: cython.bint = False
        self.bins.note(work.columns.z, self.counts.n, y)
        self.counts.add(work.leaf, work.bins, y, w)
        column: cython.Py_ssize_t = self.bins.due(self.counts.n)
        if column >= 0:
            self.bins.renew(column)
            self.counts.rebin(column, self.bins.moved)
            changed = True
        if self.counts.waiting(work.leaf) >= self.grace:
            self.counts.restart(work.leaf)
            if self._grow(work.leaf):
                changed = True
        return changed

    @cython.cfunc
    def _grow(self, leaf: cython.Py_ssize_t) -> cython.bint:
        """Splits a leaf if its best split is good enough; returns whether it did."""
        i: cython.Py_ssize_t
        nodes: SplitNodes = self.nodes
        if nodes.leaves == nodes.most or nodes.depth[nodes.node[leaf]] >= self.max_depth:
            return False
        self.best.find(self.counts, leaf, nodes.node[leaf])
        if self.best.column < 0:
            return False
        n: cython.double = self.counts.effective(leaf)
        if n <= 0.0:
            return False
        bound: cython.double = sqrt(0.5 * self.log_delta / n)
        lead: cython.double = self.best.gain - self.best.second
        if self.best.gain <= bound or (lead <= bound and bound >= self.tie):
            return False
        threshold: cython.double = self.bins.threshold(self.best.column, self.best.bin)
        if threshold == INFINITE:  # a bin without an edge has mass in no state of ours
            return False
        right: cython.Py_ssize_t = nodes.split(leaf, self.best.column, threshold, self.best.gain)
        for i in range(2):
            self.before[i] = self.counts.total[2 * leaf + i] / self.counts.unit[leaf]
        self.counts.part(leaf, right, self.best.column, self.best.bin, INHERITED * self.grace, self.left)
        known: cython.double = self.models.log_odds(leaf)
        self.models.part(leaf, right, self.before, self.left)
        nodes.shift[nodes.node[leaf]] = self.models.log_odds(leaf) - known
        nodes.shift[nodes.node[right]] = self.models.log_odds(right) - known
        return True

    def path(self, work: HoeffdingWork) -> list[tuple[int, float]]:
        """(column, what its split added to the log-odds) of every split on the event's path to its leaf."""
        k: cython.Py_ssize_t = 0
        nodes: SplitNodes = self.nodes
        found = []
        while nodes.number[k] < 0:
            column = nodes.column[k]
            k = nodes.child[k] + (work.columns.z[nodes.column[k]] > nodes.threshold[k])
            found.append((column, nodes.shift[k]))
        return found

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return int(
            self.bins.memory_bytes()
            + self.counts.memory_bytes()
            + self.models.memory_bytes()
            + self.nodes.memory_bytes()
        )

    def __getstate__(self) -> dict[str, Any]:
        leaves = self.nodes.leaves
        return {
            "bins": self.bins.state(self.counts.n),
            "counts": self.counts.state(leaves),
            "models": self.models.state(leaves),
            "level": bytes(self.models.level),
            "nodes": self.nodes.__getstate__(),
        }

    def resume(self, state: Any, columns: int) -> None:
        """Take over a saved tree of so many columns, after all of it was checked.

        Only for a tree that was just made: where a state is refused, the tree is left half loaded.
        """
        saved = entries(state, "bins", "counts", "models", "level", "nodes")
        self.nodes.resume(saved["nodes"], columns)
        leaves = self.nodes.leaves
        self.counts.resume(saved["counts"], leaves, columns)
        self.models.resume(saved["models"], saved["level"], leaves)
        self.bins.resume(saved["bins"], columns)
        self.bins.fit(self.counts.room)
