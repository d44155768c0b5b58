# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Fits one tree on a ring of events, in slices: leaf by leaf, each time the split with the largest gain.

With F the margin of the other trees and o the offset of an event, g = sigmoid(F + o) - y and h = p (1 - p); the value
of a leaf is -step G / (H + l2). Nothing may be added to the ring while a fit is running, so that slices of any length
give the same tree.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.bin_edges import BinEdges
    from streamimb._kernels.class_logs import share_at
    from streamimb._kernels.draw import Draw
    from streamimb._kernels.event_rows import EventRows
    from streamimb._kernels.forest import Forest
    from streamimb._kernels.gradient_histograms import GradientHistograms
else:
    from cython.cimports.streamimb._kernels.bin_edges import BinEdges
    from cython.cimports.streamimb._kernels.class_logs import share_at
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.event_rows import EventRows
    from cython.cimports.streamimb._kernels.forest import Forest
    from cython.cimports.streamimb._kernels.gradient_histograms import GradientHistograms

from streamimb._kernels.large_buffer import lazy

SAMPLE = cython.declare(
    cython.Py_ssize_t, 1_000
)  # events of each class, about, whose quantiles are the edges of the bins
RENEWAL = cython.declare(cython.Py_ssize_t, 20)  # trees for which the bins of a column are used
# Phases of a fit
EDGES = cython.declare(cython.int, 0)
BINS = cython.declare(cython.int, 1)
GRADIENTS = cython.declare(cython.int, 2)
COUNT = cython.declare(cython.int, 3)
PART = cython.declare(cython.int, 4)
MARGINS = cython.declare(cython.int, 5)
DONE = cython.declare(cython.int, 6)
# What they cost, in visits of a row
VALUE_COST = cython.declare(cython.Py_ssize_t, 6)  # of each value from which edges are computed
WALK_COST = cython.declare(cython.Py_ssize_t, 2)
COUNTED = cython.declare(cython.Py_ssize_t, 32)  # columns that are counted at the cost of one
SEARCH_COST = cython.declare(cython.Py_ssize_t, 20)  # of each column of a new leaf


