# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Several AdaGrad rates on one event: their margins, their mixture, a step, and a weight as many steps.

Weights lie in threes of rates (the spare ones of the last three have rate 0 and share 0), so that one loop with
three independent sums serves any number of rates. Knows no prior and no sampler: an offset is a number.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import exp, expm1, log, log1p, sqrt
    from cython.cimports.streamimb._kernels.moments import Moments
else:
    from math import exp, expm1, log, log1p, sqrt

    from streamimb._kernels.moments import Moments

FLOOR = cython.declare(cython.double, 0.1)  # of the AdaGrad denominator
NOWHERE = cython.declare(cython.double, float("nan"))  # an offset that equals none
SWITCH = cython.declare(cython.double, 1e-4)  # share of the mixture that is handed round at every label


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def sigmoid(z: cython.double) -> cython.double:
    # math.exp raises where C's gives inf: the argument stays in range.
    return 1.0 / (1.0 + exp(-z)) if z > -700.0 else 0.0


@cython.cfunc
@cython.exceptval(check=False)
def flow(E: cython.double, g: cython.double, a: cython.double) -> cython.double:
    """The d with d + E (e^d - 1) = a, where g = 1/(1 + E).

    Newton from the right on a convex function: a g and log1p(a/E) are both upper bounds.
    """
    d: cython.double = a * g
    u: cython.double
    t: cython.double
    i: cython.int
    if d <= 1e-4:
        return d * (1.0 - 0.5 * d * (1.0 - g))
    u = log1p(a / E)
    if u < d:
        d = u
    for i in range(12):
        u = E * expm1(d)
        t = (d + u - a) / (1.0 + u + E)
        d -= t
        if t < 1e-13 * d:
            break
    return d


