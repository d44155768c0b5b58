# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A forest in which every `every` learned events a new tree, fitted on a ring of events, replaces the oldest.

While a tree is fitted, new events wait outside the ring. The tree becomes active with the last of them, whether the
fit was done in slices or at once; then they join the ring, and the next fit begins. Where they brought a new column,
the ring is copied first, in slices too. So a state needs nothing of what is running: it is done again from the ring,
and from the draws as they were.
"""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.bin_edges import BinEdges
    from streamimb._kernels.draw import Draw
    from streamimb._kernels.event_rows import EventRows
    from streamimb._kernels.forest import Forest
    from streamimb._kernels.tree_fit import TreeFit
    from streamimb._kernels.tree_work import TreeWork
    from streamimb._kernels.wider_rows import WiderRows
else:
    from cython.cimports.streamimb._kernels.bin_edges import BinEdges
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.event_rows import EventRows
    from cython.cimports.streamimb._kernels.forest import Forest
    from cython.cimports.streamimb._kernels.tree_fit import TreeFit
    from cython.cimports.streamimb._kernels.tree_work import TreeWork
    from cython.cimports.streamimb._kernels.wider_rows import WiderRows

from streamimb._kernels.saved import entries, refused, whole

FIRST = cython.declare(cython.Py_ssize_t, 200)  # events in the ring from which trees are fitted
ALL = cython.declare(cython.Py_ssize_t, 1 << 50)  # more visits than any fit needs


@cython.cclass
class RollingForest:
    """Fields are declared in rolling_forest.pxd."""

    def __init__(
        self,
        trees: int,
        leaves: int,
        etas: Any,
        l2: float,
        step: float,
        ring: int,
        every: int,
        row_share: float,
        column_share: float,
        visits: int,
        seed: int,
    ) -> None:
        self.every, self.visits = every, visits
        self.ring, self.waiting, self.joining = EventRows(ring), EventRows(every), EventRows(every)
        self.wider = WiderRows()
        self.forest, self.draw = Forest(trees, leaves, etas, l2), Draw(seed)
        self.fit = TreeFit(self.ring, self.forest, self.draw, step, row_share, column_share)
        self.fitting = False
        self.edges = self.fit.edges
        self.drawn = self.draw.state

    @cython.cfunc
    def learn(
        self,
        work: TreeWork,
        columns: cython.Py_ssize_t,
        y: cython.bint,
        offset: cython.double,
        w: cython.double,
    ) -> cython.void:
        """Learns an event whose leaves were found."""
        slices: cython.Py_ssize_t = self.every - self.waiting.n  # with the present one, until the tree is due
        self.forest.learn(work, y, offset, w)
        self.waiting.add(work, columns, y, offset, w)
        if self.joining.n > 0 and self.wider.at < self.ring.n:
            self._widen(max(self.visits, 2 * self.wider.left(self.ring) // slices))  # the fit needs time too
        elif self.joining.n > 0:
            self._swap()
        elif self.fitting:
            self.fit.advance(max(self.visits, self.fit.left() // slices))
        if self.waiting.n == self.every:
            self._turn()

    @cython.cfunc
    def _turn(self) -> cython.void:
        """Makes the new tree active, adds the waiting events to the ring, and begins the next fit."""
        i: cython.Py_ssize_t
        forest: Forest = self.forest
        columns: cython.Py_ssize_t = self.waiting.columns
        if self.joining.n > 0:
            self._widen(ALL)
            self._swap()
        if self.fitting:
            self.fit.advance(ALL)
            forest.add(
                forest.trees, 1.0, self.waiting.values, columns, 0, self.waiting.n, self.waiting.margin
            )
            if forest.active == forest.trees:
                forest.add(
                    forest.made % forest.trees,
                    -1.0,
                    self.waiting.values,
                    columns,
                    0,
                    self.waiting.n,
                    self.waiting.margin,
                )
            for i in range(self.ring.n):
                self.ring.margin[i] = self.fit.margin[i]
            forest.activate()
        self.waiting, self.joining = self.joining, self.waiting
        self.waiting.widen(columns)
        if columns > self.ring.columns and self.ring.n > 0:
            self.wider.begin(self.ring, columns)
        else:
            self.ring.widen(columns)
            self._begin()

    @cython.cfunc
    def _widen(self, visits: cython.Py_ssize_t) -> cython.void:
        """Copies rows of the ring to where they have room for more columns."""
        end: cython.Py_ssize_t = min(self.ring.n, self.wider.at + visits // self.wider.cost() + 1)
        self.wider.copy(self.ring, self.fit.bins, end)

    @cython.cfunc
    def _swap(self) -> cython.void:
        """Makes the copies the rows of the ring, and begins the next fit."""
        wider: WiderRows = self.wider
        self.ring.values, self.ring.columns = wider.values, wider.columns
        self.fit.bins, self.fit.width = wider.bins, wider.columns
        self.wider = WiderRows()
        self._begin()

    @cython.cfunc
    def _begin(self) -> cython.void:
        """Adds the joining events to the ring, and begins the next fit as soon as there are enough."""
        k: cython.Py_ssize_t
        for k in range(self.joining.n):
            self.fit.place(self.ring.take(self.joining, k))
        self.joining.clear()
        self.edges, self.drawn = self.fit.edges, self.draw.state
        self.fitting = self.ring.n >= FIRST and self.ring.columns > 0
        if self.fitting:
            self.fit.begin(self.forest.made)

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return int(
            self.ring.memory_bytes()
            + self.waiting.memory_bytes()
            + self.joining.memory_bytes()
            + 5 * len(self.wider.bins)
            + self.forest.memory_bytes()
            + self.fit.memory_bytes()
        )

    def __getstate__(self) -> dict[str, Any]:
        if self.joining.n > 0:
            self._widen(ALL)  # a state does not depend on slices
            self._swap()
        return {
            "ring": self.ring.__getstate__(),
            "waiting": self.waiting.__getstate__(),
            "forest": self.forest.__getstate__(),
            "edges": self.edges.__getstate__(),
            "draw": int(self.drawn),
        }

    def resume(self, state: Any, columns: int) -> None:
        """Take over a saved state with at most so many columns, after all of it was checked.

        Only for a forest that was just made: where a state is refused, it is left half set.
        """
        i: cython.Py_ssize_t
        saved = entries(state, "ring", "waiting", "forest", "edges", "draw")
        self.ring.resume(saved["ring"], columns)
        self.waiting.resume(saved["waiting"], columns)
        if self.waiting.n >= self.every:
            raise refused("waiting", f"fewer than {self.every} events")
        if self.waiting.n and self.waiting.columns < self.ring.columns:
            raise refused("waiting", "as many columns as the ring")
        self.forest.resume(saved["forest"], self.ring.columns)
        edges: BinEdges = BinEdges()
        edges.resume(saved["edges"], self.ring.columns)
        self.drawn = whole(saved, "draw", 0, 0xFFFFFFFFFFFFFFFF)
        self.draw.state = self.drawn
        self.edges = self.fit.edges = edges
        self.waiting.widen(self.ring.columns)
        for i in range(self.ring.n):
            self.fit.place(i)
        self._begin()
        if self.fitting:
            self.fit.advance(self.visits * self.waiting.n)
