# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A row is one event in hand: what was read of it, and what the parts computed about it.

A row belongs to one call at a time. The part that reads the event provides it (`begin`), every part of the call adds to
it, and the outermost part releases it (`done`). No part keeps any of its contents afterwards.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython


@cython.cclass
class Work:
    """What one learner computes for an event; each kind of learner has its own subclass."""


@cython.cclass
class Row:
    """Fields are declared in row.pxd."""

    def __init__(self) -> None:
        self.capacity = 0
        self.busy = False
        self.work = None
        self.offset = self.p = self.raw = self.corrected = self.calibrated = 0.0
        self.xs = array("d", [0.0])
        self.slots = self.bools = self.owners = self.lengths = self.gaps = array("q", [0])
        self.sizes = self.spots = array("q", [0])
        self.hashes = self.seeds = self.places = array("Q", [0])
        self.odd = ""
        # All of these may be None; `_empty` counts on it that they are set.
        nothing: Any = None
        self.event = self.x = self.given = self.cleaned = self.reader = self.inside = nothing
        self.more = self.memo = self.pilot = self.named = self.prior = self.targets = nothing
        self.rates = self.mapping = self.answer = self.raws = nothing
        self.reasons: tuple[Any, ...] = ()
        self.fit(8)

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many values and gaps; their content is lost."""
        if capacity <= self.capacity:
            return
        zeros = bytes(8 * capacity)
        self.xs = array("d", zeros)
        self.slots, self.bools = array("q", zeros), array("q", zeros)
        self.owners, self.lengths = array("q", zeros), array("q", zeros)
        self.gaps, self.sizes, self.spots = array("q", zeros), array("q", zeros), array("q", zeros)
        self.hashes, self.seeds, self.places = array("Q", zeros), array("Q", zeros), array("Q", zeros)
        self.capacity = capacity

    @cython.cfunc
    @cython.exceptval(check=False)
    def begin(self, x: Any) -> cython.void:
        """Starts with a new event; `done` has reset the other fields."""
        self.event = self.x = x
        self.busy = True
        self.n = self.n_bools = self.n_texts = self.n_gaps = 0
        self.n_unknown = self.n_missing = self.n_large = self.n_odd = self.n_converted = 0
        self.dense = self.learnable = self.scorable = True
        self.strange = self.scored = self.rated = False
        self.r0 = self.r1 = 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def done(self) -> cython.void:
        """Releases the row and all references to the event."""
        self._empty()
        if self.inside is not None:
            self.inside.done()
            self.inside = None
        self.busy = False

    @cython.cfunc
    @cython.exceptval(check=False)
    def _empty(self) -> cython.void:
        # Most are None already: to write None again would count references to it, each count after the one before.
        self.event = self.x = self.reader = None
        if self.given is not None:
            self.given = None
        if self.cleaned is not None:
            self.cleaned = None
        if len(self.reasons) > 0:
            self.reasons = ()
        if self.more is not None:
            self.more = None
        if self.memo is not None:
            self.memo = None
        if self.pilot is not None:
            self.pilot = None
        if self.named is not None:
            self.named = None
        if self.prior is not None:
            self.prior = None
        if self.targets is not None:
            self.targets = None
        if self.rates is not None:
            self.rates = None
        if self.mapping is not None:
            self.mapping = None
        if self.answer is not None:
            self.answer = None
        if self.raws is not None:
            self.raws = None
