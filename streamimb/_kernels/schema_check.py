# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Checks whether a row keeps all rules of a schema.

The answer is yes or no; `sanitizing` finds the faults and cleans the event. The check also counts how often each
field had a value of each kind, as evidence for an inferred schema.
"""

from __future__ import annotations

from array import array
from math import inf
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.row import Row

# Kinds of fields and of values. OTHER: a value that no learner accepts, or a field that had only such values. MISSING:
# a value None or NaN, or a field that had no other values yet.
KINDS = ("number", "string", "bool", "unlearnable", "no value yet")
NUMBER = 0  # C numbers, declared in schema_check.pxd
STRING = 1
BOOL = 2
OTHER = 3
MISSING = 4

# What `SchemaCheck.verdict` returns
WELL = 0
DOUBTFUL = 1
FAULTY = 2


@cython.cclass
class SchemaCheck:
    """Fields are declared in schema_check.pxd.

    **Cost**: one comparison per value where all fields are numbers and present, else about 3 ns per value.
    """

    def __init__(self, longest: int, inferred: bool, plain: Any, usable: Any) -> None:
        """Strings are at most `longest` characters; see schema_check.pxd for the other parameters."""
        self.longest, self.inferred, self.plain, self.usable = longest, inferred, plain, usable
        self.settled = False
        self.names, self.index, self.defaults = [], {}, []
        self.fields = self.capacity = self.needed = self.learnable = self.cleanings = 0
        self.kind = self.need = self.nullable = self.coerce = self.stamp = self.found = array("q")
        self.low = self.high = array("d")
        self._grow(8)
        self.own: Reader | None = None
        self.reader = self.read_names = None
        self.aligned = self.numbers = self.needed_numbers = 0
        self.room = 1
        self.rule_of_name, self.rule_of_slot = array("q", [0]), array("q", [0])
        self.low_of_slot, self.high_of_slot = array("d", [0.0]), array("d", [0.0])
        self.seen = self.due = self.whole = 0

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        more = bytes(8 * (capacity - self.capacity))
        self.kind, self.need = array("q", bytes(self.kind) + more), array("q", bytes(self.need) + more)
        self.nullable, self.coerce = (
            array("q", bytes(self.nullable) + more),
            array("q", bytes(self.coerce) + more),
        )
        self.stamp = array("q", bytes(self.stamp) + more)
        self.low, self.high = array("d", bytes(self.low) + more), array("d", bytes(self.high) + more)
        self.found = array("q", bytes(self.found) + 5 * more)
        self.capacity = capacity

    def add(
        self,
        name: Any,
        kind: int,
        low: float = -1e15,
        high: float = 1e15,
        nullable: bool = True,
        default: Any = None,
        coerce: bool = False,
    ) -> None:
        """Adds a field; its numbers must be within [low, high]."""
        r: cython.Py_ssize_t = self.fields
        if name in self.index or not 0 <= kind <= 4:
            raise ValueError("a field is added once, with one of five kinds")
        if r == self.capacity:
            self._grow(2 * self.capacity)
        self.index[name] = r
        self.names.append(name)
        self.defaults.append(default)
        self.kind[r], self.low[r], self.high[r] = kind, low, high
        self.nullable[r], self.coerce[r] = 1 if nullable else 0, 1 if coerce else 0
        self.need[r] = 0 if nullable and default is None else 1
        self.needed += self.need[r]
        if kind < OTHER:
            self.learnable += 1
            self.found[5 * r + kind] -= self.whole  # no event counted so far had a value in this field
        self.fields = r + 1
        self._teach(r)

    def change(self, name: Any, kind: int) -> None:
        """Gives a field another kind."""
        r: cython.Py_ssize_t = self.index[name]
        if not 0 <= kind <= 4:
            raise ValueError("a field has one of five kinds")
        if kind != self.kind[r]:
            # Events counted as whole had a value of the previous kind.
            if self.kind[r] < OTHER:
                self.learnable -= 1
                self.found[5 * r + self.kind[r]] += self.whole
            if kind < OTHER:
                self.learnable += 1
                self.found[5 * r + kind] -= self.whole
            self.kind[r] = kind
            self._teach(r)

    @cython.cfunc
    def own_reader(self) -> Reader:
        """A reader for the fields, for a guard whose classifier shares none."""
        r: cython.Py_ssize_t
        if self.own is None:
            self.own = Reader(0)
            for r in range(self.fields):
                self._teach(r)
        return self.own

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _teach(self, rule: cython.Py_ssize_t) -> cython.int:
        """Updates the readers after a field was added or changed."""
        i: cython.Py_ssize_t
        name = self.names[rule]
        if self.own is not None:
            i = self.own._find(name)
            if i < 0:
                i = self.own._name(name)
            if self.own.number_of[i] < 0 and (self.kind[rule] == NUMBER or self.kind[rule] == BOOL):
                self.own.number_of[i] = self.own.presence.add()
                self.own.owner[self.own.number_of[i]] = i
        if self.reader is not None:
            i = self.reader._find(name)
            if 0 <= i < self.aligned:
                self.rule_of_name[i] = rule
                if 0 <= self.reader.number_of[i] < self.numbers:
                    self._set_slot(self.reader.number_of[i], rule)
        return 0

    # ------------------------------------------------------------------ the rules, in the order of a reader

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _align(self, reader: Reader) -> cython.int:
        """Adapts the slots to a reader that has grown or was replaced."""
        i: cython.Py_ssize_t
        if reader is not self.reader or reader.names is not self.read_names or reader.known < self.aligned:
            self.reader, self.read_names = reader, reader.names
            self.aligned = self.numbers = self.needed_numbers = 0
        if reader.known > self.room:
            more = bytes(8 * (2 * reader.known - self.room))
            self.room = 2 * reader.known
            self.rule_of_name = array("q", bytes(self.rule_of_name) + more)
            self.rule_of_slot = array("q", bytes(self.rule_of_slot) + more)
            self.low_of_slot = array("d", bytes(self.low_of_slot) + more)
            self.high_of_slot = array("d", bytes(self.high_of_slot) + more)
        for i in range(self.aligned, reader.known):
            rule = self.index.get(reader.names[i])
            self.rule_of_name[i] = -1 if rule is None else rule
        self.aligned = reader.known
        for i in range(self.numbers, reader.presence.numbers):
            self.rule_of_slot[i] = -1
            self._set_slot(i, self.rule_of_name[reader.owner[i]])
        self.numbers = reader.presence.numbers
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _set_slot(self, slot: cython.Py_ssize_t, rule: cython.Py_ssize_t) -> cython.void:
        """Puts the rule of a field at its number slot."""
        if rule >= 0 and self.rule_of_slot[slot] != rule:
            self.needed_numbers += self.need[rule]
        self.rule_of_slot[slot] = rule
        if rule >= 0 and self.kind[rule] == NUMBER:
            self.low_of_slot[slot], self.high_of_slot[slot] = self.low[rule], self.high[rule]
        else:
            self.low_of_slot[slot], self.high_of_slot[slot] = inf, -inf

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def verdict(self, row: Row, reader: Reader) -> cython.int:
        """Whether all values are of their field's kind and within bounds, and no required field is absent.

        WELL, or FAULTY, also where the row cannot show it: the event has a name or number that the reader does not have
        yet, or a value that the reader converted. DOUBTFUL: only a missing value, a bool or an absent field may be a
        fault; then `stamp` of every other field that the event has is `cleanings`.
        """
        j: cython.Py_ssize_t
        r: cython.Py_ssize_t
        k: cython.Py_ssize_t = 0
        well: cython.bint
        there: cython.Py_ssize_t = 0
        if row.strange or row.n_large > 0 or row.n_odd > 0 or row.n_converted > 0:
            return FAULTY
        if (
            reader is not self.reader
            or reader.known != self.aligned
            or reader.presence.numbers != self.numbers
            or reader.names is not self.read_names
        ):
            self._align(reader)
        if (
            row.dense
            and row.n == self.numbers
            and row.n_bools == 0
            and row.n_texts == 0
            and row.n_missing == 0
            and self.needed_numbers == self.needed
        ):
            well = True
            for j in range(row.n):
                well &= (self.low_of_slot[j] <= row.xs[j]) & (row.xs[j] <= self.high_of_slot[j])
            return WELL if well else FAULTY
        self.cleanings += 1
        well = row.n_missing == 0
        for j in range(row.n):
            r = self.rule_of_slot[row.slots[j]]
            if k < row.n_bools and row.bools[k] == j:
                k += 1
                if r < 0 or self.kind[r] != BOOL:
                    well = False
                    continue
            elif r < 0 or self.kind[r] != NUMBER or not self.low[r] <= row.xs[j] <= self.high[r]:
                return FAULTY
            there += self.need[r]
            self.stamp[r] = self.cleanings
        for j in range(row.n_texts):
            r = self.rule_of_name[row.owners[j]]
            if r < 0 or self.kind[r] != STRING or row.lengths[j] > self.longest:
                return FAULTY
            there += self.need[r]
            self.stamp[r] = self.cleanings
        return WELL if well and there == self.needed else DOUBTFUL

    # ------------------------------------------------------------------ evidence

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def count(self, row: Row, reader: Reader) -> cython.int:
        """Counts the fields of an event without faults, or of one that was cleaned."""
        j: cython.Py_ssize_t
        self.seen += 1
        if row.cleaned is None and row.n + row.n_texts == self.learnable:
            self.whole += 1
            return 0
        if row.strange:  # it has names that the reader does not have
            for name in list(row.x):
                rule = self.index.get(name)
                if rule is not None:
                    self._found(rule)
            return 0
        self._align(reader)
        for j in range(row.n):
            self._found(self.rule_of_slot[row.slots[j]])
        for j in range(row.n_texts):
            self._found(self.rule_of_name[row.owners[j]])
        return 0

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def _found(self, rule: cython.Py_ssize_t) -> cython.void:
        """Counts a value of its field's kind; the first value is counted elsewhere, when the field gets its kind."""
        if rule >= 0 and self.kind[rule] < OTHER:
            self.found[5 * rule + self.kind[rule]] += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def adjust(self, code: cython.Py_ssize_t, by: cython.Py_ssize_t) -> cython.void:
        """Adds `by` to the count of a field (`code // 5`) and a kind (`code % 5`)."""
        if 0 <= code < 5 * self.fields:
            self.found[code] += by

    def watch(self, due: int) -> None:
        """Sets the number of counted events from which `is_due` is True."""
        self.due = due

    def settle(self, settled: bool) -> None:
        """Sets whether kinds change only in a revision, and not with each event."""
        self.settled = settled

    def is_due(self) -> bool:
        """Whether the number of events set by `watch` was counted."""
        return bool(self.seen >= self.due)

    def take(self) -> tuple[int, list[tuple[Any, list[int]]]]:
        """Returns the events counted, and for each field how many had a value of each kind; resets the counts."""
        seen: int = self.seen
        found = [(name, self.take_one(name)) for name in self.names]
        self.found = array("q", bytes(40 * self.capacity))
        self.seen = self.whole = 0
        return seen, found

    def take_one(self, name: Any) -> list[int]:
        """Returns how many events had a value of each kind in one field; resets the counts of that field."""
        k: cython.Py_ssize_t
        r: cython.Py_ssize_t = self.index[name]
        if self.kind[r] < OTHER:
            self.found[5 * r + self.kind[r]] += self.whole
        counts = [int(self.found[5 * r + k]) for k in range(5)]
        for k in range(5):
            self.found[5 * r + k] = 0
        if self.kind[r] < OTHER:
            self.found[5 * r + self.kind[r]] -= self.whole
        return counts
