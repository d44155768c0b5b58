# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The weights of a linear model of many classes, in blocks: one block for each coordinate of an event.

A coordinate is the intercept, a number, a gap, a slot of strings, one of the basis of a number, or a cell of a pair of
fields. It gets a block with the first event that teaches it; block 0 stays 0 and stands for every coordinate without
one. So memory grows with what was learned, not with the 2^bits slots of strings and of cells, and a new class only
widens the blocks there are.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.row import Row
    from streamimb._kernels.softmax_work import SoftmaxWork
else:
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.softmax_work import SoftmaxWork

from streamimb._kernels import limits
from streamimb._kernels.answer import is_label
from streamimb._kernels.linear_work import MOST_COORDINATES
from streamimb._kernels.saved import distinct, entries, numbers, refused, wholes

MOST_LEARNED_CLASSES = 1_000
LARGEST = limits.LARGEST_COEFFICIENT
COORDINATES = cython.declare(cython.Py_ssize_t, limits.CLASS_BASIS_COORDINATES)
# Of an event, for each name that its row holds: a number, a gap, a string, and what a basis has of a number
PLACES = cython.declare(cython.Py_ssize_t, 3 + MOST_COORDINATES)
TOO_MANY = "y: this would be class 1,001, and at most 1,000 are learned: map rare labels to one of them"