@cython.cclass
class TreeFit:
    """Fields are declared in tree_fit.pxd. The tree grows in the last place of the forest."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self.edges, self.histograms = BinEdges(), GradientHistograms(1, 1.0)

    def __init__(
        self,
        ring: EventRows,
        forest: Forest,
        draw: Draw,
        step: float,
        row_share: float,
        column_share: float,
    ) -> None:
        leaves: cython.Py_ssize_t = forest.leaves
        self.ring, self.forest, self.draw = ring, forest, draw
        self.step, self.row_share, self.column_share = step, row_share, column_share
        self.edges = BinEdges()
        self.histograms = GradientHistograms(leaves, forest.l2)
        self.room = self.width = self.drawn = 0
        self.bins = array("B")
        self.margin = self.g = self.h = array("d")
        self.order = self.aside = array("i")
        self.phase = DONE
        self.at = self.to = self.right = 0
        self.renewed = []
        self.sample0, self.sample1 = [], []
        self.grown = self.split = self.small = 0
        self.node, self.first = array("q", bytes(8 * leaves)), array("q", bytes(8 * leaves))
        self.last, self.best_column = array("q", bytes(8 * leaves)), array("q", bytes(8 * leaves))
        self.best_bin = array("q", bytes(8 * leaves))
        self.best, self.gradient = array("d", bytes(8 * leaves)), array("d", bytes(8 * leaves))
        self.hessian = array("d", bytes(8 * leaves))

    @cython.cfunc
    def _fit(self) -> cython.void:
        """Grows the buffers to the rows and columns of the ring."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        ring: EventRows = self.ring
        if self.edges.columns < ring.columns:
            edges: BinEdges = BinEdges()
            edges.copy(self.edges, ring.columns)
            self.edges = edges
        if ring.capacity == self.room and ring.columns == self.width:
            return
        if ring.capacity != self.room:
            rows: cython.Py_ssize_t = ring.capacity
            self.margin, self.g, self.h = lazy("d", rows), lazy("d", rows), lazy("d", rows)
            self.order, self.aside = lazy("i", rows), lazy("i", rows)
        wider: cython.uchar[::1] = lazy("B", ring.capacity * ring.columns)
        for i in range(min(self.room, ring.n)):
            for j in range(self.width):
                wider[i * ring.columns + j] = self.bins[i * self.width + j]
        self.bins, self.room, self.width = wider, ring.capacity, ring.columns

    @cython.cfunc
    def place(self, row: cython.Py_ssize_t) -> cython.void:
        """Sets the bins of a row that was added to the ring."""
        self._fit()
        self._bin(row)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _bin(self, row: cython.Py_ssize_t) -> cython.void:
        j: cython.Py_ssize_t
        start: cython.Py_ssize_t = row * self.width
        for j in range(self.width):
            self.bins[start + j] = self.edges.bin(j, self.ring.values[start + j])

    @cython.cfunc
    def begin(self, tree: cython.Py_ssize_t) -> cython.void:
        """Starts the fit of the next tree on the ring as it is.

        The bins of a twentieth of the columns are renewed first; for tree 0 those of all columns.
        """
        j: cython.Py_ssize_t
        edges: BinEdges = BinEdges()
        self._fit()
        edges.copy(self.edges, self.width)
        self.edges = edges  # the old ones belong to the state until the tree is active
        self.renewed = [j for j in range(self.width) if tree == 0 or j % RENEWAL == tree % RENEWAL]
        self.at = 0
        self.phase = GRADIENTS
        if self.renewed:
            self.phase = EDGES
            self.sample0, self.sample1 = self._sample(0), self._sample(1)
        self._select()

    @cython.cfunc
    def _sample(self, label: cython.int) -> list[Any]:
        """Every n-th row of a class, from which edges are computed."""
        i: cython.Py_ssize_t
        rows: cython.Py_ssize_t = 0
        found: list[Any] = []
        for i in range(self.ring.n):
            rows += self.ring.label[i] == label
        step: cython.Py_ssize_t = max(1, rows // SAMPLE)
        rows = 0
        for i in range(self.ring.n):
            if self.ring.label[i] == label:
                if rows % step == 0:
                    found.append(i)
                rows += 1
        return found

    @cython.cfunc
    def _select(self) -> cython.void:
        """Draws the columns that the tree may split on, at least one."""
        j: cython.Py_ssize_t
        found: GradientHistograms = self.histograms
        found.begin(self.width)
        for j in range(self.width):
            if self.draw._next() < self.column_share:
                found.selected[found.used] = j
                found.used += 1
        if found.used == 0:
            found.selected[0] = cython.cast(cython.Py_ssize_t, self.draw._next() * self.width)
            found.used = 1
        self.drawn = 0

    @cython.cfunc
    def advance(self, visits: cython.Py_ssize_t) -> cython.void:
        """Continues the fit for about so many visits of rows."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        end: cython.Py_ssize_t
        rows: cython.Py_ssize_t = self.ring.n
        while self.phase != DONE and visits > 0:
            if self.phase == EDGES:
                self.edges.renew(self.renewed[self.at], self.ring, self.sample0, self.sample1)
                visits -= self._column_cost()
                self.at += 1
                if self.at == len(self.renewed):
                    self.at, self.phase, self.sample0, self.sample1 = 0, BINS, [], []
            elif self.phase == BINS:
                end = min(rows, self.at + visits // len(self.renewed) + 1)
                for j in self.renewed:
                    for i in range(self.at, end):
                        self.bins[i * self.width + j] = self.edges.bin(
                            j, self.ring.values[i * self.width + j]
                        )
                visits -= len(self.renewed) * (end - self.at)
                self.at = end
                if end == rows:
                    self.at, self.phase = 0, GRADIENTS
            elif self.phase == GRADIENTS:
                end = min(rows, self.at + visits // WALK_COST + 1)
                self._differentiate(end)
                visits -= WALK_COST * (end - self.at)
                self.at = end
                if end == rows:
                    self._plant()
            elif self.phase == COUNT:
                end = min(self.last[self.small], self.at + visits // self._count_cost() + 1)
                for i in range(self.at, end):
                    self.histograms.add(
                        self.small,
                        self.bins,
                        self.order[i] * self.width,
                        self.g[self.order[i]],
                        self.h[self.order[i]],
                    )
                visits -= self._count_cost() * (end - self.at)
                self.at = end
                if end == self.last[self.small]:
                    self._choose()
                    visits -= SEARCH_COST * self.histograms.used
            elif self.phase == PART:
                end = min(self.last[self.split], self.at + visits)
                for i in range(self.at, end):
                    self._part(i)
                visits -= end - self.at + 1
                self.at = end
                if end == self.last[self.split]:
                    self._divide()
            else:
                end = min(rows, self.at + visits // WALK_COST + 1)
                self.forest.add(
                    self.forest.trees, 1.0, self.ring.values, self.width, self.at, end, self.margin
                )
                visits -= WALK_COST * (end - self.at)
                self.at = end
                if end == rows:
                    self.phase = DONE

    @cython.cfunc
    @cython.exceptval(check=False)
    def left(self) -> cython.Py_ssize_t:
        """About how many visits the fit still needs, for a tree of four even levels."""
        rows: cython.Py_ssize_t = self.ring.n
        leaves: cython.Py_ssize_t = self.forest.leaves
        drawn: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, self.row_share * rows)
        growing: cython.Py_ssize_t = drawn * (4 + 3 * self._count_cost())
        visits: cython.Py_ssize_t = WALK_COST * rows  # of the margins
        if self.phase >= MARGINS:
            return visits - WALK_COST * self.at
        if self.phase >= COUNT:
            return visits + growing * (leaves - self.grown) // leaves
        visits += growing + WALK_COST * rows
        if self.phase == GRADIENTS:
            return visits - WALK_COST * self.at
        visits += len(self.renewed) * rows
        if self.phase == BINS:
            return visits - len(self.renewed) * self.at
        return visits + self._column_cost() * (len(self.renewed) - self.at)

    @cython.cfunc
    def _column_cost(self) -> cython.Py_ssize_t:
        """Visits that the edges of a column take."""
        return VALUE_COST * (len(self.sample0) + len(self.sample1))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _count_cost(self) -> cython.Py_ssize_t:
        """Visits that counting a row takes."""
        return 1 + self.histograms.used // COUNTED

    @cython.cfunc
    @cython.exceptval(check=False)
    def _plant(self) -> cython.void:
        """Starts with one leaf, which has all rows that were drawn."""
        self.forest.clear()
        self.grown, self.small, self.split = 1, 0, -1
        self.node[0], self.first[0], self.last[0] = 0, 0, self.drawn
        self.histograms.clear(0)
        self.at, self.phase = 0, COUNT

    @cython.cfunc
    @cython.exceptval(check=False)
    def _differentiate(self, end: cython.Py_ssize_t) -> cython.void:
        """Computes the gradients of the rows up to `end`, without the oldest tree, and draws which rows count."""
        i: cython.Py_ssize_t
        p: cython.double
        forest: Forest = self.forest
        for i in range(self.at, end):
            self.margin[i] = self.ring.margin[i]
        if forest.active == forest.trees:
            forest.add(
                forest.made % forest.trees, -1.0, self.ring.values, self.width, self.at, end, self.margin
            )
        for i in range(self.at, end):
            p = share_at(self.margin[i] + self.ring.offset[i])
            self.g[i] = self.ring.weight[i] * (p - self.ring.label[i])
            self.h[i] = self.ring.weight[i] * p * (1.0 - p)
            if self.draw._next() < self.row_share:
                self.order[self.drawn] = i
                self.drawn += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def _examine(self, leaf: cython.Py_ssize_t) -> cython.void:
        """Finds the best split of a leaf whose sums are known."""
        found: GradientHistograms = self.histograms
        found.search(leaf, self.edges)
        self.gradient[leaf], self.hessian[leaf] = found.gradient, found.hessian
        self.best[leaf] = found.best
        self.best_column[leaf], self.best_bin[leaf] = found.best_column, found.best_bin

    @cython.cfunc
    @cython.exceptval(check=False)
    def _choose(self) -> cython.void:
        """After a leaf was counted: examines it and its sibling, and chooses the leaf that is split next."""
        k: cython.Py_ssize_t
        other: cython.Py_ssize_t
        if self.split >= 0:
            other = self.split if self.small != self.split else self.grown - 1
            self.histograms.subtract(other, self.small)
            self._examine(other)
        self._examine(self.small)
        self.split = -1
        if self.grown < self.forest.leaves:
            for k in range(self.grown):
                if self.best[k] > 0.0 and (self.split < 0 or self.best[k] > self.best[self.split]):
                    self.split = k
        if self.split < 0:
            self._finish()
        else:
            self.phase, self.at = PART, self.first[self.split]
            self.to, self.right = self.at, 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _part(self, i: cython.Py_ssize_t) -> cython.void:
        """Moves a row of the leaf that is split to the left, or sets it aside."""
        row: cython.int = self.order[i]
        if self.bins[row * self.width + self.best_column[self.split]] <= self.best_bin[self.split]:
            self.order[self.to] = row
            self.to += 1
        else:
            self.aside[self.right] = row
            self.right += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def _divide(self) -> cython.void:
        """Makes two leaves of the one whose rows were parted, and counts the smaller."""
        i: cython.Py_ssize_t
        forest: Forest = self.forest
        left: cython.Py_ssize_t = self.split
        right: cython.Py_ssize_t = self.grown
        k: cython.Py_ssize_t = forest.trees * forest.nodes + self.node[left]
        for i in range(self.right):
            self.order[self.to + i] = self.aside[i]
        forest.column[k], forest.number[k] = self.best_column[left], -1
        forest.child[k] = 2 * right - 1
        forest.threshold[k] = self.edges.edge[
            self.best_column[left] * (len(self.edges.edge) // self.edges.columns) + self.best_bin[left]
        ]
        forest.gain[k] = self.best[left]
        self.node[left], self.node[right] = 2 * right - 1, 2 * right
        self.first[right], self.last[right] = self.to, self.last[left]
        self.last[left] = self.to
        self.grown += 1
        self.small = left
        if self.last[left] - self.first[left] <= self.last[right] - self.first[right]:
            self.histograms.move(left, right)
        else:
            self.small = right
        self.histograms.clear(self.small)
        self.phase, self.at = COUNT, self.first[self.small]

    @cython.cfunc
    @cython.exceptval(check=False)
    def _finish(self) -> cython.void:
        """Gives the leaves of the grown tree their values; its corrections are 0."""
        k: cython.Py_ssize_t
        at: cython.Py_ssize_t
        forest: Forest = self.forest
        for k in range(self.grown):
            at = (forest.trees * forest.leaves + k) * forest.stride
            forest.number[forest.trees * forest.nodes + self.node[k]] = cython.cast(cython.int, k)
            forest.leaf[at] = -self.step * self.gradient[k] / (self.hessian[k] + forest.l2)
            forest.leaf[at + 1] = self.hessian[k]
        forest.measure(forest.trees)
        self.at, self.phase = 0, MARGINS

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return self.room * (self.width + 32) + self.histograms.memory_bytes() + 4 * len(self.edges.edge)
