# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Intervals of a number whose edges are quantiles of the classes, as many of each of them.

Quantiles of all values would leave no edge where the positives are, if they are rare. The values come from a uniform
reservoir of each group of classes for each number, so memory is bounded. Two classes are two groups; of more classes
`class_groups.py` makes groups.
"""

from __future__ import annotations

from array import array
from math import inf
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, numbers, refused, wholes

HELD = cython.declare(cython.Py_ssize_t, 4_000)  # values of each number, in equal parts of each group
EACH = cython.declare(cython.Py_ssize_t, limits.GROUP_EDGES)
FEWEST = cython.declare(cython.Py_ssize_t, 32)  # edges of a number that has values enough
LEAST = cython.declare(cython.Py_ssize_t, limits.LEAST_OF_A_GROUP)
NO_EDGE = cython.declare(cython.double, inf)
LARGEST_VALUE = limits.LARGEST_VALUE


@cython.cclass
class ClassEdges:
    """Fields are declared in class_edges.pxd.

    **Cost**: `interval` O(log most), `note` O(1), `renew` sorts the reservoirs (about .3 ms). 32 kB a number.
    Two groups have 32 edges for each number, eight have 128.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out(2)

    def __init__(self, groups: int) -> None:
        self._lay_out(groups)

    @cython.cfunc
    def _lay_out(self, groups: cython.Py_ssize_t) -> cython.void:
        self.groups, self.room, self.blocks = groups, HELD // groups, 0
        self.most = EACH * groups
        self.values = self.edges = array("d")
        self.counts = array("q")

    @cython.cfunc
    def fit(self, blocks: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many numbers."""
        more: cython.Py_ssize_t = blocks - self.blocks
        self.values = array("d", bytes(self.values) + bytes(8 * self.groups * self.room * more))
        self.counts = array("q", bytes(self.counts) + bytes(8 * self.groups * more))
        self.edges = array("d", bytes(self.edges) + bytes(array("d", [inf] * (self.most * more))))
        self.blocks = blocks

    @cython.cfunc
    @cython.exceptval(check=False)
    def clear(self, block: cython.Py_ssize_t) -> cython.void:
        """Forgets all values of a block, which another number takes over."""
        i: cython.Py_ssize_t
        for i in range(block * self.groups, (block + 1) * self.groups):
            self.counts[i] = 0
        for i in range(block * self.most, (block + 1) * self.most):
            self.edges[i] = inf

    @cython.cfunc
    @cython.exceptval(check=False)
    def interval(self, block: cython.Py_ssize_t, x: cython.double) -> cython.Py_ssize_t:
        """How many edges are below x, 0 to `most`; -1 where there are none yet."""
        low: cython.Py_ssize_t = block * self.most
        i: cython.Py_ssize_t = low
        half: cython.Py_ssize_t = self.most // 2
        if self.edges[low] == NO_EDGE:
            return -1
        while half > 16:
            i += half * (self.edges[i + half - 1] < x)
            half //= 2
        i += 16 * (self.edges[i + 15] < x)
        i += 8 * (self.edges[i + 7] < x)
        i += 4 * (self.edges[i + 3] < x)
        i += 2 * (self.edges[i + 1] < x)
        i += self.edges[i] < x
        i += self.edges[i] < x
        return i - low

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(
        self, block: cython.Py_ssize_t, x: cython.double, group: cython.Py_ssize_t, u: cython.double
    ) -> cython.void:
        """Adds a value to the reservoir of its group; u is a uniform random number in [0, 1)."""
        k: cython.Py_ssize_t = block * self.groups + group
        n: cython.longlong = self.counts[k]
        at: cython.Py_ssize_t = n if n < self.room else cython.cast(cython.Py_ssize_t, u * (n + 1.0))
        self.counts[k] = n + 1
        if at < self.room:
            self.values[k * self.room + at] = x

    @cython.cfunc
    def renew(self, block: cython.Py_ssize_t) -> cython.void:
        """Computes the edges anew: quantiles of each group that has enough values, as many of each."""
        n: cython.Py_ssize_t
        i: cython.Py_ssize_t
        found: list[Any] = []
        given = [values for values in self.held(block) if len(values) > LEAST]
        n = max(FEWEST, EACH * len(given))
        for i, values in enumerate(given):
            found += quantiles(values, (n + len(given) - 1 - i) // len(given))
        distinct = sorted(set(found))
        for i in range(self.most if distinct else 0):
            self.edges[block * self.most + i] = distinct[i] if i < len(distinct) else inf

    @cython.cfunc
    def reservoir(self, block: cython.Py_ssize_t, group: cython.Py_ssize_t) -> cython.double[::1]:
        """The values that a block holds of a group, in the order of their places."""
        k: cython.Py_ssize_t = block * self.groups + group
        n: cython.Py_ssize_t = min(self.counts[k], self.room)
        return self.values[k * self.room : k * self.room + n]

    @cython.cfunc
    def held(self, block: cython.Py_ssize_t) -> list[Any]:
        """The values that a block holds of each group, sorted."""
        g: cython.Py_ssize_t
        return [sorted(array("d", bytes(self.reservoir(block, g)))) for g in range(self.groups)]

    @cython.cfunc
    def of(self, block: cython.Py_ssize_t) -> list[Any]:
        """The edges of a block, ascending."""
        edges = array("d", bytes(self.edges[block * self.most : (block + 1) * self.most]))
        return [edge for edge in edges if edge < inf]

    def memory_bytes(self) -> int:
        """Bytes of the buffers."""
        return 8 * self.blocks * (self.groups * self.room + self.groups + self.most)

    # ------------------------------------------------------------------ state

    def state(self, blocks: cython.Py_ssize_t) -> dict[str, Any]:
        """What is known of the first `blocks` numbers."""
        b: cython.Py_ssize_t
        g: cython.Py_ssize_t
        return {
            "values": b"".join(
                [bytes(self.reservoir(b, g)) for b in range(blocks) for g in range(self.groups)]
            ),
            "counts": bytes(self.counts)[: 8 * self.groups * blocks],
            "edges": bytes(self.edges)[: 8 * self.most * blocks],
        }

    def resume(self, state: Any, blocks: int) -> None:
        """Takes over what was saved of `blocks` numbers by as many groups, after it was checked."""
        saved = entries(state, "values", "counts", "edges")
        counts = wholes(saved, "counts", self.groups * blocks)
        values = numbers(
            saved, "values", sum([min(n, self.room) for n in counts]), -LARGEST_VALUE, LARGEST_VALUE
        )
        edges = numbers(saved, "edges", self.most * blocks, -LARGEST_VALUE, inf)
        for b in range(blocks):
            of_one = list(edges[b * self.most : (b + 1) * self.most])
            if of_one != sorted(of_one):
                raise refused("edges", "edges in ascending order")
        self._lay_out(self.groups)
        self.fit(blocks)
        self.values, self.counts, self.edges = spread(values, counts, self.room), counts, edges


def quantiles(values: list[float], n: int) -> list[float]:
    """n evenly spaced quantiles of sorted values, without the least and the largest."""
    return [values[min(len(values) - 1, (b + 1) * len(values) // (n + 1))] for b in range(n)]


def spread(values: Any, counts: Any, room: int) -> Any:
    """The values of all reservoirs, each at the start of its room."""
    parts, at = [], 0
    for n in counts:
        kept = min(n, room)
        parts.append(bytes(values[at : at + kept]) + bytes(8 * (room - kept)))
        at += kept
    return array("d", b"".join(parts))
