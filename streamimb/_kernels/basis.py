# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The basis of an additive expert: several coordinates of each number, so that its effect may be any curve.

For a number x with z = (x - mean) / sd, a block has
- excess: the part of z beyond 3 standard deviations, where the linear coordinate is clipped;
- hats: a piecewise linear function of asinh(z), with 64 knots at steps of .5;
- intervals: one indicator among 33, or 129 of more than two classes, between edges that are
  quantiles of each class (`class_edges.py`).
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, refused, whole, wholes

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs, log, sqrt

    from streamimb._kernels.class_edges import ClassEdges
    from streamimb._kernels.draw import Draw
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.row import Row
    from streamimb._kernels.standardizer import Standardizer
else:
    from cython.cimports.libc.math import fabs, log, sqrt
    from cython.cimports.streamimb._kernels.class_edges import ClassEdges
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.standardizer import Standardizer

FIRST_HAT = cython.declare(cython.Py_ssize_t, 1)
FIRST_INTERVAL = cython.declare(cython.Py_ssize_t, 65)
CLIP = cython.declare(cython.double, 3.0)  # of the linear coordinate, in standard deviations
PER_UNIT = cython.declare(cython.double, 2.0)  # knots in a unit of asinh(z)
MIDDLE = cython.declare(cython.double, 32.0)  # the knot at z = 0
LAST = cython.declare(cython.double, 62.999)  # the highest place between two knots
FIRST_RENEWAL = cython.declare(cython.longlong, limits.FIRST_RENEWAL)
GROWTH = cython.declare(cython.double, limits.GROWTH)
DRAW_SEED = 0x5EED


