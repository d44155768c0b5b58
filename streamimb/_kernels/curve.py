# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""An increasing curve from scores to log-odds, learned online: linear between nodes, plus a common shift.

Nodes lie at scores that occurred, denser where more information arrives, so they approximate quantiles of the scores; a
score that occurs often (a hard 0 or 1) gets a node of its own. The caller adds the log-odds of the class prior to the
height.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels.saved import entries, number, numbers, refused, whole

NODES = cython.declare(cython.int, 24)
# Most information of a node (about one unit per positive): its memory
MEMORY = cython.declare(cython.double, 40.0)
FIRST = cython.declare(cython.double, 1.0)  # least information of a new node
# Recent information between two nodes above which a node is inserted
ROOM = cython.declare(cython.double, 5.0)
# Most information of the lift, which corrects a common shift of all scores
LIFT_MEMORY = cython.declare(cython.double, 100.0)
LIFT_FIRST = cython.declare(cython.double, 20.0)  # initial information of the lift
HIGHEST = cython.declare(cython.double, 20.0)  # bound of |height|, however often one label is repeated


@cython.cclass
class Curve:
    """Heights at nodes plus the lift; constant beyond the outermost nodes. Fields: curve.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._begin()

    def __init__(self) -> None:
        self._begin()

    @cython.cfunc
    def _begin(self) -> Any:
        self.n = 0
        self.x, self.d = array("d", [0.0] * NODES), array("d", [0.0] * NODES)
        self.h, self.atom = array("d", [0.0] * NODES), array("d", [0.0] * NODES)
        self.gap = array("d", [0.0] * (NODES + 1))
        self.lift, self.rest = 0.0, LIFT_FIRST
        self.left, self.right = -1, 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _height(self, s: cython.double) -> cython.double:
        """Height at s, the lift included; 0 before anything was learned."""
        return self.lift + self._ground(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _ground(self, s: cython.double) -> cython.double:
        """Height at s without the lift; finds the nodes beside s."""
        low: cython.int = 0
        high: cython.int = self.n
        middle: cython.int
        while low < high:
            middle = (low + high) >> 1
            if self.x[middle] <= s:
                low = middle + 1
            else:
                high = middle
        low -= 1
        self.left, self.right = low, 0.0
        if self.n == 0:
            return 0.0
        if low < 0:
            return self.d[0]
        if low == self.n - 1 or self.x[low] == s:
            return self.d[low]
        self.right = (s - self.x[low]) / (self.x[low + 1] - self.x[low])
        # Rounding must not move the height above that of the next node.
        return min(self.d[low + 1], self.d[low] + self.right * (self.d[low + 1] - self.d[low]))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _learn(self, s: cython.double, q: cython.double, y: cython.double, w: cython.double) -> cython.void:
        """One Newton step of the lift and of the heights beside s, after `_height(s)`.

        q is the probability that the height gave, y the label as 0 or 1.
        """
        g: cython.int
        e: cython.double = w * (q - y)
        # One event adds at most the information of a full memory.
        info: cython.double = min(MEMORY, w * q * (1.0 - q))
        if self.n == 0:
            self.n, self.left = 1, 0
            self.x[0], self.h[0] = s, FIRST
        g = self.left + 1
        self.rest = min(LIFT_MEMORY, self.rest + info)
        self.lift = min(HIGHEST, max(-HIGHEST, self.lift - min(1.0, max(-1.0, e / self.rest))))
        if self.right > 0.0:
            # The diagonal of the information matrix is enough: the terms between neighbouring nodes are small.
            self._move(g - 1, e * (1.0 - self.right), info * (1.0 - self.right) * (1.0 - self.right))
            self._move(g, e * self.right, info * self.right * self.right)
            self._order(g - 1, g)
        else:
            self._move(max(0, g - 1), e, info)
            self._order(max(0, g - 1), max(0, g - 1))
            if g > 0 and self.x[g - 1] == s:
                self.atom[g - 1] = min(MEMORY, self.atom[g - 1] + info)
                return
        self.gap[g] += info
        if self.gap[g] > ROOM:
            self._refine(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _move(self, k: cython.int, e: cython.double, info: cython.double) -> cython.void:
        self.h[k] = min(MEMORY, self.h[k] + info)
        self.d[k] = min(HIGHEST, max(-HIGHEST, self.d[k] - min(1.0, max(-1.0, e / self.h[k]))))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _order(self, first: cython.int, last: cython.int) -> cython.void:
        """Pools adjacent violators, after the heights from first to last have moved."""
        k: cython.int = max(0, first - 1)
        low: cython.int
        high: cython.int
        mass: cython.double
        mean: cython.double
        while k <= last and k < self.n - 1:
            if self.d[k] <= self.d[k + 1]:
                k += 1
                continue
            low, high = k, k
            mass, mean = self.h[k], self.d[k]
            while True:
                if high < self.n - 1 and self.d[high + 1] < mean:
                    high += 1
                    mass += self.h[high]
                    mean += self.h[high] / mass * (self.d[high] - mean)
                elif low > 0 and self.d[low - 1] > mean:
                    low -= 1
                    mass += self.h[low]
                    mean += self.h[low] / mass * (self.d[low] - mean)
                else:
                    break
            for k in range(low, high + 1):
                self.d[k] = mean
            k = high

    @cython.cfunc
    @cython.exceptval(check=False)
    def _refine(self, s: cython.double) -> cython.void:
        """Inserts a node at s; where all nodes are in use, first removes one where little information arrives."""
        g: cython.int
        k: cython.int
        height: cython.double
        mass: cython.double
        half: cython.double
        if self.n == NODES and not self._remove():
            return
        height = self._ground(s)
        g = self.left + 1
        if g == 0:
            mass = self.h[0]
        elif g == self.n:
            mass = self.h[g - 1]
        else:
            mass = self.h[g - 1] + self.right * (self.h[g] - self.h[g - 1])
        half = 0.5 * self.gap[g]
        for k in range(self.n, g, -1):
            self.x[k], self.d[k] = self.x[k - 1], self.d[k - 1]
            self.h[k], self.atom[k] = self.h[k - 1], self.atom[k - 1]
            self.gap[k + 1] = self.gap[k]
        self.x[g], self.d[g], self.h[g], self.atom[g] = s, height, max(FIRST, 0.5 * mass), 0.0
        self.gap[g] = self.gap[g + 1] = half
        self.n += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def _remove(self) -> cython.bint:
        """Removes the node with the least recent information; where each has enough, halves all of it."""
        k: cython.int
        least: cython.int = 0
        around: cython.double
        fewest: cython.double = 0.25 * ROOM
        found: cython.bint = False
        for k in range(self.n):
            around = self.gap[k] + self.atom[k] + self.gap[k + 1]
            if around < fewest:
                least, fewest, found = k, around, True
        if not found:
            for k in range(self.n):
                self.gap[k] *= 0.5
                self.atom[k] *= 0.5
            self.gap[self.n] *= 0.5
            return False
        self.n -= 1
        self.gap[least] = fewest
        for k in range(least, self.n):
            self.x[k], self.d[k] = self.x[k + 1], self.d[k + 1]
            self.h[k], self.atom[k] = self.h[k + 1], self.atom[k + 1]
            self.gap[k + 1] = self.gap[k + 2]
        return True

    @property
    def nodes(self) -> tuple[tuple[float, float], ...]:
        """(logit of the score, height) of each node, from the lowest score up."""
        return tuple((self.x[k], self.lift + self.d[k]) for k in range(self.n))

    # Save whole buffers, so that the size of a saved state does not depend on the number of nodes.
    def __getstate__(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "x": bytes(self.x),
            "d": bytes(self.d),
            "h": bytes(self.h),
            "atom": bytes(self.atom),
            "gap": bytes(self.gap),
            "lift": self.lift,
            "rest": self.rest,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "n", "x", "d", "h", "atom", "gap", "lift", "rest")
        n = whole(saved, "n", 0, NODES)
        x, d, h = numbers(saved, "x", NODES), numbers(saved, "d", NODES), numbers(saved, "h", NODES)
        atom, gap = numbers(saved, "atom", NODES), numbers(saved, "gap", NODES + 1)
        for name, found, used, low, high in (
            ("x", x, n, -1e3, 1e3), ("d", d, n, -HIGHEST, HIGHEST), ("h", h, n, FIRST, MEMORY),
            ("atom", atom, n, 0.0, MEMORY), ("gap", gap, n + 1, 0.0, 1e3),
        ):  # fmt: skip
            if not all(low <= one <= high for one in found[:used]):
                raise refused(name, f"numbers in [{low:g}, {high:g}]")
        if any(x[k] >= x[k + 1] or d[k] > d[k + 1] for k in range(n - 1)):
            raise refused("x", "nodes that increase, with heights that do not decrease")
        lift = number(saved, "lift", -HIGHEST, HIGHEST)
        rest = number(saved, "rest", LIFT_FIRST, LIFT_MEMORY)
        self.n, self.x, self.d, self.h = n, x, d, h
        self.atom, self.gap = atom, gap
        self.lift, self.rest = lift, rest
        self.left, self.right = -1, 0.0
