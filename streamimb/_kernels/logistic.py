# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Logistic regression in one walk over a feature dict: standardise, several AdaGrad rates, mix by fixed share.

Knows floats, strings and buffers; nothing of River, sampling, or where an offset comes from. `anchor` is any
object with a `logit` and an `update(y, w)`.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import exp, expm1, fabs, log, log1p, sqrt
else:
    from math import exp, expm1, fabs, log, log1p, sqrt

M64 = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
FNV_PRIME = cython.declare(cython.ulonglong, 0x100000001B3)
FNV_BASIS = cython.declare(cython.ulonglong, 0xCBF29CE484222325)
GOLDEN = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)

LARGEST = cython.declare(cython.double, 1e15)  # beyond it a value, or a weight, is not believed
SMALLEST = cython.declare(cython.double, 2.2250738585072014e-308)  # below it, numbers are slow: taken as 0
FLOOR = cython.declare(cython.double, 0.1)  # of the AdaGrad denominator
SWITCH = cython.declare(cython.double, 1e-4)  # share of the mixture that is handed round at every label
FINITE = cython.declare(cython.double, 1.7976931348623157e308)
CLIP = cython.declare(cython.double, 3.0)  # standard deviations from which on a value counts logarithmically


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def sigmoid(z: cython.double) -> cython.double:
    # math.exp raises where C's gives inf: the argument stays in range.
    return 1.0 / (1.0 + exp(-z)) if z > -700.0 else 0.0


@cython.cfunc
@cython.exceptval(-1, check=True)
def truth(y: Any) -> cython.bint:
    if y is True:
        return True
    if y is False:
        return False
    if y == 1:
        return True
    if y == 0:
        return False
    raise ValueError(f"y is {type(y).__name__}: expected True or False (or 1 or 0); for classes use OneVsRest")


@cython.cfunc
@cython.exceptval(check=True)
def finite(offset: Any) -> cython.double:
    value: cython.double = float(offset)
    if not -FINITE <= value <= FINITE:
        raise ValueError("offset: expected a finite number (log-odds)")
    return value


