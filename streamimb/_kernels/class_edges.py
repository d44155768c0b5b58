# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Intervals of a number whose edges are half quantiles of the positives, half of the negatives.

Quantiles of all values would leave no edge where the positives are, if they are rare. The values come from a uniform
reservoir of each class for each number, so memory is bounded.
"""

from __future__ import annotations

from array import array
from math import inf
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, numbers, refused, wholes

RESERVOIR = cython.declare(cython.Py_ssize_t, 2_000)  # values of each class and number
EDGES = cython.declare(cython.Py_ssize_t, 32)  # of each number, at most
LEAST = cython.declare(cython.Py_ssize_t, 20)  # values of a class that give no edges yet
LARGEST_VALUE = limits.LARGEST_VALUE


@cython.cclass
class ClassEdges:
    """Fields are declared in class_edges.pxd.

    **Cost**: `interval` O(log EDGES), `note` O(1), `renew` sorts two reservoirs (about .3 ms). 32 kB a number.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out()

    def __init__(self) -> None:
        self._lay_out()

    @cython.cfunc
    def _lay_out(self) -> cython.void:
        self.blocks = 0
        self.negatives = self.positives = self.edges = array("d")
        self.n_negatives = self.n_positives = array("q")

    @cython.cfunc
    def fit(self, blocks: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many numbers."""
        more: cython.Py_ssize_t = blocks - self.blocks
        self.negatives = array("d", bytes(self.negatives) + bytes(8 * RESERVOIR * more))
        self.positives = array("d", bytes(self.positives) + bytes(8 * RESERVOIR * more))
        self.n_negatives = array("q", bytes(self.n_negatives) + bytes(8 * more))
        self.n_positives = array("q", bytes(self.n_positives) + bytes(8 * more))
        self.edges = array("d", bytes(self.edges) + bytes(array("d", [inf] * (EDGES * more))))
        self.blocks = blocks

    @cython.cfunc
    @cython.exceptval(check=False)
    def clear(self, block: cython.Py_ssize_t) -> cython.void:
        """Forgets all values of a block, which another number takes over."""
        i: cython.Py_ssize_t
        self.n_negatives[block] = self.n_positives[block] = 0
        for i in range(block * EDGES, (block + 1) * EDGES):
            self.edges[i] = inf

    @cython.cfunc
    @cython.exceptval(check=False)
    def interval(self, block: cython.Py_ssize_t, x: cython.double) -> cython.Py_ssize_t:
        """How many edges are below x, 0 to EDGES; -1 where there are none yet."""
        low: cython.Py_ssize_t = block * EDGES
        i: cython.Py_ssize_t = low
        if self.edges[low] == inf:
            return -1
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
        self, block: cython.Py_ssize_t, x: cython.double, y: cython.bint, u: cython.double
    ) -> cython.void:
        """Adds a value to the reservoir of its class; u is a uniform random number in [0, 1)."""
        n: cython.longlong
        at: cython.Py_ssize_t
        if y:
            n = self.n_positives[block]
            self.n_positives[block] = n + 1
            at = n if n < RESERVOIR else cython.cast(cython.Py_ssize_t, u * (n + 1.0))
            if at < RESERVOIR:
                self.positives[block * RESERVOIR + at] = x
        else:
            n = self.n_negatives[block]
            self.n_negatives[block] = n + 1
            at = n if n < RESERVOIR else cython.cast(cython.Py_ssize_t, u * (n + 1.0))
            if at < RESERVOIR:
                self.negatives[block * RESERVOIR + at] = x

    @cython.cfunc
    def renew(self, block: cython.Py_ssize_t) -> cython.void:
        """Computes the edges anew: quantiles of the negatives, and of the positives where there are enough."""
        i: cython.Py_ssize_t
        negatives, positives = self.held(block)
        if len(negatives) <= LEAST:
            return
        of_positives: cython.Py_ssize_t = EDGES // 2 if len(positives) > LEAST else 0
        found = quantiles(negatives, EDGES - of_positives) + quantiles(positives, of_positives)
        distinct = sorted(set(found))
        for i in range(EDGES):
            self.edges[block * EDGES + i] = distinct[i] if i < len(distinct) else inf

    @cython.cfunc
    def held(self, block: cython.Py_ssize_t) -> tuple[Any, ...]:
        """The values of the reservoirs of a block, sorted: of the negatives, of the positives."""
        n0: cython.longlong = min(self.n_negatives[block], RESERVOIR)
        n1: cython.longlong = min(self.n_positives[block], RESERVOIR)
        negatives = array("d", bytes(self.negatives[block * RESERVOIR : block * RESERVOIR + n0]))
        positives = array("d", bytes(self.positives[block * RESERVOIR : block * RESERVOIR + n1]))
        return sorted(negatives), sorted(positives)

    @cython.cfunc
    def of(self, block: cython.Py_ssize_t) -> list[Any]:
        """The edges of a block, ascending."""
        edges = array("d", bytes(self.edges[block * EDGES : (block + 1) * EDGES]))
        return [edge for edge in edges if edge < inf]

    def memory_bytes(self) -> int:
        """Bytes of the buffers."""
        return 8 * self.blocks * (2 * RESERVOIR + EDGES + 2)

    # ------------------------------------------------------------------ state

    def state(self, blocks: cython.Py_ssize_t) -> dict[str, Any]:
        """What is known of the first `blocks` numbers."""
        return {
            "negatives": self._filled(self.negatives, self.n_negatives, blocks),
            "positives": self._filled(self.positives, self.n_positives, blocks),
            "n_negatives": bytes(self.n_negatives)[: 8 * blocks],
            "n_positives": bytes(self.n_positives)[: 8 * blocks],
            "edges": bytes(self.edges)[: 8 * EDGES * blocks],
        }

    def _filled(self, values: Any, counts: Any, blocks: int) -> bytes:
        """The values of all reservoirs without their empty places."""
        held = bytes(values)
        size = 8 * RESERVOIR
        return b"".join(held[b * size : b * size + 8 * min(counts[b], RESERVOIR)] for b in range(blocks))

    def resume(self, state: Any, blocks: int) -> None:
        """Takes over what was saved of `blocks` numbers, after it was checked."""
        saved = entries(state, "negatives", "positives", "n_negatives", "n_positives", "edges")
        counts = {name: wholes(saved, f"n_{name}", blocks) for name in ("negatives", "positives")}
        values = {
            name: numbers(saved, name, sum(min(n, RESERVOIR) for n in seen), -LARGEST_VALUE, LARGEST_VALUE)
            for name, seen in counts.items()
        }
        edges = numbers(saved, "edges", EDGES * blocks, -LARGEST_VALUE, inf)
        for b in range(blocks):
            of_one = list(edges[b * EDGES : (b + 1) * EDGES])
            if of_one != sorted(of_one):
                raise refused("edges", "edges in ascending order")
        self._lay_out()
        self.fit(blocks)
        self.edges = edges
        self.n_negatives, self.n_positives = counts["negatives"], counts["positives"]
        self.negatives = spread(values["negatives"], counts["negatives"])
        self.positives = spread(values["positives"], counts["positives"])


def quantiles(values: list[float], n: int) -> list[float]:
    """n evenly spaced quantiles of sorted values, without the least and the largest."""
    return [values[min(len(values) - 1, (b + 1) * len(values) // (n + 1))] for b in range(n)]


def spread(values: Any, counts: Any) -> Any:
    """The values of all reservoirs, each at the start of its room."""
    parts, at = [], 0
    for n in counts:
        kept = min(n, RESERVOIR)
        parts.append(bytes(values[at : at + kept]) + bytes(8 * (RESERVOIR - kept)))
        at += kept
    return array("d", b"".join(parts))
