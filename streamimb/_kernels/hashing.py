# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Hashes of strings: FNV-1a over code points, from a seed, with one multiply-shift at the end.

A hash is the same in every process. When compiled, four strings are hashed side by side.
"""

from __future__ import annotations

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.row import Row

M64 = cython.declare(cython.ulonglong, limits.M64)
FNV_PRIME = cython.declare(cython.ulonglong, 0x100000001B3)
FNV_BASIS = cython.declare(cython.ulonglong, 0xCBF29CE484222325)
GOLDEN = cython.declare(cython.ulonglong, limits.GOLDEN)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def finished(h: cython.ulonglong) -> cython.ulonglong:
    """One multiply-shift, so that the top bits depend on every character."""
    return ((h ^ (h >> 32)) * GOLDEN) & M64


@cython.cfunc
@cython.exceptval(check=False)
def seed_of(hash_seed: cython.ulonglong) -> cython.ulonglong:
    """The seed with which names are hashed."""
    return (FNV_BASIS ^ ((hash_seed * GOLDEN) & M64)) & M64


@cython.cfunc
@cython.exceptval(check=False)
def hash_text(seed: cython.ulonglong, text: str) -> cython.ulonglong:
    """The hash of one string."""
    h: cython.ulonglong = seed
    c: cython.Py_UCS4
    for c in text:
        h = ((h ^ cython.cast(cython.ulonglong, ord(c))) * FNV_PRIME) & M64
    return finished(h)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def hash_bytes(
    h: cython.ulonglong, place: cython.ulonglong, start: cython.Py_ssize_t, length: cython.Py_ssize_t
) -> cython.ulonglong:
    """Continues a hash with the characters from `start` on of a string with one byte per character."""
    c: cython.Py_ssize_t
    at: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), place)
    for c in range(start, length):
        h = (h ^ at[c]) * FNV_PRIME
    return finished(h)


@cython.cfunc
@cython.exceptval(check=False)
def hash_batch(row: Row, n: cython.Py_ssize_t) -> cython.void:
    """Hashes the n strings of a row whose addresses are in `places`; the j-th hash goes to `hashes[spots[j]]`.

    Four at a time: each product depends on the one before it, so four chains run in parallel. Compiled only.
    """
    j: cython.Py_ssize_t = 0
    c: cython.Py_ssize_t
    shortest: cython.Py_ssize_t
    while j + 4 <= n:
        h0: cython.ulonglong = row.seeds[j]
        h1: cython.ulonglong = row.seeds[j + 1]
        h2: cython.ulonglong = row.seeds[j + 2]
        h3: cython.ulonglong = row.seeds[j + 3]
        p0: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), row.places[j])
        p1: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), row.places[j + 1])
        p2: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), row.places[j + 2])
        p3: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), row.places[j + 3])
        shortest = min(min(row.sizes[j], row.sizes[j + 1]), min(row.sizes[j + 2], row.sizes[j + 3]))
        for c in range(shortest):
            h0 = (h0 ^ p0[c]) * FNV_PRIME
            h1 = (h1 ^ p1[c]) * FNV_PRIME
            h2 = (h2 ^ p2[c]) * FNV_PRIME
            h3 = (h3 ^ p3[c]) * FNV_PRIME
        row.hashes[row.spots[j]] = hash_bytes(h0, row.places[j], shortest, row.sizes[j])
        row.hashes[row.spots[j + 1]] = hash_bytes(h1, row.places[j + 1], shortest, row.sizes[j + 1])
        row.hashes[row.spots[j + 2]] = hash_bytes(h2, row.places[j + 2], shortest, row.sizes[j + 2])
        row.hashes[row.spots[j + 3]] = hash_bytes(h3, row.places[j + 3], shortest, row.sizes[j + 3])
        j += 4
    while j < n:
        row.hashes[row.spots[j]] = hash_bytes(row.seeds[j], row.places[j], 0, row.sizes[j])
        j += 1
