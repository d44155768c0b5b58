# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The fields that are present in most labelled events, numbers and strings alike: at most so many of them.

At first those that come first; at 200 labelled events, and whenever these have grown by a factor of 2.5, those that
were present most often so far. Nothing is drawn, so equal streams give equal fields.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, refused, whole, wholes

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.row import Row

FIRST_RENEWAL = limits.FIRST_RENEWAL
GROWTH = cython.declare(cython.double, limits.GROWTH)


@cython.cclass
class PresentFields:
    """Fields are declared in present_fields.pxd.

    **Cost**: O(values of the event) for a labelled event; a sort of all fields at a renewal. 8 bytes a field.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._empty(0)

    def __init__(self, most: int) -> None:
        self._empty(most)

    @cython.cfunc
    def _empty(self, most: cython.Py_ssize_t) -> cython.void:
        self.most = most
        self.chosen = []
        self.events = array("q")
        self.labelled, self.renewal = 0, FIRST_RENEWAL

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, reader: Reader) -> cython.bint:
        """Counts the fields of a labelled event; returns whether other fields are chosen now."""
        j: cython.Py_ssize_t
        moved: cython.bint = False
        if len(self.events) < reader.known:
            self.events = array("q", bytes(self.events) + bytes(8 * (reader.capacity - len(self.events))))
        for j in range(row.n):
            if self._count(reader.owner[row.slots[j]]):
                moved = True
        for j in range(row.n_texts):
            if row.owners[j] >= 0 and self._count(row.owners[j]):
                moved = True
        self.labelled += 1
        if self.labelled == self.renewal:
            self.renewal = cython.cast(cython.longlong, GROWTH * self.renewal)
            moved = self._rank(reader.known) or moved
        return moved

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _count(self, field: cython.Py_ssize_t) -> cython.bint:
        """Counts an event of a field; returns whether the field is one of the first that came."""
        self.events[field] += 1
        if self.events[field] > 1 or len(self.chosen) >= self.most:
            return False
        self.chosen = sorted([*self.chosen, field])
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _rank(self, known: cython.Py_ssize_t) -> cython.bint:
        """Chooses the fields that were present most often; returns whether one is new."""
        i: cython.Py_ssize_t
        if len(self.chosen) < self.most:
            return False
        # By events, most first; of two as frequent, the one that is chosen already.
        held = set(self.chosen)
        order = sorted([(-self.events[i], i not in held, i) for i in range(known)])
        self.chosen = sorted([field for _, _, field in order[: self.most]])
        return set(self.chosen) != held

    # ------------------------------------------------------------------ state

    def state(self, known: cython.Py_ssize_t) -> dict[str, Any]:
        """What was counted of the first `known` fields."""
        events = bytes(self.events)[: 8 * known]
        return {
            "chosen": bytes(array("q", self.chosen)),
            "events": events + bytes(8 * known - len(events)),
            "labelled": self.labelled,
            "renewal": self.renewal,
        }

    def resume(self, state: Any, known: int, most: int) -> None:
        """Takes over what was saved of `known` fields, after it was checked."""
        saved = entries(state, "chosen", "events", "labelled", "renewal")
        chosen = list(wholes(saved, "chosen", None, 0, known - 1))
        if chosen != sorted(set(chosen)) or len(chosen) > most:
            raise refused("chosen", f"at most {most} fields in ascending order")
        events = wholes(saved, "events", known)
        if not all(events[field] > 0 for field in chosen):
            raise refused("events", "at least one event of each chosen field")
        labelled, renewal = whole(saved, "labelled", 0), whole(saved, "renewal", FIRST_RENEWAL)
        self._empty(most)
        self.chosen, self.events = chosen, events
        self.labelled, self.renewal = labelled, renewal
