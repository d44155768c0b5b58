# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Platt scalings that forget by information, and their fixed-share mixture with the identity.

One bank of experts q = sigmoid(a u + b + c) about the anchor c = logit of the class prior, u = logit p - c;
memory is counted in Fisher information (about positives), steps are Newton's. Must never know what
the scores are of.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import exp, expm1, log, log1p
    from cython.cimports.streamimb._kernels.tracker import Tracker
else:
    from math import exp, expm1, log, log1p

    from streamimb._kernels.tracker import Tracker

RIDGE = cython.declare(cython.double, 5.0)  # A0 = 5 I: information the start (1, 0) is worth
CLIP = cython.declare(cython.double, 1e-9)  # of scores, before their logit
EDGE = cython.declare(cython.double, 1e-12)  # of what is said: its log loss is finite
LARGEST = cython.declare(cython.double, 1.7976931348623157e308)  # finite number
NOWHERE = cython.declare(cython.double, float("nan"))  # a score that equals none
WEIGHT_CAP = cython.declare(cython.double, 1e15)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def sigmoid(z: cython.double) -> cython.double:
    # |z| <= 5 * 49 + 20 + 28, so exp never overflows.
    return min(1.0 - EDGE, max(EDGE, 1.0 / (1.0 + exp(-z))))