@cython.cclass
class Basis:
    """Fields are declared in basis.pxd.

    At most `most` numbers have a block: the first that come, then, whenever edges are renewed, those that are
    present in most labelled events.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._empty(0, 2)

    def __init__(self, most: int, groups: int) -> None:
        self._empty(most, groups)
        self.fit(8)

    @cython.cfunc
    def _empty(self, most: cython.Py_ssize_t, groups: cython.Py_ssize_t) -> cython.void:
        self.most, self.capacity, self.n_blocks = most, 0, 0
        self.block = self.owner = self.present = array("q")
        self.edges, self.draw = ClassEdges(groups), Draw(DRAW_SEED)
        self.coordinates = FIRST_INTERVAL + self.edges.most + 1
        self.labelled, self.renewal, self.renewing = 0, FIRST_RENEWAL, 0

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many number slots."""
        more: cython.Py_ssize_t = capacity - self.capacity
        self.block = array("q", bytes(self.block) + bytes(array("q", [-1] * more)))
        self.owner = array("q", bytes(self.owner) + bytes(8 * more))
        self.present = array("q", bytes(self.present) + bytes(8 * more))
        self.capacity = capacity

    @cython.cfunc
    @cython.exceptval(check=False)
    def find(self, row: Row, moments: Standardizer, work: LinearWork) -> cython.void:
        """Finds the coordinates of an event that differ from 0, by number."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        b: cython.Py_ssize_t
        at: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        z: cython.double
        a: cython.double
        u: cython.double
        for j in range(row.n):
            i = row.slots[j]
            b = self.block[i]
            if b < 0:
                continue
            at = b * self.coordinates
            z = (row.xs[j] - moments.mean[i]) * moments.inv_sd[i]
            a = fabs(z)
            if a > CLIP:
                u = a - CLIP
                if u > CLIP:
                    u = CLIP * (1.0 + log(u / CLIP))
                n = add(work, n, j, at, u if z > 0.0 else -u)
            u = log(a + sqrt(a * a + 1.0)) * PER_UNIT  # asinh
            u = MIDDLE + (u if z > 0.0 else -u)
            u = 0.0 if u < 0.0 else LAST if u > LAST else u
            b = cython.cast(cython.Py_ssize_t, u)
            u -= b
            n = add(work, n, j, at + FIRST_HAT + b, 1.0 - u)
            n = add(work, n, j, at + FIRST_HAT + b + 1, u)
            b = self.edges.interval(self.block[i], row.xs[j])
            if b >= 0:
                n = add(work, n, j, at + FIRST_INTERVAL + b, 1.0)
        work.n_coordinates = n

    @cython.cfunc
    def observe(self, row: Row, group: cython.Py_ssize_t) -> list[Any]:
        """Learns the numbers of an event, the group of its class; returns the blocks that another number took over."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        u: cython.double = self.draw._next()
        taken: list[Any] = []
        self.labelled += 1
        if self.labelled == self.renewal:
            self.renewal = cython.cast(cython.longlong, GROWTH * self.renewal)
            self.renewing = 0
            taken = self._rank()
        if (
            self.renewing < self.n_blocks
        ):  # one at an event: to sort all of them at once would delay one event
            self.edges.renew(self.renewing)
            self.renewing += 1
        for j in range(row.n):
            i = row.slots[j]
            self.present[i] += 1
            if self.block[i] < 0 and self.n_blocks < self.most:
                self._give(i)
            if self.block[i] >= 0:
                self.edges.note(self.block[i], row.xs[j], group, u)
        return taken

    @cython.cfunc
    @cython.exceptval(check=False)
    def begin(self) -> cython.bint:
        """Begins to renew the edges before their time; False where it is too early, or under way."""
        if self.labelled < FIRST_RENEWAL or self.renewing < self.n_blocks:
            return False
        self.renewing = 0
        return True

    def _give(self, slot: cython.Py_ssize_t) -> None:
        """Gives a number a block of its own."""
        if self.n_blocks == self.edges.blocks:
            self.edges.fit(min(self.most, max(8, 2 * self.n_blocks)))
        self.block[slot], self.owner[self.n_blocks] = self.n_blocks, slot
        self.n_blocks += 1

    @cython.cfunc
    def _rank(self) -> list[Any]:
        """Gives the blocks to the numbers that are present most often; returns those that changed hands."""
        b: cython.Py_ssize_t
        slot: cython.Py_ssize_t
        if self.n_blocks < self.most:
            return []
        # By events, most first; of two as frequent, the one that has a block.
        order = sorted([(-self.present[slot], self.block[slot] < 0, slot) for slot in range(self.capacity)])
        chosen = [slot for _, _, slot in order[: self.n_blocks]]
        coming = [slot for slot in chosen if self.block[slot] < 0]
        staying = set(chosen)
        taken = [b for b in range(self.n_blocks) if self.owner[b] not in staying]
        for b, slot in zip(taken, coming, strict=True):
            self.block[self.owner[b]] = -1
            self.block[slot], self.owner[b] = b, slot
            self.edges.clear(b)
        return taken

    def grid(self, slot: cython.Py_ssize_t) -> list[tuple[float, float]]:
        """Values of a number from the lowest to the highest, and about how many labelled events are nearest to each.

        Raises
        ------
        LookupError
            Where the number has no block, or no edges yet.
        """
        b: cython.Py_ssize_t = self.block[slot] if 0 <= slot < self.capacity else -1
        if slot < 0:
            raise LookupError("has no curve: it holds no numbers")
        if b < 0:
            raise LookupError("has no curve: raise max_basis_fields; other numbers came first or more often")
        if self.edges.interval(b, 0.0) < 0:
            raise LookupError(
                f"has no curve yet: {self.renewal} labelled events are needed, {self.labelled} came"
            )
        held = self.edges.held(b)
        every = [value for values in held for value in values]
        lowest, highest = min(every), max(every)
        inner = [edge for edge in self.edges.of(b) if lowest < edge < highest]
        values = [lowest, *inner, highest] if lowest < highest else [lowest]
        support = [0.0] * len(values)
        for g, of_group in enumerate(held):
            at, seen = 0, float(self.edges.counts[b * self.edges.groups + g])
            for value in of_group:
                while at + 1 < len(values) and values[at + 1] - value < value - values[at]:
                    at += 1
                support[at] += seen / len(of_group)
        return list(zip(values, support, strict=True))

    def curved(self) -> list[int]:
        """The number slots that have edges, so a curve, in the order of their blocks."""
        b: cython.Py_ssize_t
        return [self.owner[b] for b in range(self.n_blocks) if self.edges.interval(b, 0.0) >= 0]

    @property
    def owners(self) -> list[int]:
        """The number slot of each block."""
        return list(self.owner)[: self.n_blocks]

    def memory_bytes(self) -> int:
        """Bytes of the buffers."""
        return 8 * 3 * self.capacity + self.edges.memory_bytes()

    # ------------------------------------------------------------------ state

    def state(self, numbers: cython.Py_ssize_t) -> dict[str, Any]:
        """The learned state of the first `numbers` number slots."""
        return {
            "most": self.most,
            "owner": bytes(self.owner)[: 8 * self.n_blocks],
            "present": bytes(self.present)[: 8 * numbers],
            "edges": self.edges.state(self.n_blocks),
            "draw": self.draw.__getstate__(),
            "labelled": self.labelled,
            "renewal": self.renewal,
            "renewing": self.renewing,
        }

    def resume(self, state: Any, numbers: int) -> None:
        """Takes over a saved state of `numbers` number slots, after it was checked."""
        b: cython.Py_ssize_t
        saved = entries(state, "most", "owner", "present", "edges", "draw", "labelled", "renewal", "renewing")
        most = whole(saved, "most", 1, limits.MOST_BASIS_FIELDS)
        owner, present = wholes(saved, "owner", None, 0, numbers - 1), wholes(saved, "present", numbers)
        if len(owner) > most or len(set(owner)) != len(owner):
            raise refused("owner", "the numbers that have a basis, each once")
        labelled, renewal = whole(saved, "labelled", 0), whole(saved, "renewal", FIRST_RENEWAL)
        renewing = whole(saved, "renewing", 0, len(owner))
        draw, edges = Draw(0), ClassEdges(self.edges.groups)
        draw.__setstate__(saved["draw"])
        edges.resume(saved["edges"], len(owner))
        # All of it was checked: nothing is refused from here on.
        self._empty(most, edges.groups)
        self.fit(max(8, numbers))
        self.draw, self.edges, self.n_blocks = draw, edges, len(owner)
        self.labelled, self.renewal, self.renewing = labelled, renewal, renewing
        for b in range(self.n_blocks):
            self.owner[b] = owner[b]
            self.block[owner[b]] = b
        for b in range(numbers):
            self.present[b] = present[b]


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def add(
    work: LinearWork, n: cython.Py_ssize_t, j: cython.Py_ssize_t, at: cython.Py_ssize_t, value: cython.double
) -> cython.Py_ssize_t:
    """Adds coordinate `at` of the j-th number as the n-th of the event; returns how many there are now."""
    work.places[n], work.values[n], work.numbers[n] = at, value, j
    return n + 1


@cython.cfunc
def grid_of(reader: Reader, basis: Basis, name: Any) -> list[Any]:
    """The `grid` of a field of a learner with this basis, or with none.

    Raises
    ------
    LookupError
        Where there is no such number, or it has no curve yet: why, to be read after the name.
    """
    if basis is None:
        raise LookupError("has no curve: this learner is linear")
    if isinstance(name, tuple):
        raise LookupError("has no curve: what a pair adds at two values is a row of contributions_one")
    i: cython.Py_ssize_t = reader._find(name) if isinstance(name, Hashable) else -1
    if i < 0:
        raise LookupError("is not known: no labelled event had a field of this name")
    return basis.grid(reader.number_of[i])


@cython.cfunc
def curved_of(reader: Reader, basis: Basis) -> list[Any]:
    """The names of the numbers with a curve, of a learner with this basis, or with none."""
    if basis is None:
        return []
    return [reader.names[reader.owner[slot]] for slot in basis.curved()]