@cython.cclass
class ClassBlocks:
    """Fields are declared in class_blocks.pxd.

    A block has the weights of the first learning rate by class, then those of the next, and last G by class.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out(1, 1)

    def __init__(self, real: int, bits: int) -> None:
        self._lay_out(real, bits)
        self.fit(8)

    @cython.cfunc
    def _lay_out(self, real: cython.Py_ssize_t, bits: cython.int) -> cython.void:
        self.real, self.bits = real, bits
        self.labels, self.index = [], {}
        self.classes = self.room = self.stride = 0
        self.weight = array("d")
        self.blocks, self.space, self.slots = 2, 8, 0
        self.number_at = self.gap_at = array("q")
        self.text_at = self.curve_at = self.cell_at = array("i")

    @cython.cfunc
    def fit(self, slots: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many number slots."""
        more = bytes(8 * (slots - self.slots))
        self.number_at = array("q", bytes(self.number_at) + more)
        self.gap_at = array("q", bytes(self.gap_at) + more)
        self.slots = slots

    @cython.cfunc
    def fit_curves(self, numbers: cython.Py_ssize_t) -> cython.void:
        """Grows the buffer to the bases of this many numbers."""
        more = bytes(4 * (COORDINATES * numbers - len(self.curve_at)))
        self.curve_at = array("i", bytes(self.curve_at) + more)

    @cython.cfunc
    @cython.exceptval(check=False)
    def clear_curve(self, number: cython.Py_ssize_t) -> cython.void:
        """Resets the weights of a basis, which another number takes over."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        b: cython.Py_ssize_t
        for i in range(number * COORDINATES, (number + 1) * COORDINATES):
            b = self.curve_at[i] * self.stride
            for k in range(b, b + self.stride):  # block 0 is 0 already
                self.weight[k] = 0.0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, label: Any) -> cython.int:
        """Raises ValueError for a class that is one too many; changes nothing."""
        if self.classes >= MOST_LEARNED_CLASSES and label not in self.index:
            raise ValueError(TOO_MANY)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check_all(self, labels: Any) -> cython.int:
        """The same for several labels, each once."""
        new: cython.Py_ssize_t = 0
        for label in labels:
            if label not in self.index:
                new += 1
        if new > 0 and self.classes + new > MOST_LEARNED_CLASSES:
            raise ValueError(TOO_MANY)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admit(self, label: Any) -> cython.int:
        """Adds a class; its weights are 0."""
        if label not in self.index:
            self.check(label)
            if self.classes == self.room:
                self._widen(self.room + 1 + self.room // 4)
            self.index[label] = self.classes
            self.labels.append(label)
            self.classes += 1
        return 0

    @cython.cfunc
    def _widen(self, room: cython.Py_ssize_t) -> cython.void:
        """Gives every block space for this many classes."""
        b: cython.Py_ssize_t
        r: cython.Py_ssize_t
        k: cython.Py_ssize_t
        old: cython.Py_ssize_t = self.stride
        stride: cython.Py_ssize_t = (self.real + 1) * room
        wider: cython.double[::1] = array("d", bytes(8 * self.space * stride))
        for b in range(self.blocks):
            for r in range(self.real + 1):
                for k in range(self.classes):
                    wider[b * stride + r * room + k] = self.weight[b * old + r * self.room + k]
        self.weight, self.room, self.stride = wider, room, stride

    @cython.cfunc
    def _block(self) -> cython.Py_ssize_t:
        """A new block of zeros."""
        if self.blocks == self.space:
            self.weight = array("d", bytes(self.weight) + bytes(8 * self.space * self.stride))
            self.space *= 2
        self.blocks += 1
        return self.blocks - 1

    # ------------------------------------------------------------------ an event

    @cython.cfunc
    def place(self, row: Row, work: SoftmaxWork) -> cython.void:
        """Sets the coordinates of an event whose numbers are standardised."""
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = 1
        linear: LinearWork = work.linear
        known: cython.bint = len(self.text_at) > 0
        paired: cython.bint = len(self.cell_at) > 0
        most: cython.Py_ssize_t = 1 + PLACES * row.capacity + linear.n_cells
        if work.capacity < most:
            work.fit(most)
        work.at[0], work.z[0] = 1, 1.0
        work.fresh = False
        for j in range(row.n):
            work.at[n] = self.number_at[row.slots[j]]
            work.z[n] = linear.zs[j]
            work.fresh |= work.at[n] == 0
            n += 1
        for j in range(row.n_gaps):
            work.at[n] = self.gap_at[row.gaps[j]]
            work.z[n] = 1.0
            work.fresh |= work.at[n] == 0
            n += 1
        for j in range(row.n_texts):
            work.at[n] = self.text_at[row.hashes[j] >> (64 - self.bits)] if known else 0
            work.z[n] = 1.0
            work.fresh |= work.at[n] == 0
            n += 1
        work.curves = n
        for j in range(linear.n_coordinates):
            work.at[n] = self.curve_at[linear.places[j]]
            work.z[n] = linear.values[j]
            work.fresh |= work.at[n] == 0
            n += 1
        work.cells = n
        for j in range(linear.n_cells):
            work.at[n] = self.cell_at[linear.cells[j]] if paired else 0
            work.z[n] = 1.0
            work.fresh |= work.at[n] == 0
            n += 1
        work.n = n

    @cython.cfunc
    def open(self, row: Row, work: SoftmaxWork) -> cython.void:
        """Gives a block to each coordinate of the event that has none."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        n: cython.Py_ssize_t = 1
        if row.n_texts > 0 and len(self.text_at) == 0:
            self.text_at = array("i", bytes(4 << self.bits))
        for j in range(row.n):
            i = row.slots[j]
            if self.number_at[i] == 0:
                self.number_at[i] = self._block()
            work.at[n] = self.number_at[i]
            n += 1
        for j in range(row.n_gaps):
            i = row.gaps[j]
            if self.gap_at[i] == 0:
                self.gap_at[i] = self._block()
            work.at[n] = self.gap_at[i]
            n += 1
        for j in range(row.n_texts):
            i = cython.cast(cython.Py_ssize_t, row.hashes[j] >> (64 - self.bits))
            if self.text_at[i] == 0:
                self.text_at[i] = cython.cast(cython.int, self._block())
            work.at[n] = self.text_at[i]
            n += 1
        for j in range(work.linear.n_coordinates):
            i = work.linear.places[j]
            if self.curve_at[i] == 0:
                self.curve_at[i] = cython.cast(cython.int, self._block())
            work.at[n] = self.curve_at[i]
            n += 1
        if work.linear.n_cells > 0 and len(self.cell_at) == 0:
            self.cell_at = array("i", bytes(4 << self.bits))
        for j in range(work.linear.n_cells):
            i = work.linear.cells[j]
            if self.cell_at[i] == 0:
                self.cell_at[i] = cython.cast(cython.int, self._block())
            work.at[n] = self.cell_at[i]
            n += 1
        work.fresh = False

    def memory_bytes(self) -> int:
        """Bytes of the buffers."""
        places = len(self.text_at) + len(self.curve_at) + len(self.cell_at)
        return int(8 * self.space * self.stride + 16 * self.slots + 4 * places)

    # ------------------------------------------------------------------ state

    def state(self, slots: cython.Py_ssize_t) -> dict[str, Any]:
        """The learned state of the first `slots` number slots: which coordinates have a block, and the blocks."""
        i: cython.Py_ssize_t
        order = array("q", [1])
        kinds: dict[str, Any] = {}
        for name, places in (
            ("numbers", self.number_at[:slots]),
            ("gaps", self.gap_at[:slots]),
            ("texts", self.text_at),
            ("curves", self.curve_at),
            ("cells", self.cell_at),
        ):
            found = array("q")
            for i in range(len(places)):
                if places[i] != 0:
                    found.append(i)
                    order.append(places[i])
            kinds[name] = found.tobytes()
        return {
            "bits": int(self.bits),
            "classes": list(self.labels),
            **kinds,
            "weight": b"".join([self._packed(b) for b in order]),
        }

    @cython.cfunc
    def _packed(self, block: cython.Py_ssize_t) -> bytes:
        """A block without its unused space."""
        r: cython.Py_ssize_t
        k: cython.Py_ssize_t
        packed = array("d")
        for r in range(self.real + 1):
            for k in range(self.classes):
                packed.append(self.weight[block * self.stride + r * self.room + k])
        return packed.tobytes()

    def resume(self, saved: Any, slots: int, curves: int) -> None:
        """Takes over a saved state of `slots` number slots and so many bases, after all of it was checked."""
        i: cython.Py_ssize_t
        r: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        state = entries(saved, "bits", "classes", "numbers", "gaps", "texts", "curves", "cells", "weight")
        bits = state["bits"]
        if type(bits) is not int or not 1 <= bits <= 28:
            raise refused("bits", "a whole number from 1 to 28")
        labels = distinct(state, "classes", most=MOST_LEARNED_CLASSES)
        if not all(is_label(label) for label in labels):
            raise refused("classes", "labels of type str, int or bool")
        kinds = [
            wholes(state, name, high=size - 1)
            for name, size in (
                ("numbers", slots),
                ("gaps", slots),
                ("texts", 1 << bits),
                ("curves", COORDINATES * curves),
                ("cells", 1 << bits),
            )
        ]
        if not all(len(set(kind)) == len(kind) for kind in kinds):
            raise refused("numbers, gaps, texts, curves and cells", "places that differ")
        size = (self.real + 1) * len(labels)
        coordinates = 1 + sum([len(kind) for kind in kinds])
        content = numbers(state, "weight", size * coordinates, -LARGEST, LARGEST)
        for i in range(0, len(content), max(1, size)):
            if not all(square >= 0.0 for square in content[i + self.real * len(labels) : i + size]):
                raise refused("weight", "sums of squares of at least 0")
        self._lay_out(self.real, bits)
        self.fit(max(8, slots))
        self.fit_curves(curves)
        if len(kinds[2]) > 0:
            self.text_at = array("i", bytes(4 << self.bits))
        if len(kinds[4]) > 0:
            self.cell_at = array("i", bytes(4 << self.bits))
        for label in labels:
            self.admit(label)
        for i in kinds[0]:
            self.number_at[i] = self._block()
        for i in kinds[1]:
            self.gap_at[i] = self._block()
        for i in kinds[2]:
            self.text_at[i] = cython.cast(cython.int, self._block())
        for i in kinds[3]:
            self.curve_at[i] = cython.cast(cython.int, self._block())
        for i in kinds[4]:
            self.cell_at[i] = cython.cast(cython.int, self._block())
        for i in range(1, self.blocks if size > 0 else 0):
            for r in range(self.real + 1):
                for k in range(self.classes):
                    self.weight[i * self.stride + r * self.room + k] = content[n]
                    n += 1