@cython.cclass
class Steps(Moments):
    """Fields are declared in steps.pxd. Numbers: one array of weights, rate after rate. Gaps and strings: per
    slot the weights of all rates, then G.
    """

    @cython.cfunc
    def _lay_out(self, rates: Any) -> cython.void:
        self.real = len(rates)
        self.lanes = 3 * ((self.real + 2) // 3)
        spare = [0.0] * (self.lanes - self.real)
        self.alpha = array("d", [float(rate) for rate in rates] + spare)
        self.share = array("d", [1.0 / self.real] * self.real + spare)
        self.bias = array("d", bytes(8 * self.lanes))
        self.bias_g = 0.0
        self.table = array("d")
        self._scratch()

    @cython.cfunc
    def _scratch(self) -> cython.void:
        self.weight = self.G = self.gap = array("d")
        self.g = array("d", bytes(8 * self.lanes))
        self.e = array("d", bytes(8 * self.lanes))
        self.E = array("d", bytes(8 * self.lanes))
        self.d = array("d", bytes(8 * self.lanes))

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        k: cython.Py_ssize_t
        old: cython.Py_ssize_t = 8 * self.capacity
        more = bytes(8 * capacity - old)
        weights = bytes(self.weight)
        self.weight = array(
            "d", b"".join([weights[k * old : (k + 1) * old] + more for k in range(self.lanes)])
        )
        self.gap = array("d", bytes(self.gap) + bytes(len(more) * self.stride))
        self.G = array("d", bytes(self.G) + more)
        Moments._grow(self, capacity)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _say(self, offset: cython.double) -> cython.void:
        """E: what every rate says of the event in hand."""
        k: cython.Py_ssize_t
        if offset != self.judged:
            self.judged = offset
            for k in range(self.real):
                self.E[k] = sigmoid(self.g[k] + offset)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _sum(self) -> cython.void:
        """g of every rate, of the event in hand."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        o: cython.Py_ssize_t
        z: cython.double
        c: cython.Py_ssize_t = self.capacity
        known: cython.bint = len(self.table) > 0
        self.judged = NOWHERE
        for k in range(0, self.lanes, 3):
            a0: cython.double = self.bias[k]
            a1: cython.double = self.bias[k + 1]
            a2: cython.double = self.bias[k + 2]
            o = k * c
            if self.dense:
                for j in range(self.n):
                    z = self.zs[j]
                    a0 += self.weight[o + j] * z
                    a1 += self.weight[o + c + j] * z
                    a2 += self.weight[o + 2 * c + j] * z
            else:
                for j in range(self.n):
                    z = self.zs[j]
                    i = o + self.slots[j]
                    a0 += self.weight[i] * z
                    a1 += self.weight[i + c] * z
                    a2 += self.weight[i + 2 * c] * z
            for j in range(self.n_gaps):
                i = self.gaps[j] + k
                a0 += self.gap[i]
                a1 += self.gap[i + 1]
                a2 += self.gap[i + 2]
            if known:
                for j in range(self.n_texts):
                    i = self.texts[j] + k
                    a0 += self.table[i]
                    a1 += self.table[i + 1]
                    a2 += self.table[i + 2]
            self.g[k] = a0
            self.g[k + 1] = a1
            self.g[k + 2] = a2

    @cython.cfunc
    @cython.exceptval(check=False)
    def _mixed(self, offset: cython.double) -> cython.double:
        k: cython.Py_ssize_t
        p: cython.double = 0.0
        self._say(offset)
        for k in range(self.real):
            p += self.share[k] * self.E[k]
        return p if p < 1.0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _judge(self, y: cython.bint, offset: cython.double, w: cython.double) -> cython.void:
        """Fixed share: every rate weighed by the probability it gave to what happened."""
        k: cython.Py_ssize_t
        p: cython.double
        best: cython.double = -1e300
        total: cython.double = 0.0
        self._say(offset)
        if self.real == 1:
            return
        for k in range(self.real):
            p = self.E[k] if y else 1.0 - self.E[k]
            if w != 1.0:  # p^w, as far below the best of the rates as it is
                p = w * log(p + 1e-300)
                if p > best:
                    best = p
            self.e[k] = p
        for k in range(self.real):
            p = self.e[k] if w == 1.0 else exp(max(-700.0, self.e[k] - best))
            p = self.share[k] * p + 1e-300
            self.e[k] = p
            total += p
        total = (1.0 - SWITCH) / total
        p = SWITCH / self.real
        for k in range(self.real):
            self.share[k] = self.e[k] * total + p

    @cython.cfunc
    @cython.exceptval(check=False)
    def _add(self, c: cython.double, q: cython.double) -> cython.void:
        """G += c z²; w_k += d_k z / (floor + √(G + (q - c) z²)): q is where on its way G is read."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        o: cython.Py_ssize_t
        z: cython.double
        t: cython.double
        cap: cython.Py_ssize_t = self.capacity
        last: cython.Py_ssize_t = self.lanes
        d0: cython.double = self.d[0]
        d1: cython.double = self.d[1]
        d2: cython.double = self.d[2]
        floor: cython.double = FLOOR
        if self.dense:
            for j in range(self.n):
                z = self.zs[j]
                t = z / (floor + sqrt(self.G[j] + q * (z * z)))
                self.G[j] += c * (z * z)
                self.zs[j] = t
                self.weight[j] += d0 * t
                self.weight[cap + j] += d1 * t
                self.weight[2 * cap + j] += d2 * t
        else:
            for j in range(self.n):
                z = self.zs[j]
                i = self.slots[j]
                t = z / (floor + sqrt(self.G[i] + q * (z * z)))
                self.G[i] += c * (z * z)
                self.zs[j] = t
                self.weight[i] += d0 * t
                self.weight[cap + i] += d1 * t
                self.weight[2 * cap + i] += d2 * t
        for k in range(3, last):
            o = k * cap
            for j in range(self.n):
                self.weight[o + self.slots[j]] += self.d[k] * self.zs[j]
        for j in range(self.n_gaps):
            i = self.gaps[j]
            t = 1.0 / (FLOOR + sqrt(self.gap[i + last] + q))
            self.gap[i + last] += c
            for k in range(last):
                self.gap[i + k] += self.d[k] * t
        for j in range(self.n_texts):
            i = self.texts[j]
            t = 1.0 / (FLOOR + sqrt(self.table[i + last] + q))
            self.table[i + last] += c
            self.table[i] += d0 * t
            self.table[i + 1] += d1 * t
            self.table[i + 2] += d2 * t
            for k in range(3, last):
                self.table[i + k] += self.d[k] * t
        t = 1.0 / (FLOOR + sqrt(self.bias_g + q))
        self.bias_g += c
        for k in range(last):
            self.bias[k] += self.d[k] * t

    @cython.cfunc
    @cython.exceptval(check=False)
    def _step(self, y: cython.bint, offset: cython.double, w: cython.double) -> cython.void:
        """The explicit step of weight w <= 1, on the event that was judged; uses up zs."""
        k: cython.Py_ssize_t
        goal: cython.double = 1.0 if y else 0.0
        c: cython.double = 0.0
        e: cython.double
        self._say(offset)
        for k in range(self.real):
            e = goal - self.E[k]
            c += e * e
            self.d[k] = self.alpha[k] * w * e
        c *= w / self.real
        self._add(c, c)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _kappa(self, q: cython.double) -> cython.double:
        """Sum of z² / (floor + √(G + q z²)), the bias with it."""
        j: cython.Py_ssize_t
        z: cython.double
        s: cython.double = 1.0 / (FLOOR + sqrt(self.bias_g + q))
        for j in range(self.n):
            z = self.zs[j] * self.zs[j]
            s += z / (FLOOR + sqrt(self.G[self.slots[j]] + q * z))
        for j in range(self.n_gaps):
            s += 1.0 / (FLOOR + sqrt(self.gap[self.gaps[j] + self.lanes] + q))
        for j in range(self.n_texts):
            s += 1.0 / (FLOOR + sqrt(self.table[self.texts[j] + self.lanes] + q))
        return s

    @cython.cfunc
    @cython.exceptval(check=False)
    def _flow(self, y: cython.bint, offset: cython.double, h: cython.double) -> cython.void:
        """Weight h as h repeats in the limit of small steps.

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
        self.judged = NOWHERE
        for k in range(self.real):
            m = sign * (self.g[k] + offset)
            self.E[k] = exp(300.0 if m > 300.0 else -300.0 if m < -300.0 else m)
            g = 1.0 / (1.0 + self.E[k])
            self.e[k] = g
            top += h * g * g
        q = top / self.real
        for i in range(3):
            kappa = self._kappa(half * q)
            for k in range(self.real):
                self.d[k] = flow(self.E[k], self.e[k], self.alpha[k] * kappa * h)
            if i < 2:
                q = 0.0
                for k in range(self.real):
                    g = self.e[k]
                    a = self.alpha[k] * kappa
                    m = (self.d[k] - log1p(g * (a * h - self.d[k]))) / a
                    q += 0.0 if m < 0.0 else h * g * g if m > h * g * g else m
                q /= self.real
        for k in range(self.real):
            self.d[k] *= sign / kappa
        self._add(q, half * q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _learn(self, y: cython.bint, offset: cython.double, w: cython.double) -> cython.void:
        """One example of weight w > 0: explicit up to 1, the exact flow for the rest."""
        j: cython.Py_ssize_t
        if w <= 1.0:
            self._step(y, offset, w)
            return
        for j in range(self.n):
            self.xs[j] = self.zs[j]
        self._step(y, offset, 1.0)
        for j in range(self.n):
            self.zs[j] = self.xs[j]
        self._sum()
        self._flow(y, offset, w - 1.0)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _part(
        self,
        weights: cython.double[::1],
        at: cython.Py_ssize_t,
        step: cython.Py_ssize_t,
        z: cython.double,
    ) -> cython.double:
        k: cython.Py_ssize_t
        s: cython.double = 0.0
        for k in range(self.real):
            s += self.share[k] * weights[at + k * step] * z
        return s
