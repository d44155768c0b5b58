# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Platt scalings that forget by information, and their fixed-share mixture with the score and a curve.

A scaling maps a score p to q = sigmoid(a u + b + c) with c = logit of the class prior and u = logit p - c. Its memory
is counted in Fisher information (about one unit per positive), and its steps are Newton steps. The curve
(`_kernels/curve.py`) corrects scores that no scaling can: saturated, or distorted by any increasing map.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.event_label import checked_label
from streamimb._kernels.memos import SIZE, memo_from, refuse_outside
from streamimb._kernels.saved import entries, number, numbers, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, expm1, log, log1p, sqrt

    from streamimb._kernels.curve import Curve
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Scaling
    from streamimb._kernels.prior_bank import PriorBank
else:
    from cython.cimports.libc.math import exp, expm1, log, log1p, sqrt
    from cython.cimports.streamimb._kernels.curve import Curve
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Scaling
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank

RIDGE = cython.declare(cython.double, 5.0)  # A0 = 5 I: prior information about the start (a, b) = (1, 0)
FLATTEST = cython.declare(cython.double, 0.1)  # bounds of the slope a
STEEPEST = cython.declare(cython.double, 5.0)
FARTHEST = cython.declare(cython.double, 20.0)  # bound of |b|, however often one label is repeated
PER_INFO = cython.declare(cython.double, 100.0)  # a label of information .01 or more returns the whole share
NEAREST = cython.declare(cython.double, limits.NEAREST)
LEAST_CURVE_SCORE = cython.declare(cython.double, 1e-300)  # least score that differs from 0 on the curve
MOST = cython.declare(cython.double, 0.9999999999999999)  # greatest score that differs from 1 on the curve
EDGE = cython.declare(cython.double, limits.EDGE)
MOST_EXPERTS = limits.MOST_EXPERTS
TEMPER = cython.declare(cython.double, 0.25)  # power of a likelihood, see `root`
FEW = cython.declare(cython.double, 5.0)  # positives until which the power is 1
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def bounded_sigmoid(z: cython.double) -> cython.double:
    # |z| <= 5 * 49 + 20 + 28, so exp never overflows.
    return min(1.0 - EDGE, max(EDGE, 1.0 / (1.0 + exp(-z))))


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def root(likelihood: cython.double) -> cython.double:
    """The likelihood to the power 1/4, by which an expert of the mixture is judged after the first positives.

    Labels that come late judge answers that share one error, and with the power 1 one day of them decides the weights.
    Smaller powers are as good then, and too slow where scores are distorted from the start. With the first positives
    the power is 1, because a learner that has seen one or two is often too sure of them.
    """
    return sqrt(sqrt(likelihood))