@cython.cclass
class Platts:
    """K Platt scalings and, where `identity` is above 0, a mixture with the score as it is. Fields: platt.pxd."""

    def __init__(self, memories: Any, identity: float, switch: float) -> None:
        n = len(memories)
        self.bank = Tracker()
        self.experts = n
        self.share, self.identity, self.v0 = float(switch), float(identity), float(identity)
        self.span = array("d", [float(memory) for memory in memories])
        self.v = array("d", [(1.0 - identity) / n] * n)
        self.a, self.b = array("d", [1.0] * n), array("d", [0.0] * n)
        self.h11, self.h12, self.h22 = array("d", [5.0] * n), array("d", [0.0] * n), array("d", [5.0] * n)
        self.q = array("d", [0.0] * n)
        self.heard = NOWHERE

    @cython.cfunc
    @cython.exceptval(check=False)
    def _say(self, p: cython.double) -> cython.double:
        k: cython.int
        c: cython.double = self.bank.log_odds
        said: cython.double
        if p != self.heard:
            self.heard = p
            p = min(1.0 - CLIP, max(CLIP, p))
            self.clipped = p
            self.u = log(p / (1.0 - p)) - c
            said = self.v0 * p
            for k in range(self.experts):
                self.q[k] = sigmoid(self.a[k] * self.u + self.b[k] + c)
                said += self.v[k] * self.q[k]
            self.said = min(1.0, said)
        return self.said

    @cython.cfunc
    @cython.exceptval(check=False)
    def _mix(self, y: cython.bint, w: cython.double) -> cython.void:
        """v_k <- v_k q_k(y)^w, normalised, then the share 1 - (1 - switch)^w of the start."""
        k: cython.int
        best: cython.double
        share: cython.double = self.share
        t0: cython.double = self.clipped if y else 1.0 - self.clipped
        total: cython.double
        if not y:
            for k in range(self.experts):
                self.q[k] = 1.0 - self.q[k]
        if w != 1.0:
            # Relative to the best expert: q^w alone underflows for all of them.
            best = t0
            for k in range(self.experts):
                best = max(best, self.q[k])
            t0 = exp(max(-700.0, w * log(t0 / best)))
            for k in range(self.experts):
                self.q[k] = exp(max(-700.0, w * log(self.q[k] / best)))
            share = -expm1(max(-700.0, w * log1p(-share)))
        t0 *= self.v0
        total = t0
        for k in range(self.experts):
            self.q[k] *= self.v[k]
            total += self.q[k]
        total = (1.0 - share) / total
        self.v0 = t0 * total + share * self.identity
        share *= (1.0 - self.identity) / self.experts
        for k in range(self.experts):
            self.v[k] = self.q[k] * total + share

    @cython.cfunc
    @cython.exceptval(check=False)
    def _step(self, k: cython.int, q: cython.double, y: cython.double, w: cython.double) -> cython.void:
        u: cython.double = self.u
        info: cython.double = q * (1.0 - q)
        e: cython.double = w * (q - y)
        # One event is never worth more than a whole memory, nor does it empty one.
        info = min(w * info, self.span[k])
        fade: cython.double = max(0.5, 1.0 - info / self.span[k])
        floor: cython.double = (1.0 - fade) * RIDGE
        self.h11[k] = fade * self.h11[k] + info * u * u + floor
        self.h12[k] = fade * self.h12[k] + info * u
        self.h22[k] = fade * self.h22[k] + info + floor
        # H is never below A0; rounding must not say otherwise.
        det: cython.double = max(RIDGE * RIDGE, self.h11[k] * self.h22[k] - self.h12[k] * self.h12[k])
        da: cython.double = e * (self.h22[k] * u - self.h12[k]) / det
        db: cython.double = e * (self.h11[k] - self.h12[k] * u) / det
        self.a[k] = min(5.0, max(0.1, self.a[k] - min(1.0, max(-1.0, da))))
        # Beyond 20 no score says anything: without a bound, one label for ever would walk it away.
        self.b[k] = min(20.0, max(-20.0, self.b[k] - min(1.0, max(-1.0, db))))

    def calibrate_one(self, p: cython.double) -> float:
        """Return the calibrated probability of the score p; the score itself before anything was learned."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        return self._say(p)

    def learn_one(self, p: cython.double, y: cython.bint, w: cython.double = 1.0) -> None:
        """Learn that an event scored p turned out to be y; w = 0 changes nothing."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        if not 0.0 <= w <= LARGEST:
            raise ValueError(f"w={w!r}: a weight is a finite number of at least 0")
        if w > 0.0:
            self._learn(float(p), y, min(float(w), WEIGHT_CAP))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _learn(self, p: cython.double, y: cython.bint, w: cython.double) -> cython.double:
        """What was said of p before it learned; w > 0."""
        k: cython.int
        goal: cython.double = 1.0 if y else 0.0
        said: cython.double = self._say(p)
        # The mixture uses up q, so the steps come first; neither sees what the other changes.
        for k in range(self.experts):
            self._step(k, self.q[k], goal, w)
        if self.identity > 0.0:
            self._mix(y, w)
        self.bank.track(goal, w)
        self.heard = NOWHERE
        return said

    @property
    def weights(self) -> tuple[float, ...]:
        """Mixture weights: of the score as it is, then of each scaling; they sum to 1."""
        return (self.v0, *array("d", bytes(self.v)))  # compiled, a buffer unpacked crashes

    @property
    def scalings(self) -> tuple[tuple[float, float], ...]:
        """(slope a, intercept b) of each scaling: log-odds a (logit p - c) + b + c."""
        return tuple(zip(self.a, self.b, strict=True))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "bank": self.bank.__getstate__(),
            "share": self.share,
            "identity": self.identity,
            "v0": self.v0,
            "span": bytes(self.span),
            "v": bytes(self.v),
            "a": bytes(self.a),
            "b": bytes(self.b),
            "h11": bytes(self.h11),
            "h12": bytes(self.h12),
            "h22": bytes(self.h22),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.bank = Tracker()
        self.bank.__setstate__(state["bank"])
        self.share, self.identity, self.v0 = state["share"], state["identity"], state["v0"]
        self.span, self.v = array("d", state["span"]), array("d", state["v"])
        self.a, self.b = array("d", state["a"]), array("d", state["b"])
        self.h11, self.h12 = array("d", state["h11"]), array("d", state["h12"])
        self.h22, self.q = array("d", state["h22"]), array("d", state["h22"])
        self.heard = NOWHERE
        self.experts = len(self.span)
        # Compiled, a short buffer would be read past its end.
        sizes = {len(state[name]) for name in ("span", "v", "a", "b", "h11", "h12", "h22")}
        if self.experts == 0 or len(sizes) > 1:
            raise ValueError("state: every array must have one number per scaling")