@cython.cfunc
@cython.exceptval(check=False)
def hashed(h: cython.ulonglong, text: str) -> cython.ulonglong:
    """FNV-1a over code points; one multiply-shift at the end, so that the top bits see everything."""
    c: cython.Py_UCS4
    for c in text:
        h = ((h ^ cython.cast(cython.ulonglong, ord(c))) * FNV_PRIME) & M64
    return ((h ^ (h >> 32)) * GOLDEN) & M64


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
class Logistic:
    """Weights lie in threes of rates (the spare ones of the last three have rate 0 and share 0), so that
    one loop with three independent sums serves any number of rates.

    Numbers: one array per statistic, weights rate after rate. Missing numbers and strings: per slot the
    weights of all rates, then G. Loops index `self.mean[i]` and never a local alias of it: an alias costs
    two atomic reference counts.
    """

    anchor = cython.declare(object, visibility="readonly")
    real: cython.Py_ssize_t  # rates asked for
    lanes: cython.Py_ssize_t  # rates stored: the next multiple of three
    stride: cython.Py_ssize_t
    bits: cython.int
    seed: cython.ulonglong
    alpha: cython.double[::1]
    share: cython.double[::1]
    bias: cython.double[::1]
    bias_g: cython.double

    names: list[Any]
    index: dict[Any, int]
    known: cython.Py_ssize_t
    name_seed: cython.ulonglong[::1]
    number_of: cython.Py_ssize_t[::1]
    last_text: list[Any]
    last_slot: cython.Py_ssize_t[::1]

    numbers: cython.Py_ssize_t
    capacity: cython.Py_ssize_t
    count: cython.double[::1]
    mean: cython.double[::1]
    m2: cython.double[::1]
    inv_sd: cython.double[::1]
    weight: cython.double[::1]
    G: cython.double[::1]
    gap: cython.double[::1]
    table: cython.double[::1]

    # The event in hand.
    xs: cython.double[::1]
    zs: cython.double[::1]
    slots: cython.Py_ssize_t[::1]
    here: cython.double[::1]
    gaps: cython.Py_ssize_t[::1]
    texts: cython.Py_ssize_t[::1]
    n: cython.Py_ssize_t
    n_gaps: cython.Py_ssize_t
    n_texts: cython.Py_ssize_t
    dense: cython.bint
    strange: cython.bint
    walked: Any
    # One number per rate.
    g: cython.double[::1]
    e: cython.double[::1]
    E: cython.double[::1]
    d: cython.double[::1]

    def __init__(self, anchor: Any, rates: tuple[float, ...], hash_bits: int, hash_seed: int) -> None:
        k: cython.Py_ssize_t
        self.anchor = anchor
        self.real = len(rates)
        self.lanes = 3 * ((self.real + 2) // 3)
        self.stride = self.lanes + 1
        self.bits = hash_bits
        self.seed = (FNV_BASIS ^ ((cython.cast(cython.ulonglong, hash_seed) * GOLDEN) & M64)) & M64
        spare = [0.0] * (self.lanes - self.real)
        self.alpha = array("d", [float(rate) for rate in rates] + spare)
        self.share = array("d", [1.0 / self.real] * self.real + spare)
        self.bias = array("d", bytes(8 * self.lanes))
        self.bias_g = 0.0
        self.names = []
        self._start()
        self.table = array("d")

    @cython.cfunc
    def _start(self) -> cython.void:
        """Empty buffers; what an event needs beyond the state."""
        self.index = {}
        self.last_text = []
        self.known = self.numbers = self.capacity = 0
        empty = array("d")
        self.count = self.mean = self.m2 = self.inv_sd = self.weight = self.G = self.gap = empty
        self.xs = self.zs = self.here = empty
        self.slots = self.gaps = self.texts = self.number_of = self.last_slot = array("q")
        self.name_seed = array("Q")
        self.g = array("d", bytes(8 * self.lanes))
        self.e = array("d", bytes(8 * self.lanes))
        self.E = array("d", bytes(8 * self.lanes))
        self.d = array("d", bytes(8 * self.lanes))
        self.walked = None
        self.n = self.n_gaps = self.n_texts = 0
        self._grow(8)

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        k: cython.Py_ssize_t
        old: cython.Py_ssize_t = 8 * self.capacity
        more = bytes(8 * capacity - old)
        weights = bytes(self.weight)
        self.weight = array("d", b"".join([weights[k * old : (k + 1) * old] + more for k in range(self.lanes)]))
        self.gap = array("d", bytes(self.gap) + bytes(len(more) * self.stride))
        self.count = array("d", bytes(self.count) + more)
        self.mean = array("d", bytes(self.mean) + more)
        self.m2 = array("d", bytes(self.m2) + more)
        self.inv_sd = array("d", bytes(self.inv_sd) + more)
        self.G = array("d", bytes(self.G) + more)
        self.xs = array("d", bytes(self.xs) + more)
        self.zs = array("d", bytes(self.zs) + more)
        self.here = array("d", bytes(self.here) + more)
        self.slots = array("q", bytes(self.slots) + more)
        self.gaps = array("q", bytes(self.gaps) + more)
        self.texts = array("q", bytes(self.texts) + more)
        self.number_of = array("q", bytes(self.number_of) + more)
        self.last_slot = array("q", bytes(self.last_slot) + more)
        self.name_seed = array("Q", bytes(self.name_seed) + more)
        self.capacity = capacity

    # ---------------------------------------------------------------- reading an event

    @cython.cfunc
    @cython.exceptval(check=True)
    def _number(self, name: Any, raw: Any) -> cython.double:
        """What is neither float, str nor None, as a float; too long an integer is beyond belief."""
        if isinstance(raw, (bytes, bytearray)):
            raise TypeError(f"feature {name!r} is {type(raw).__name__}: a number, a string, a bool or None")
        try:
            return float(raw)
        except OverflowError:
            return 2.0 * LARGEST
        except (TypeError, ValueError):
            raise TypeError(
                f"feature {name!r} is {type(raw).__name__}: a number, a string, a bool or None"
            ) from None

    @cython.cfunc
    @cython.exceptval(-1)
    def _gather(self, x: Any) -> cython.int:
        """Reads the event into the buffers and changes no state; `strange` if it brings something new."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        m: cython.Py_ssize_t = 0
        expected: cython.Py_ssize_t = 0
        value: cython.double
        shift: cython.int = 64 - self.bits
        dense: cython.bint = True
        self.walked = None
        self.strange = False
        event: dict[Any, Any] = x if type(x) is dict else dict(x)
        if len(event) > self.capacity:
            self._grow(2 * len(event))
        names: list[Any] = self.names
        last: list[Any] = self.last_text
        for name, raw in event.items():
            if expected < self.known and (names[expected] is name or names[expected] == name):
                i = expected
            else:
                found = self.index.get(name)
                if found is None:
                    self.strange = True
                    if isinstance(raw, str):
                        self.texts[m] = self._slot(hashed(self.seed, str(name)), str(raw))
                        m += 1
                    elif raw is not None:
                        self._number(name, raw)
                    continue
                i = found
            expected = i + 1
            if type(raw) is float:
                value = raw
            elif type(raw) is str:
                # The very object of last time (predict, then learn): its slot is known.
                if last[i] is not raw:
                    last[i] = raw
                    self.last_slot[i] = cython.cast(
                        cython.Py_ssize_t, hashed(self.name_seed[i], raw) >> shift
                    )
                self.texts[m] = self.last_slot[i] * self.stride
                m += 1
                continue
            elif raw is None:
                continue
            elif isinstance(raw, str):
                self.texts[m] = self._slot(self.name_seed[i], str(raw))
                m += 1
                continue
            else:
                value = self._number(name, raw)
            k = self.number_of[i]
            if k < 0:
                self.strange = True
                continue
            if fabs(value) <= LARGEST:
                if fabs(value) < SMALLEST:
                    value = 0.0
                if k != n:
                    dense = False
                self.slots[n] = k
                self.xs[n] = value
                n += 1
        self.n = n
        self.n_texts = m
        self.dense = dense
        if m > 0 and len(self.table) == 0:
            self.strange = True  # a word under the name of a number: the table is not there yet
        self._find_gaps()
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _slot(self, seed: cython.ulonglong, text: str) -> cython.Py_ssize_t:
        return cython.cast(cython.Py_ssize_t, hashed(seed, text) >> (64 - self.bits)) * self.stride

    @cython.cfunc
    @cython.exceptval(check=False)
    def _find_gaps(self) -> cython.void:
        """Known numbers that the event lacks, in slot order: absent, None and NaN are the same thing."""
        j: cython.Py_ssize_t
        m: cython.Py_ssize_t = 0
        if self.n < self.numbers:
            for j in range(self.n):
                self.here[self.slots[j]] = 1.0
            for j in range(self.numbers):
                if self.here[j] == 0.0:
                    self.gaps[m] = j * self.stride
                    m += 1
                self.here[j] = 0.0
        self.n_gaps = m

    @cython.cfunc
    @cython.exceptval(-1)
    def _register(self, x: Any) -> cython.int:
        """Gives what is new its place; called with events that are learned, after they were read once."""
        i: cython.Py_ssize_t
        for name in list(x):
            raw = x[name]
            found = self.index.get(name)
            if found is None:
                found = self._name(name)
            i = found
            if isinstance(raw, str):
                if len(self.table) == 0:
                    self.table = array("d", bytes((8 * self.stride) << self.bits))
            elif raw is not None and self.number_of[i] < 0:
                self.number_of[i] = self.numbers
                self.numbers += 1
        return self._gather(x)

    @cython.cfunc
    @cython.exceptval(-1)
    def _name(self, name: Any) -> cython.Py_ssize_t:
        if self.known == self.capacity:
            self._grow(2 * self.capacity)
        self.index[name] = self.known
        self.names.append(name)
        self.last_text.append(None)
        self.number_of[self.known] = -1
        self.name_seed[self.known] = hashed(self.seed, str(name))
        self.known += 1
        return self.known - 1

    # ---------------------------------------------------------------- scoring

    @cython.cfunc
    @cython.exceptval(check=False)
    def _standardise(self) -> cython.void:
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        z: cython.double
        if self.dense:
            for j in range(self.n):
                self.zs[j] = (self.xs[j] - self.mean[j]) * self.inv_sd[j]
        else:
            for j in range(self.n):
                i = self.slots[j]
                self.zs[j] = (self.xs[j] - self.mean[i]) * self.inv_sd[i]
        for j in range(self.n):
            z = self.zs[j]
            if z > CLIP:
                self.zs[j] = CLIP * (1.0 + log(z / CLIP))
            elif z < -CLIP:
                self.zs[j] = -CLIP * (1.0 + log(z / -CLIP))

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
        for k in range(self.real):
            p += self.share[k] * sigmoid(self.g[k] + offset)
        return p if p < 1.0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=True)
    def _score(self, x: Any, offset: cython.double) -> cython.double:
        self._gather(x)
        self._standardise()
        self._sum()
        return self._mixed(offset)

    # ---------------------------------------------------------------- learning

    @cython.cfunc
    @cython.exceptval(check=False)
    def _judge(self, y: cython.bint, offset: cython.double, w: cython.double) -> cython.void:
        """Fixed share: every rate weighed by the probability it gave to what happened."""
        k: cython.Py_ssize_t
        p: cython.double
        best: cython.double = -1e300
        total: cython.double = 0.0
        if self.real == 1:
            return
        for k in range(self.real):
            p = sigmoid(self.g[k] + offset)
            if not y:
                p = 1.0 - p
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
    def _observe(self) -> cython.void:
        """Running moments, of every event that is shown."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        d: cython.double
        varies: cython.double
        if self.dense:
            for j in range(self.n):
                self.count[j] += 1.0
                d = self.xs[j] - self.mean[j]
                self.mean[j] += d / self.count[j]
                self.m2[j] += d * (self.xs[j] - self.mean[j])
                varies = 1.0 if self.m2[j] > 0.0 else 0.0  # a constant stands at 0 whatever it is
                self.inv_sd[j] = varies * sqrt(self.count[j] / (self.m2[j] + (1.0 - varies)))
        else:
            for j in range(self.n):
                i = self.slots[j]
                self.count[i] += 1.0
                d = self.xs[j] - self.mean[i]
                self.mean[i] += d / self.count[i]
                self.m2[i] += d * (self.xs[j] - self.mean[i])
                varies = 1.0 if self.m2[i] > 0.0 else 0.0
                self.inv_sd[i] = varies * sqrt(self.count[i] / (self.m2[i] + (1.0 - varies)))

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
            for k in range(last):
                self.table[i + k] += self.d[k] * t
        t = 1.0 / (FLOOR + sqrt(self.bias_g + q))
        self.bias_g += c
        for k in range(last):
            self.bias[k] += self.d[k] * t

    @cython.cfunc
    @cython.exceptval(check=False)
    def _step(self, y: cython.bint, offset: cython.double, w: cython.double) -> cython.void:
        """The explicit step of weight w <= 1; uses up zs."""
        k: cython.Py_ssize_t
        goal: cython.double = 1.0 if y else 0.0
        c: cython.double = 0.0
        e: cython.double
        for k in range(self.real):
            e = goal - sigmoid(self.g[k] + offset)
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
    @cython.exceptval(check=True)
    def _read(self, x: Any) -> cython.void:
        """Reads an event that is going to be learned."""
        self._gather(x)
        if self.strange:
            self._register(x)
        self._standardise()
        self._sum()

    @cython.cfunc
    @cython.exceptval(check=False)
    def _teach(
        self,
        y: cython.bint,
        offset: cython.double,
        shift: cython.double,
        w: cython.double,
        copies: cython.double,
    ) -> cython.void:
        self._judge(y, offset, w)
        self._observe()
        w *= copies
        if w > 0.0:
            self._learn(y, offset + shift, w if w < LARGEST else LARGEST)

    # ---------------------------------------------------------------- entry points

    def learn_one(self, x: Any, y: Any, w: cython.double = 1.0, offset: Any = None) -> None:
        label: cython.bint = truth(y)
        if not 0.0 <= w <= FINITE:
            raise ValueError("w: expected a finite number >= 0")
        if w > LARGEST:
            w = LARGEST
        if w > 0.0:
            self._read(x)
            if offset is None:
                self._teach(label, self.anchor.logit, 0.0, w, 1.0)
                self.anchor.update(label, w)
            else:
                self._teach(label, finite(offset), 0.0, w, 1.0)

    def predict_proba_one(self, x: Any, offset: Any = None) -> dict[bool, float]:
        p: cython.double = self._score(x, self.anchor.logit if offset is None else finite(offset))
        return {False: 1.0 - p, True: p}

    def predict_offset_one(self, x: Any, offset: cython.double) -> float:
        """P(True) with the log-odds anchored at `offset`; changes nothing.

        The walk is kept for a `learn_offset_one` of the very same dict that follows at once.
        """
        p: cython.double = self._score(x, offset)
        if not self.strange:
            self.walked = x
        return p

    def learn_offset_one(
        self,
        x: Any,
        y: cython.bint,
        offset: cython.double,
        shift: cython.double,
        w: cython.double = 1.0,
        copies: cython.double = 1.0,
    ) -> float:
        """The score before learning; teaches moments and mixture, and a step of weight w x copies.

        Where `x` is the very dict just given to `predict_offset_one` it must be unchanged.
        """
        p: cython.double
        if not (0.0 <= w <= FINITE and 0.0 <= copies <= FINITE and -FINITE <= shift <= FINITE):
            raise ValueError("w and copies: expected finite numbers >= 0; shift: a finite one")
        if self.walked is not x or x is None:
            if w > 0.0:
                self._read(x)
            else:
                self._score(x, offset)
        self.walked = None
        p = self._mixed(offset)
        if w > 0.0:
            self._teach(y, offset, shift, w if w < LARGEST else LARGEST, copies)
        return p

    def learn_rows(
        self,
        names: list[Any],
        x: cython.const[cython.double][:, ::1],
        y: cython.const[cython.uchar][::1],
        w: cython.const[cython.double][::1],
    ) -> None:
        """What a loop of `learn_one` does, row by row; NaN is missing."""
        r: cython.Py_ssize_t
        rows: cython.Py_ssize_t = x.shape[0]
        if not (rows == y.shape[0] == w.shape[0] and x.shape[1] == len(names)):
            raise ValueError("x, y and w need one entry per row, names one per column of x")
        for r in range(rows):
            if w[r] > 0.0:
                break
        else:
            return
        self._gather(dict.fromkeys(names, 0.0))
        if self.strange:
            self._register(dict.fromkeys(names, 0.0))
        columns: cython.Py_ssize_t[::1] = self._columns(names)
        for r in range(rows):
            if w[r] > 0.0:
                self._row(columns, x, r)
                self._teach(y[r] != 0, self.anchor.logit, 0.0, w[r] if w[r] < LARGEST else LARGEST, 1.0)
                self.anchor.update(y[r] != 0, float(w[r]))

    def predict_rows(
        self, names: list[Any], x: cython.const[cython.double][:, ::1], out: cython.double[::1]
    ) -> None:
        """P(True) of every row, by the model as it is."""
        r: cython.Py_ssize_t
        if not (x.shape[0] == out.shape[0] and x.shape[1] == len(names)):
            raise ValueError("x and out need one entry per row, names one per column of x")
        if len(names) > self.capacity:
            self._grow(2 * len(names))
        columns: cython.Py_ssize_t[::1] = self._columns(names)
        offset: cython.double = self.anchor.logit
        for r in range(x.shape[0]):
            self._row(columns, x, r)
            out[r] = self._mixed(offset)

    @cython.cfunc
    def _columns(self, names: list[Any]) -> Any:
        """Number slot of each column, -1 where the model knows none."""
        slots = array("q")
        for name in names:
            found = self.index.get(name)
            slots.append(-1 if found is None else int(self.number_of[found]))
        return slots

    @cython.cfunc
    @cython.exceptval(check=False)
    def _row(
        self,
        columns: cython.Py_ssize_t[::1],
        x: cython.const[cython.double][:, ::1],
        r: cython.Py_ssize_t,
    ) -> cython.void:
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        value: cython.double
        dense: cython.bint = True
        self.walked = None
        for j in range(len(columns)):
            k = columns[j]
            value = x[r, j]
            if k >= 0 and fabs(value) <= LARGEST:
                if fabs(value) < SMALLEST:
                    value = 0.0
                if k != n:
                    dense = False
                self.slots[n] = k
                self.xs[n] = value
                n += 1
        self.n = n
        self.n_texts = 0
        self.dense = dense
        self._find_gaps()
        self._standardise()
        self._sum()

    def parts_one(self, x: Any) -> tuple[list[tuple[Any, float]], float]:
        """(name, contribution) of every feature and of the intercept (named None), and g, all mixed."""
        k: cython.Py_ssize_t
        j: cython.Py_ssize_t
        self._gather(x)
        self._standardise()
        self._sum()
        owner = {int(self.number_of[i]): name for i, name in enumerate(self.names)}
        total = 0.0
        for k in range(self.real):
            total += float(self.share[k]) * float(self.g[k])
        parts: list[tuple[Any, float]] = [(None, self._part(self.bias, 0, 1, 1.0))]
        for j in range(self.n):
            parts.append(
                (owner[self.slots[j]], self._part(self.weight, self.slots[j], self.capacity, self.zs[j]))
            )
        for j in range(self.n_gaps):
            parts.append((owner[self.gaps[j] // self.stride], self._part(self.gap, self.gaps[j], 1, 1.0)))
        if len(self.table):
            texts = [name for name in list(x) if isinstance(x[name], str)]
            for j in range(self.n_texts):
                parts.append((texts[j], self._part(self.table, self.texts[j], 1, 1.0)))
        return parts, total

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

    def memory_bytes(self) -> int:
        """Bytes of all native buffers."""
        per_slot = 8 * (4 + 1 + self.lanes + self.stride + 3 + 5 + 1)
        return int(self.capacity * per_slot + 8 * len(self.table))

    # ---------------------------------------------------------------- state: plain numbers, names and bytes

    def __getstate__(self) -> dict[str, Any]:
        k: cython.Py_ssize_t
        size = 8 * self.numbers
        rows = bytes(self.weight)
        step = 8 * self.capacity
        return {
            "anchor": self.anchor,
            "bits": int(self.bits),
            "seed": int(self.seed),
            "alpha": bytes(self.alpha)[: 8 * self.real],
            "share": bytes(self.share)[: 8 * self.real],
            "bias": bytes(self.bias),
            "bias_g": float(self.bias_g),
            "names": list(self.names),
            "number_of": bytes(self.number_of)[: 8 * self.known],
            "count": bytes(self.count)[:size],
            "mean": bytes(self.mean)[:size],
            "m2": bytes(self.m2)[:size],
            "inv_sd": bytes(self.inv_sd)[:size],
            "weight": b"".join([rows[k * step : k * step + size] for k in range(self.lanes)]),
            "G": bytes(self.G)[:size],
            "gap": bytes(self.gap)[: size * self.stride],
            "table": self._sparse(),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        k: cython.Py_ssize_t
        self.anchor = state["anchor"]
        self.bits = state["bits"]
        self.seed = state["seed"]
        self.real = len(state["alpha"]) // 8
        self.lanes = 3 * ((self.real + 2) // 3)
        self.stride = self.lanes + 1
        spare = bytes(8 * (self.lanes - self.real))
        self.alpha = array("d", state["alpha"] + spare)
        self.share = array("d", state["share"] + spare)
        self.bias = array("d", state["bias"])
        self.bias_g = state["bias_g"]
        self._start()
        self.names = []
        for name in state["names"]:
            self._name(name)
        number_of = array("q", state["number_of"])
        for k in range(self.known):
            self.number_of[k] = number_of[k]
            if number_of[k] >= 0:
                self.numbers += 1
        size = 8 * self.numbers
        pad = bytes(8 * self.capacity - size)
        self.count = array("d", state["count"] + pad)
        self.mean = array("d", state["mean"] + pad)
        self.m2 = array("d", state["m2"] + pad)
        self.inv_sd = array("d", state["inv_sd"] + pad)
        self.G = array("d", state["G"] + pad)
        self.weight = array(
            "d", b"".join([state["weight"][k * size : (k + 1) * size] + pad for k in range(self.lanes)])
        )
        self.gap = array("d", state["gap"] + bytes(len(pad) * self.stride))
        self._fill(state["table"])

    @cython.cfunc
    def _sparse(self) -> Any:
        """Slots of the hash table that were learned, and their contents; None where there is no table."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        if len(self.table) == 0:
            return None
        slots = array("q")
        content = array("d")
        for i in range(0, len(self.table), self.stride):
            if self.table[i + self.lanes] != 0.0:
                slots.append(i // self.stride)
                for k in range(self.stride):
                    content.append(self.table[i + k])
        return slots.tobytes(), content.tobytes()

    @cython.cfunc
    def _fill(self, saved: Any) -> cython.void:
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        at: cython.Py_ssize_t
        self.table = array("d")
        if saved is None:
            return
        self.table = array("d", bytes((8 * self.stride) << self.bits))
        slots: cython.Py_ssize_t[::1] = array("q", saved[0])
        content: cython.double[::1] = array("d", saved[1])
        for i in range(len(slots)):
            at = slots[i] * self.stride
            for k in range(self.stride):
                self.table[at + k] = content[i * self.stride + k]