@cython.cclass
class PlattScalings(Scaling):
    """K Platt scalings; where `identity` is above 0, mixed with the score as it is and a curve. Fields: platt.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._begin((50.0,), 0.0, 0.0)

    def __init__(self, memories: Any, identity: float, switch: float) -> None:
        self._begin(memories, identity, switch)

    @cython.cfunc
    def _begin(self, memories: Any, identity: cython.double, switch: cython.double) -> Any:
        n = len(memories)
        self.bank = PriorBank()
        curve: Any = Curve() if identity > 0.0 else None  # only a mixture has one
        self.curve = curve
        self.experts = n
        self.share, self.identity, self.v0 = switch, identity, identity
        self.span = array("d", [float(memory) for memory in memories])
        others = n + (identity > 0.0)
        self.v = array("d", [(1.0 - identity) / others] * n)
        self.vc = (1.0 - identity) / others if identity > 0.0 else 0.0
        self.a, self.b = array("d", [1.0] * n), array("d", [0.0] * n)
        self.h11, self.h12, self.h22 = array("d", [5.0] * n), array("d", [0.0] * n), array("d", [5.0] * n)
        self.q = array("d", [0.0] * n)
        self.memo_size = n + 2 if identity > 0.0 else 0

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def calibrated(self, p: cython.double, x: Any) -> cython.double:
        return self._say(p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, p: cython.double, y: cython.bint, w: cython.double, x: Any, memo: Any) -> cython.int:
        self._learn(p, y, min(w, WEIGHT_CAP), memo)
        return 0

    @cython.cfunc
    def remember(self, p: cython.double) -> tuple[Any, ...]:
        """What each expert of the mixture answers for score p: the score, the scalings, the curve."""
        k: cython.int
        if self.identity == 0.0:
            return ()
        self._say(p)
        return (self.clipped, *[self.q[k] for k in range(self.experts)], self.qc)

    def check_memo(self, memo: Any) -> None:
        """Raise ValueError for answers outside [0, 1]."""
        refuse_outside(memo, 0, len(memo))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _recall(self, memo: Any) -> cython.int:
        """Takes over the answers of a memo, by which the experts are judged."""
        k: cython.int
        self.clipped = min(1.0 - NEAREST, max(NEAREST, memo[0]))
        for k in range(self.experts):
            self.q[k] = min(1.0 - EDGE, max(EDGE, memo[k + 1]))
        self.qc = min(1.0 - EDGE, max(EDGE, memo[self.experts + 1]))
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _say(self, p: cython.double) -> cython.double:
        k: cython.int
        c: cython.double = self.bank.log_odds
        s: cython.double
        said: cython.double
        self.clipped = min(1.0 - NEAREST, max(NEAREST, p))
        s = log(self.clipped / (1.0 - self.clipped))
        self.u = s - c
        said = self.v0 * self.clipped
        for k in range(self.experts):
            self.q[k] = bounded_sigmoid(self.a[k] * self.u + self.b[k] + c)
            said += self.v[k] * self.q[k]
        if self.identity > 0.0:
            if p != self.clipped:
                p = min(MOST, max(LEAST_CURVE_SCORE, p))
                s = log(p / (1.0 - p))
            self.s = s
            self.qc = bounded_sigmoid(self.curve._height(s) + c) if self.curve.n > 0 else self.clipped
            said += self.vc * self.qc
        self.said = min(1.0 - EDGE, max(EDGE, said))
        return self.said

    @cython.cfunc
    @cython.exceptval(check=False)
    def _mix(self, y: cython.bint, w: cython.double) -> cython.void:
        """v_k <- v_k q_k(y)^(w h), normalised, then the share 1 - (1 - s)^w of the start, s at most switch; h is 1/4.

        With the first positives h is 1.
        """
        k: cython.int
        power: cython.double = w if self.bank.seen_true < FEW else TEMPER * w
        best: cython.double
        # In proportion to information: a fixed share per label would return too much weight between rare positives.
        share: cython.double = self.share * min(1.0, PER_INFO * self.said * (1.0 - self.said))
        t0: cython.double = self.clipped if y else 1.0 - self.clipped
        tc: cython.double = self.qc if y else 1.0 - self.qc
        total: cython.double
        if not y:
            for k in range(self.experts):
                self.q[k] = 1.0 - self.q[k]
        if power == TEMPER:
            t0, tc = root(t0), root(tc)
            for k in range(self.experts):
                self.q[k] = root(self.q[k])
        elif power != 1.0:
            # Relative to the best expert, because q^w alone may underflow for all of them.
            best = max(t0, tc)
            for k in range(self.experts):
                best = max(best, self.q[k])
            t0 = exp(max(-700.0, power * log(t0 / best)))
            tc = exp(max(-700.0, power * log(tc / best)))
            for k in range(self.experts):
                self.q[k] = exp(max(-700.0, power * log(self.q[k] / best)))
        if w != 1.0:
            share = -expm1(max(-700.0, w * log1p(-share)))
        t0 *= self.v0
        tc *= self.vc
        total = t0 + tc
        for k in range(self.experts):
            self.q[k] *= self.v[k]
            total += self.q[k]
        total = (1.0 - share) / total
        self.v0 = t0 * total + share * self.identity
        share *= (1.0 - self.identity) / (self.experts + 1.0)
        self.vc = tc * total + share
        for k in range(self.experts):
            self.v[k] = self.q[k] * total + share

    @cython.cfunc
    @cython.exceptval(check=False)
    def _step(self, k: cython.int, q: cython.double, y: cython.double, w: cython.double) -> cython.void:
        u: cython.double = self.u
        info: cython.double = q * (1.0 - q)
        e: cython.double = w * (q - y)
        # The information of one event is limited, so that it neither exceeds nor empties a memory.
        info = min(w * info, self.span[k])
        fade: cython.double = max(0.5, 1.0 - info / self.span[k])
        floor: cython.double = (1.0 - fade) * RIDGE
        self.h11[k] = fade * self.h11[k] + info * u * u + floor
        self.h12[k] = fade * self.h12[k] + info * u
        self.h22[k] = fade * self.h22[k] + info + floor
        self._newton_step(k, e * u, e)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _newton_step(self, k: cython.int, ga: cython.double, gb: cython.double) -> cython.void:
        """Takes the step that minimises ga da + gb db + (da, db) H (da, db)' / 2, at most 1 and with (a, b) in bounds.

        Where a bound limits one of the two, the other takes the best step given that limit.
        """
        h11: cython.double = self.h11[k]
        h12: cython.double = self.h12[k]
        h22: cython.double = self.h22[k]
        # H is never below A0, except by rounding.
        det: cython.double = max(RIDGE * RIDGE, h11 * h22 - h12 * h12)
        a0: cython.double = max(-1.0, FLATTEST - self.a[k])
        a1: cython.double = min(1.0, STEEPEST - self.a[k])
        b0: cython.double = max(-1.0, -FARTHEST - self.b[k])
        b1: cython.double = min(1.0, FARTHEST - self.b[k])
        free_a: cython.double = (h12 * gb - h22 * ga) / det
        free_b: cython.double = (h12 * ga - h11 * gb) / det
        da: cython.double = min(a1, max(a0, free_a))
        db: cython.double = min(b1, max(b0, free_b))
        beside_a: cython.double = min(a1, max(a0, -(ga + h12 * db) / h11))
        beside_b: cython.double = min(b1, max(b0, -(gb + h12 * da) / h22))
        # The bounds limit a alone, b alone, or both; where both, the edge with the lower value has the minimum.
        if da != free_a and (
            db == free_b
            or ga * da
            + gb * beside_b
            + 0.5 * (h11 * da * da + h22 * beside_b * beside_b)
            + h12 * da * beside_b
            <= ga * beside_a
            + gb * db
            + 0.5 * (h11 * beside_a * beside_a + h22 * db * db)
            + h12 * beside_a * db
        ):
            db = beside_b
        elif db != free_b:
            da = beside_a
        # Rounding of the sums may exceed the bounds.
        self.a[k] = min(STEEPEST, max(FLATTEST, self.a[k] + da))
        self.b[k] = min(FARTHEST, max(-FARTHEST, self.b[k] + db))

    def calibrate_one(self, p: cython.double) -> float:
        """Return the calibrated probability of the score p; the score itself before anything was learned."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        return self._say(p)

    def learn_one(self, p: cython.double, y: Any, w: cython.double = 1.0, memo: Any = None) -> None:
        """Learn that an event scored p turned out to be y; w = 0 changes nothing."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        w = checked_weight(w)
        label: cython.bint = y if y is True or y is False else checked_label(y)
        if memo is not None:
            memo = memo_from(memo)
            if len(memo) not in (0, self.memo_size):
                raise ValueError(SIZE.format(len(memo), self.memo_size))
            refuse_outside(memo, 0, len(memo))
        if w > 0.0:
            self._learn(float(p), label, w, memo)

    @cython.cfunc
    @cython.exceptval(-1.0, check=False)
    def _learn(self, p: cython.double, y: cython.bint, w: cython.double, memo: Any) -> cython.double:
        """Learns a label of weight w > 0; returns the probability for p before learning.

        Scalings and curve are fitted on the score of now; the mixture judges what its experts answered when the event
        was served, where a memo tells.
        """
        k: cython.int
        goal: cython.double = 1.0 if y else 0.0
        said: cython.double = self._say(p)
        # `_mix` overwrites q, so the steps come first; neither depends on what the other changes.
        for k in range(self.experts):
            self._step(k, self.q[k], goal, w)
        if self.identity > 0.0:
            self.curve._learn(self.s, self.qc, goal, w)
            if memo is not None and len(memo) > 0:
                self._recall(memo)
            self._mix(y, w)
        self.bank.track(goal, w)
        return said

    @property
    def weights(self) -> tuple[float, ...]:
        """Mixture weights: of the score as it is, of each scaling, and of the curve; they sum to 1."""
        return (self.v0, *array("d", bytes(self.v)), self.vc)  # unpacking a buffer crashes when compiled

    @property
    def scalings(self) -> tuple[tuple[float, float], ...]:
        """(slope a, intercept b) of each scaling: log-odds a (logit p - c) + b + c."""
        return tuple(zip(self.a, self.b, strict=True))

    @property
    def nodes(self) -> tuple[tuple[float, float], ...]:
        """(logit p, log-odds above the class prior's) of each node of the curve, from the lowest score up."""
        return () if self.curve is None else self.curve.nodes

    def __getstate__(self) -> dict[str, Any]:
        return {
            "bank": self.bank.__getstate__(),
            "curve": None if self.curve is None else self.curve.__getstate__(),
            "share": self.share,
            "identity": self.identity,
            "v0": self.v0,
            "vc": self.vc,
            "span": bytes(self.span),
            "v": bytes(self.v),
            "a": bytes(self.a),
            "b": bytes(self.b),
            "h11": bytes(self.h11),
            "h12": bytes(self.h12),
            "h22": bytes(self.h22),
        }

    def __setstate__(self, state: Any) -> None:
        curve: Any = None
        saved = entries(
            state,
            "bank",
            "curve",
            "share",
            "identity",
            "v0",
            "vc",
            "span",
            "v",
            "a",
            "b",
            "h11",
            "h12",
            "h22",
        )
        share, identity = number(saved, "share", 0.0, 1.0), number(saved, "identity", 0.0, 1.0)
        v0, vc = number(saved, "v0", 0.0, 1.0), number(saved, "vc", 0.0, 1.0)
        span = numbers(saved, "span", None, limits.SMALLEST)
        n = len(span)
        if not 0 < n <= MOST_EXPERTS:
            raise refused("span", f"one number per scaling, 1 to {MOST_EXPERTS}")
        v = numbers(saved, "v", n, 0.0, 1.0)
        if not 0.999999 <= v0 + vc + sum(v) <= 1.000001:
            raise refused("v", "weights of a mixture that sum to 1")
        a, b = numbers(saved, "a", n, FLATTEST, STEEPEST), numbers(saved, "b", n, -FARTHEST, FARTHEST)
        h11, h22 = numbers(saved, "h11", n, 0.999 * RIDGE), numbers(saved, "h22", n, 0.999 * RIDGE)
        h12 = numbers(saved, "h12", n)
        bank = PriorBank()
        bank.__setstate__(saved["bank"])
        if identity > 0.0:
            curve = Curve()
            curve.__setstate__(saved["curve"])
        elif saved["curve"] is not None:
            raise refused("curve", "None where scalings are not mixed")
        # All of it was checked: nothing is refused from here on.
        self.bank, self.curve, self.experts = bank, curve, n
        self.share, self.identity, self.v0, self.vc = share, identity, v0, vc
        self.span, self.v, self.a, self.b = span, v, a, b
        self.h11, self.h12, self.h22 = h11, h12, h22
        self.q = array("d", [0.0] * n)
        self.memo_size = n + 2 if identity > 0.0 else 0
