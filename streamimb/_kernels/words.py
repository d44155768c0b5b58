# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Strings to slots of a table: FNV-1a from a seed of each name, several strings at a time.

Knows names by number only, and nothing of what a slot holds.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

M64 = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
FNV_PRIME = cython.declare(cython.ulonglong, 0x100000001B3)
FNV_BASIS = cython.declare(cython.ulonglong, 0xCBF29CE484222325)
GOLDEN = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def ended(h: cython.ulonglong) -> cython.ulonglong:
    """One multiply-shift at the end, so that the top bits see everything."""
    return ((h ^ (h >> 32)) * GOLDEN) & M64


@cython.cclass
class Words:
    """Fields are declared in words.pxd. Slots are multiplied by `stride` already."""

    @cython.cfunc
    def _begin(self, hash_bits: Any, hash_seed: Any, stride: Any) -> cython.void:
        self.bits = hash_bits
        self.seed = (FNV_BASIS ^ ((cython.cast(cython.ulonglong, hash_seed) * GOLDEN) & M64)) & M64
        self.stride = stride

    @cython.cfunc
    def _open_words(self) -> cython.void:
        self.last_text = []
        self.texts = self.last_slot = self.late = self.spot = self.length = array("q")
        self.name_seed = self.place = array("Q")
        self.n_texts = 0

    @cython.cfunc
    def _grow_words(self, more: Any) -> cython.void:
        self.texts = array("q", bytes(self.texts) + more)
        self.last_slot = array("q", bytes(self.last_slot) + more)
        self.late = array("q", bytes(self.late) + more)
        self.spot = array("q", bytes(self.spot) + more)
        self.length = array("q", bytes(self.length) + more)
        self.place = array("Q", bytes(self.place) + more)
        self.name_seed = array("Q", bytes(self.name_seed) + more)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _hashed(self, h: cython.ulonglong, text: str) -> cython.ulonglong:
        """FNV-1a over code points, from h."""
        c: cython.Py_UCS4
        for c in text:
            h = ((h ^ cython.cast(cython.ulonglong, ord(c))) * FNV_PRIME) & M64
        return ended(h)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _hash_late(self, n: cython.Py_ssize_t) -> cython.void:
        """Slots of n strings of one byte a character, four at a time: alone, each waits for its products."""
        j: cython.Py_ssize_t = 0
        c: cython.Py_ssize_t
        both: cython.Py_ssize_t
        while j + 4 <= n:
            h0: cython.ulonglong = self.name_seed[self.late[j]]
            h1: cython.ulonglong = self.name_seed[self.late[j + 1]]
            h2: cython.ulonglong = self.name_seed[self.late[j + 2]]
            h3: cython.ulonglong = self.name_seed[self.late[j + 3]]
            p0: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), self.place[j])
            p1: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), self.place[j + 1])
            p2: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), self.place[j + 2])
            p3: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), self.place[j + 3])
            both = min(min(self.length[j], self.length[j + 1]), min(self.length[j + 2], self.length[j + 3]))
            for c in range(both):
                h0 = (h0 ^ p0[c]) * FNV_PRIME
                h1 = (h1 ^ p1[c]) * FNV_PRIME
                h2 = (h2 ^ p2[c]) * FNV_PRIME
                h3 = (h3 ^ p3[c]) * FNV_PRIME
            self._hash_rest(j, h0, both)
            self._hash_rest(j + 1, h1, both)
            self._hash_rest(j + 2, h2, both)
            self._hash_rest(j + 3, h3, both)
            j += 4
        while j < n:
            self._hash_rest(j, self.name_seed[self.late[j]], 0)
            j += 1

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def _hash_rest(self, j: cython.Py_ssize_t, h: cython.ulonglong, start: cython.Py_ssize_t) -> cython.void:
        """The j-th of them from its character `start` on."""
        c: cython.Py_ssize_t
        slot: cython.Py_ssize_t
        at: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), self.place[j])
        for c in range(start, self.length[j]):
            h = (h ^ at[c]) * FNV_PRIME
        slot = cython.cast(cython.Py_ssize_t, ended(h) >> (64 - self.bits)) * self.stride
        self.last_slot[self.late[j]] = slot
        self.texts[self.spot[j]] = slot

    @cython.cfunc
    @cython.exceptval(check=False)
    def _slot(self, seed: cython.ulonglong, text: str) -> cython.Py_ssize_t:
        return cython.cast(cython.Py_ssize_t, self._hashed(seed, text) >> (64 - self.bits)) * self.stride
