# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Linear models at several AdaGrad learning rates: the log-odds of an event, and learning steps of any weight.

Learning rates are stored in groups of three, padded by rates of 0, so that one loop with three independent sums works
for any number of rates.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log1p, sqrt

    from streamimb._kernels.basis_weights import BasisWeights
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.logistic_path import growth
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import exp, log1p, sqrt
    from cython.cimports.streamimb._kernels.basis_weights import BasisWeights
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.logistic_path import growth
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.large_buffer import zeros
from streamimb._kernels.string_table import checked_table, fill, sparse

FLOOR = cython.declare(cython.double, 0.1)  # added to the AdaGrad denominator
NOWHERE = cython.declare(cython.double, limits.NOWHERE)
LARGEST_RATE = cython.declare(cython.double, limits.LARGEST_RATE)
LARGEST = cython.declare(cython.double, limits.LARGEST_COEFFICIENT)


@cython.cclass
class AdaGrad:
    """Fields are declared in adagrad.pxd.

    The weights of numbers are one array, ordered by learning rate, then by slot. A gap or a string has a block of
    `stride` entries: the weights of all rates, then G. An additive expert has weights for basis coordinates too.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out((1.0,), 1)

    def __init__(self, rates: Any, bits: int, additive: bool = False) -> None:
        self._lay_out(rates, bits)
        if additive:
            self.basis = BasisWeights(self.padded)
        self.fit(8)

    @cython.cfunc
    def _lay_out(self, rates: Any, bits: Any) -> cython.void:
        self.real = len(rates)
        self.padded = 3 * ((self.real + 2) // 3)
        self.stride = self.padded + 1
        self.bits = bits
        self.alpha = array("d", [float(rate) for rate in rates] + [0.0] * (self.padded - self.real))
        self.bias = array("d", bytes(8 * self.padded))
        self.bias_g = 0.0
        self.weight = self.G = self.gap = self.table = array("d")
        self.slot, self.first = self.stride, 0
        self.capacity = 0
        self.basis = None

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many number slots."""
        k: cython.Py_ssize_t
        old: cython.Py_ssize_t = 8 * self.capacity
        more = bytes(8 * capacity - old)
        weights = bytes(self.weight)
        self.weight = array(
            "d", b"".join([weights[k * old : (k + 1) * old] + more for k in range(self.padded)])
        )
        self.gap = array("d", bytes(self.gap) + bytes(len(more) * self.stride))
        self.G = array("d", bytes(self.G) + more)
        self.capacity = capacity

    @cython.cfunc
    def open_table(self) -> cython.void:
        """Allocates the table of strings, before the first string is learned."""
        self.table = zeros("d", self.slot << self.bits)

    @cython.cfunc
    def beside(self, other: AdaGrad) -> cython.void:
        """Puts the strings of this kind of experts beside those of another: one cache miss a string in place of two."""
        self.slot = other.slot = 2 * self.stride
        self.first = self.stride
        self.table = other.table

    @cython.cfunc
    @cython.exceptval(check=False)
    def place(self, row: Row, work: LinearWork) -> cython.void:
        """Sets `work.texts`: the position in the table of each string of a row."""
        j: cython.Py_ssize_t
        for j in range(row.n_texts):
            work.texts[j] = (
                cython.cast(cython.Py_ssize_t, row.hashes[j] >> (64 - self.bits)) * self.slot + self.first
            )

    @cython.cfunc
    @cython.exceptval(check=False)
    def sum(self, row: Row, work: LinearWork) -> cython.void:
        """Computes g of every rate for the event of this row."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        o: cython.Py_ssize_t
        z: cython.double
        c: cython.Py_ssize_t = self.capacity
        known: cython.bint = len(self.table) > 0
        work.expected_at = NOWHERE
        for k in range(0, self.padded, 3):
            a0: cython.double = self.bias[k]
            a1: cython.double = self.bias[k + 1]
            a2: cython.double = self.bias[k + 2]
            o = k * c
            if row.dense:
                for j in range(row.n):
                    z = work.zs[j]
                    a0 += self.weight[o + j] * z
                    a1 += self.weight[o + c + j] * z
                    a2 += self.weight[o + 2 * c + j] * z
            else:
                for j in range(row.n):
                    z = work.zs[j]
                    i = o + row.slots[j]
                    a0 += self.weight[i] * z
                    a1 += self.weight[i + c] * z
                    a2 += self.weight[i + 2 * c] * z
            for j in range(row.n_gaps):
                i = row.gaps[j] * self.stride + k
                a0 += self.gap[i]
                a1 += self.gap[i + 1]
                a2 += self.gap[i + 2]
            if known:
                for j in range(row.n_texts):
                    i = work.texts[j] + k
                    a0 += self.table[i]
                    a1 += self.table[i + 1]
                    a2 += self.table[i + 2]
            work.g[k] = a0
            work.g[k + 1] = a1
            work.g[k + 2] = a2
        if self.basis is not None:
            self.basis.sum(work)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _add(self, row: Row, work: LinearWork, c: cython.double, q: cython.double) -> cython.void:
        """w_k += d_k z / (floor + √(G + q z²)), then G += c z²; with q = c the step uses the updated G."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        o: cython.Py_ssize_t
        z: cython.double
        t: cython.double
        cap: cython.Py_ssize_t = self.capacity
        last: cython.Py_ssize_t = self.padded
        d0: cython.double = work.d[0]
        d1: cython.double = work.d[1]
        d2: cython.double = work.d[2]
        floor: cython.double = FLOOR
        if row.dense:
            for j in range(row.n):
                z = work.zs[j]
                t = z / (floor + sqrt(self.G[j] + q * (z * z)))
                self.G[j] += c * (z * z)
                work.zs[j] = t
                self.weight[j] += d0 * t
                self.weight[cap + j] += d1 * t
                self.weight[2 * cap + j] += d2 * t
        else:
            for j in range(row.n):
                z = work.zs[j]
                i = row.slots[j]
                t = z / (floor + sqrt(self.G[i] + q * (z * z)))
                self.G[i] += c * (z * z)
                work.zs[j] = t
                self.weight[i] += d0 * t
                self.weight[cap + i] += d1 * t
                self.weight[2 * cap + i] += d2 * t
        for k in range(3, last):
            o = k * cap
            for j in range(row.n):
                self.weight[o + row.slots[j]] += work.d[k] * work.zs[j]
        for j in range(row.n_gaps):
            i = row.gaps[j] * self.stride
            t = 1.0 / (FLOOR + sqrt(self.gap[i + last] + q))
            self.gap[i + last] += c
            for k in range(last):
                self.gap[i + k] += work.d[k] * t
        for j in range(row.n_texts):
            i = work.texts[j]
            t = 1.0 / (FLOOR + sqrt(self.table[i + last] + q))
            self.table[i + last] += c
            self.table[i] += d0 * t
            self.table[i + 1] += d1 * t
            self.table[i + 2] += d2 * t
            for k in range(3, last):
                self.table[i + k] += work.d[k] * t
        t = 1.0 / (FLOOR + sqrt(self.bias_g + q))
        self.bias_g += c
        for k in range(last):
            self.bias[k] += work.d[k] * t
        if self.basis is not None:
            self.basis.add(work, c, q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _step(
        self, row: Row, work: LinearWork, y: cython.bint, offset: cython.double, w: cython.double
    ) -> cython.void:
        """Takes an explicit gradient step of weight w <= 1 on the event of the last `sum`; overwrites zs."""
        k: cython.Py_ssize_t
        goal: cython.double = 1.0 if y else 0.0
        c: cython.double = 0.0
        e: cython.double
        work.expect(offset)
        for k in range(self.real):
            e = goal - work.E[k]
            c += e * e
            work.d[k] = self.alpha[k] * w * e
        c *= w / self.real
        self._add(row, work, c, c)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _kappa(self, row: Row, work: LinearWork, q: cython.double) -> cython.double:
        """Sum of z² / (floor + √(G + q z²)) over numbers, gaps, strings and the bias; z = 1 except for numbers."""
        j: cython.Py_ssize_t
        z: cython.double
        s: cython.double = 1.0 / (FLOOR + sqrt(self.bias_g + q))
        for j in range(row.n):
            z = work.zs[j] * work.zs[j]
            s += z / (FLOOR + sqrt(self.G[row.slots[j]] + q * z))
        for j in range(row.n_gaps):
            s += 1.0 / (FLOOR + sqrt(self.gap[row.gaps[j] * self.stride + self.padded] + q))
        for j in range(row.n_texts):
            s += 1.0 / (FLOOR + sqrt(self.table[work.texts[j] + self.padded] + q))
        return s if self.basis is None else s + self.basis.kappa(work, q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _flow(
        self, row: Row, work: LinearWork, y: cython.bint, offset: cython.double, h: cython.double
    ) -> cython.void:
        """Takes a step of weight h: the limit of ever more explicit steps whose weights sum to h.

        Along the path the margin of rate k grows by d with d + E (e^d - 1) = alpha kappa h, and the integral
        of its squared gradient is (d - log1p(g (alpha kappa h - d))) / (alpha kappa): no cancellation.
        """
        k: cython.Py_ssize_t
        i: cython.int
        sign: cython.double = 1.0 if y else -1.0
        m: cython.double
        a: cython.double
        g: cython.double
        kappa: cython.double = 1.0
        top: cython.double = 0.0
        q: cython.double
        half: cython.double = 0.5 + 0.5 / h if h > 1.0 else 1.0
        work.expected_at = NOWHERE
        for k in range(self.real):
            m = sign * (work.g[k] + offset)
            work.E[k] = exp(300.0 if m > 300.0 else -300.0 if m < -300.0 else m)
            g = 1.0 / (1.0 + work.E[k])
            work.e[k] = g
            top += h * g * g
        q = top / self.real
        for i in range(3):
            kappa = self._kappa(row, work, half * q)
            for k in range(self.real):
                work.d[k] = growth(work.E[k], work.e[k], self.alpha[k] * kappa * h)
            if i < 2:
                q = 0.0
                for k in range(self.real):
                    g = work.e[k]
                    a = self.alpha[k] * kappa
                    m = (work.d[k] - log1p(g * (a * h - work.d[k]))) / a
                    q += 0.0 if m < 0.0 else h * g * g if m > h * g * g else m
                q /= self.real
        for k in range(self.real):
            work.d[k] *= sign / kappa
        self._add(row, work, q, half * q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def learn(
        self, row: Row, work: LinearWork, y: cython.bint, offset: cython.double, w: cython.double
    ) -> cython.void:
        """Learns one example of weight w > 0: an explicit step up to weight 1, the exact flow for the rest."""
        j: cython.Py_ssize_t
        if w <= 1.0:
            self._step(row, work, y, offset, w)
            return
        for j in range(row.n):
            work.keep[j] = work.zs[j]
        self._step(row, work, y, offset, 1.0)
        for j in range(row.n):
            work.zs[j] = work.keep[j]
        self.sum(row, work)
        self._flow(row, work, y, offset, w - 1.0)

    def parts(self, row: Row, work: LinearWork, share: cython.double[::1]) -> tuple[list[float], ...]:
        """Log-odds of the intercept, each number, each gap and each string, mixed by the shares of the rates."""
        j: cython.Py_ssize_t
        c: cython.Py_ssize_t = self.capacity
        numbers = [self._part(self.weight, row.slots[j], c, share) * work.zs[j] for j in range(row.n)]
        gaps = [self._part(self.gap, row.gaps[j] * self.stride, 1, share) for j in range(row.n_gaps)]
        texts = [0.0] * row.n_texts
        if len(self.table) > 0:
            texts = [self._part(self.table, work.texts[j], 1, share) for j in range(row.n_texts)]
        if self.basis is not None:
            self.basis.add_parts(work, share, numbers)
        return [self._part(self.bias, 0, 1, share)], numbers, gaps, texts

    @cython.cfunc
    @cython.exceptval(check=False)
    def _part(
        self,
        weights: cython.double[::1],
        at: cython.Py_ssize_t,
        step: cython.Py_ssize_t,
        share: cython.double[::1],
    ) -> cython.double:
        k: cython.Py_ssize_t
        s: cython.double = 0.0
        for k in range(self.real):
            s += share[k] * weights[at + k * step]
        return s

    def memory_bytes(self) -> int:
        """Bytes of the buffers."""
        n = len(self.weight) + len(self.G) + len(self.gap) + (len(self.table) if self.first == 0 else 0)
        return 8 * (n + (0 if self.basis is None else len(self.basis.table)))

    def state(self, numbers: cython.Py_ssize_t, blocks: cython.Py_ssize_t = 0) -> dict[str, Any]:
        """The learned state of the first `numbers` number slots, and of the first `blocks` fields with a basis."""
        k: cython.Py_ssize_t
        size = 8 * numbers
        step = 8 * self.capacity
        weights = bytes(self.weight)
        return {
            "alpha": bytes(self.alpha)[: 8 * self.real],
            "bits": int(self.bits),
            "bias": bytes(self.bias),
            "bias_g": float(self.bias_g),
            "weight": b"".join([weights[k * step : k * step + size] for k in range(self.padded)]),
            "G": bytes(self.G)[:size],
            "gap": bytes(self.gap)[: size * self.stride],
            "table": sparse(self.table, self.slot, self.slot // self.stride) if self.first == 0 else None,
            "basis": None if self.basis is None else self.basis.state(blocks),
        }

    def resume(self, state: dict[str, Any], numbers: int, blocks: int = 0, kinds: int = 1) -> None:
        """Takes over a saved state of `numbers` number slots and `blocks` fields with a basis, after it was checked."""
        basis: Any = None
        k: cython.Py_ssize_t
        alpha, bits = array("d", state["alpha"]), state["bits"]
        if type(bits) is not int or not 1 <= bits <= 28:
            raise ValueError("state: bits must be a whole number from 1 to 28")
        if not 0 < len(alpha) <= 1000 or not all(0.0 < rate <= LARGEST_RATE for rate in alpha):
            raise ValueError("state: alpha must have a number above 0, at most 10^6, for each learning rate")
        padded = 3 * ((len(alpha) + 2) // 3)
        sizes = {"bias": padded, "weight": padded * numbers, "G": numbers, "gap": (padded + 1) * numbers}
        parts = {name: array("d", state[name]) for name in sizes}
        for name, size in sizes.items():
            if len(parts[name]) != size or not all(-LARGEST <= value <= LARGEST for value in parts[name]):
                raise ValueError(f"state: {name} must have {size} numbers of at most {LARGEST:g}")
        if not (0.0 <= state["bias_g"] <= LARGEST and all(value >= 0.0 for value in parts["G"])):
            raise ValueError("state: a sum of squares is below 0")
        table = checked_table(state["table"], bits, kinds * (padded + 1), kinds)
        if state["basis"] is not None:
            basis = BasisWeights(padded)
            basis.resume(state, blocks)
        self._lay_out(alpha, bits)
        self.basis = basis
        self.fit(max(8, numbers))
        for k in range(padded):
            self.bias[k] = parts["bias"][k]
        self.bias_g = state["bias_g"]
        pad = bytes(8 * (self.capacity - numbers))
        size = 8 * numbers
        weights = bytes(parts["weight"])
        self.weight = array("d", b"".join([weights[k * size : (k + 1) * size] + pad for k in range(padded)]))
        self.G = array("d", bytes(parts["G"]) + pad)
        self.gap = array("d", bytes(parts["gap"]) + bytes(len(pad) * self.stride))
        self.slot = kinds * self.stride
        if table is not None:
            self.open_table()
            fill(self.table, self.slot, table)
