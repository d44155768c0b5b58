# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Pairs of fields that act together: the cell of each pair that an event is in.

A number has up to 6 levels, groups of its intervals (`class_edges.py`); each string is a level of its own. A cell
is a pair with a level of each of its two fields, hashed to one of 2^bits. An event that lacks one of the two fields,
or has a number without intervals yet, is in no cell of the pair.
"""

from __future__ import annotations

from array import array
from itertools import combinations
from math import inf
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.basis import Basis
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.hashing import hash_text
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.present_fields import PresentFields
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.basis import Basis
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.hashing import hash_text
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.present_fields import PresentFields
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.saved import refused
from streamimb._kernels.spelling import spelt

LEVELS = cython.declare(cython.Py_ssize_t, 6)  # of a number
NOWHERE = cython.declare(cython.double, inf)  # beyond every edge
MOST_FIELDS = limits.MOST_PAIRED_FIELDS


@cython.cclass
class Pairs:
    """Fields are declared in pairs.pxd.

    **Cost**: O(values of the event + pairs).
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._empty(Reader(), 1)

    def __init__(self, reader: Reader, listed: Any, bits: int) -> None:
        """Pairs of these names; where `listed` is None, all pairs of the fields that are present most often."""
        if reader is None:
            raise TypeError("reader: expected a Reader")
        self._empty(reader, bits)
        self.listed: Any = None if listed is None else [tuple(pair) for pair in listed]
        self.present: Any = PresentFields(MOST_FIELDS) if listed is None else None

    @cython.cfunc
    def _empty(self, reader: Reader, bits: Any) -> cython.void:
        """Starts without pairs."""
        self.reader, self.bits = reader, bits
        self.listed, self.present = [], None
        self.known = self.numbers = -1
        self.n_pairs = self.n_members = 0
        self.names = []
        self.of_field = self.of_slot = self.left = self.right = array("q")
        self.first = self.code = array("q")
        self.mask = (1 << bits) - 1

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _index(self) -> cython.int:
        """Finds the fields of the pairs, after the reader learned new names or other fields were chosen."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        reader: Reader = self.reader
        chosen: list[Any] = []
        if self.listed is None:
            chosen = list(combinations(self.present.chosen, 2))
        else:
            found = [(reader._find(a), reader._find(b)) for a, b in self.listed]
            chosen = [(i, j) for i, j in found if i >= 0 and j >= 0]
        members = sorted({field for pair in chosen for field in pair})
        member_of = {field: m for m, field in enumerate(members)}
        self.known, self.numbers = reader.known, reader.presence.numbers
        self.of_field = array("q", [member_of.get(i, -1) for i in range(reader.capacity)])
        self.of_slot = array("q", [-1] * reader.capacity)
        for i in members:
            if reader.number_of[i] >= 0:
                self.of_slot[reader.number_of[i]] = self.of_field[i]
        self.left = array("q", [member_of[i] for i, _ in chosen])
        self.right = array("q", [member_of[j] for _, j in chosen])
        self.names = [(reader.names[i], reader.names[j]) for i, j in chosen]
        self.first = array("q", [0] * len(chosen))
        for i in range(len(chosen)):
            self.first[i] = self._start(chosen[i][0], self.names[i][1])
        self.code = array("q", [0] * len(members))
        self.n_pairs, self.n_members = len(chosen), len(members)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _start(self, field: cython.Py_ssize_t, name: Any) -> cython.longlong:
        """The first cell of the pair of a field and a second one of this name."""
        code: cython.ulonglong = hash_text(self.reader.name_seed[field], spelt(name))
        return cython.cast(cython.longlong, code >> 32)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def find(self, row: Row, basis: Basis, work: LinearWork) -> cython.int:
        """Finds the cells of an event."""
        j: cython.Py_ssize_t
        m: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        a: cython.longlong
        b: cython.longlong
        if self.known != self.reader.known or self.numbers != self.reader.presence.numbers:
            self._index()
        if len(work.cells) < self.n_pairs:
            work.cells, work.pairs = array("q", bytes(8 * self.n_pairs)), array("q", bytes(8 * self.n_pairs))
        for m in range(self.n_members):
            self.code[m] = -1
        for j in range(row.n):
            m = self.of_slot[row.slots[j]]
            if m >= 0:
                self.code[m] = level(basis, row.slots[j], row.xs[j])
        for j in range(row.n_texts):
            m = self.of_field[row.owners[j]] if row.owners[j] >= 0 else -1
            if m >= 0:
                self.code[m] = cython.cast(cython.longlong, row.hashes[j] >> 32)
        for j in range(self.n_pairs):
            a, b = self.code[self.left[j]], self.code[self.right[j]]
            if a >= 0 and b >= 0:  # the 6 cells of a level of the first field are side by side
                work.cells[n] = (self.first[j] + a * LEVELS + b) & self.mask
                work.pairs[n] = j
                n += 1
        work.n_cells = n
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row) -> cython.int:
        """Learns which fields are present in a labelled event."""
        if self.present is not None and self.present.note(row, self.reader):
            self.known = -1
        return 0

    @cython.cfunc
    def named(self, work: LinearWork) -> list[Any]:
        """The name of the pair of each cell of an event."""
        j: cython.Py_ssize_t
        pairs = [self.names[work.pairs[j]] for j in range(work.n_cells)]
        return ["*".join([spelt(name) for name in pair]) for pair in pairs]

    # ------------------------------------------------------------------ state

    def state(self) -> Any:
        """Which fields are present most often; None where the pairs are listed."""
        return None if self.present is None else self.present.state(self.reader.known)

    def resume(self, state: Any) -> None:
        """Takes over a saved state, after it was checked."""
        if self.present is not None:
            self.present.resume(state, self.reader.known, MOST_FIELDS)
        elif state is not None:
            raise refused("present", "None where pairs are listed")


def paired(reader: Reader, interactions: Any, bits: int) -> Any:
    """The pairs that a learner's `interactions` names; None where it has none."""
    if interactions is None:
        return None
    return Pairs(reader, None if interactions == "pairs" else interactions, bits)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def level(basis: Basis, slot: cython.Py_ssize_t, x: cython.double) -> cython.longlong:
    """The level of a number, 0 to 5; -1 where it has no intervals yet."""
    block: cython.Py_ssize_t = basis.block[slot]
    edges: cython.Py_ssize_t
    i: cython.Py_ssize_t
    if block < 0:
        return -1
    edges = basis.edges.interval(block, NOWHERE)
    if edges < 0:
        return -1
    i = basis.edges.interval(block, x)
    return i if edges < LEVELS else i * LEVELS // (edges + 1)
