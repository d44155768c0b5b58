# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The two models of each leaf, both fitted at the offset by a damped Newton step, their mixture, and the tree's level.

With the offset o, which has the anchor, and the evidence e of naive Bayes (`LeafCounts.evidence`), they are

    sigmoid(o + value)    and    sigmoid(o + bias + slope e)

The second one is naive Bayes whose prior is the anchor. Its slope is learned, because columns repeat one another, and
naive Bayes with a slope of 1 would be too sure. The share of the second in the mixture is sigmoid of its lead: the
decayed sum of what it lost less, by log loss, than the first.

Both are answered at o + level. A leaf falls more slowly than it rises: where its positives stop, few events of theirs
come to correct it, and a split that was the best of many is taken for better than it is. So the mean of the leaves'
probabilities is too high, the more leaves there are and the more the classes move. The level is one number for the
whole tree, fitted to every labelled event, sampled or not, at a rate that does not fall below 1 / 21 for an expected
event of the rarer class. Its steps sum to the level, so that the sum of y - p stays within 21 times the level.
The leaves are fitted without it; otherwise both would follow each other without end.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log

    from streamimb._kernels.class_logs import share_at
    from streamimb._kernels.implicit_step import error_after
else:
    from cython.cimports.libc.math import log
    from cython.cimports.streamimb._kernels.class_logs import share_at
    from cython.cimports.streamimb._kernels.implicit_step import error_after

from streamimb._kernels.saved import numbers, refused

# What is kept of each leaf, in this order. The numbers are copied into a child together.
VALUE = cython.declare(cython.Py_ssize_t, 0)
HESSIAN = cython.declare(cython.Py_ssize_t, 1)  # of the value
BIAS = cython.declare(cython.Py_ssize_t, 2)
SLOPE = cython.declare(cython.Py_ssize_t, 3)
FIRST = cython.declare(cython.Py_ssize_t, 4)  # hessian of the bias
CROSS = cython.declare(cython.Py_ssize_t, 5)  # of bias and slope
SECOND = cython.declare(cython.Py_ssize_t, 6)  # of the slope
LEAD = cython.declare(cython.Py_ssize_t, 7)
EACH = cython.declare(cython.Py_ssize_t, 8)

# What is kept of the whole tree, in this order
LEVEL = cython.declare(cython.Py_ssize_t, 0)
KNOWN = cython.declare(cython.Py_ssize_t, 1)  # its hessian
MOST_KNOWN = cython.declare(cython.double, 20.0)  # so that the level goes on following

L2 = cython.declare(cython.double, 1.0)  # of value and bias
SLOPE_L2 = cython.declare(cython.double, 5.0)
FIRST_SLOPE = cython.declare(cython.double, 0.3)
MOST_SLOPE = cython.declare(cython.double, 2.0)
MOST_LEAD = cython.declare(cython.double, 10.0)  # so that a model that becomes the better one is used soon
LEAST = cython.declare(cython.double, 1e-12)  # a smaller probability counts as this
LARGEST_COEFFICIENT = limits.LARGEST_COEFFICIENT


@cython.cclass
class LeafModels:
    """Fields are declared in leaf_models.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has a valid buffer too.
        self.value, self.level = array("d"), array("d", bytes(16))

    def __init__(self, leaves: int) -> None:
        self.value, self.level = array("d", bytes(8 * EACH * leaves)), array("d", bytes(16))
        self.value[SLOPE] = FIRST_SLOPE

    @cython.cfunc
    @cython.exceptval(check=False)
    def say(
        self,
        leaf: cython.Py_ssize_t,
        evidence: cython.double,
        offset: cython.double,
        said: cython.double[::1],
    ) -> cython.void:
        """Writes P(True) by each of the two models, at the level of the tree."""
        k: cython.Py_ssize_t = leaf * EACH
        offset += self.level[LEVEL]
        said[0] = share_at(offset + self.value[k + VALUE])
        said[1] = share_at(offset + self.value[k + BIAS] + self.value[k + SLOPE] * evidence)

    @cython.cfunc
    @cython.exceptval(check=False)
    def settle(self, p: cython.double, y: cython.bint, w: cython.double) -> cython.void:
        """Moves the level of the tree by a labelled event that has the probability p now."""
        self.level[KNOWN] = min(MOST_KNOWN, self.level[KNOWN] + w * p * (1.0 - p))
        move: cython.double = w / (self.level[KNOWN] + L2)
        z: cython.double = log(max(LEAST, p) / max(LEAST, 1.0 - p))
        self.level[LEVEL] += move * error_after(z, y, move if w > 1.0 else 0.0)

    @cython.cfunc
    @cython.exceptval(check=False)
    def share(self, leaf: cython.Py_ssize_t) -> cython.double:
        """The share of naive Bayes in the mixture."""
        return share_at(self.value[leaf * EACH + LEAD])

    @cython.cfunc
    @cython.exceptval(check=False)
    def log_odds(self, leaf: cython.Py_ssize_t) -> cython.double:
        """What the first model adds to the offset."""
        return self.value[leaf * EACH + VALUE]

    def mixed(self, leaf: cython.Py_ssize_t) -> tuple[float, float]:
        """What both models and the level add to the offset without evidence, and by what they multiply it."""
        k: cython.Py_ssize_t = leaf * EACH
        share: cython.double = self.share(leaf)
        both: cython.double = (1.0 - share) * self.value[k + VALUE] + share * self.value[k + BIAS]
        return self.level[LEVEL] + both, share * self.value[k + SLOPE]

    @cython.cfunc
    @cython.exceptval(check=False)
    def judge(
        self,
        leaf: cython.Py_ssize_t,
        said: cython.double[::1],
        y: cython.bint,
        w: cython.double,
        fade: cython.double,
    ) -> cython.void:
        """Moves the lead by what the two models said of an event."""
        k: cython.Py_ssize_t = leaf * EACH + LEAD
        first: cython.double = said[0] if y else 1.0 - said[0]
        second: cython.double = said[1] if y else 1.0 - said[1]
        lead: cython.double = fade * self.value[k] + w * log(max(LEAST, second) / max(LEAST, first))
        self.value[k] = min(MOST_LEAD, max(-MOST_LEAD, lead))

    @cython.cfunc
    @cython.exceptval(check=False)
    def step(
        self,
        leaf: cython.Py_ssize_t,
        evidence: cython.double,
        y: cython.bint,
        offset: cython.double,
        w: cython.double,
        fade: cython.double,
    ) -> cython.void:
        """Fits both models to an event of weight w; the hessians fade before it."""
        k: cython.Py_ssize_t = leaf * EACH
        z: cython.double = offset + self.value[k + VALUE]
        p: cython.double = share_at(z)
        self.value[k + HESSIAN] = fade * self.value[k + HESSIAN] + w * p * (1.0 - p)
        move: cython.double = w / (self.value[k + HESSIAN] + L2)
        self.value[k + VALUE] += move * error_after(z, y, move if w > 1.0 else 0.0)

        z = offset + self.value[k + BIAS] + self.value[k + SLOPE] * evidence
        p = share_at(z)
        h: cython.double = w * p * (1.0 - p)
        self.value[k + FIRST] = fade * self.value[k + FIRST] + h
        self.value[k + CROSS] = fade * self.value[k + CROSS] + h * evidence
        self.value[k + SECOND] = fade * self.value[k + SECOND] + h * evidence * evidence
        a: cython.double = self.value[k + FIRST] + L2
        b: cython.double = self.value[k + CROSS]
        c: cython.double = self.value[k + SECOND] + SLOPE_L2
        # Without the rounding of large weights, a c - b^2 is at least SLOPE_L2 a.
        det: cython.double = max(SLOPE_L2 * a, a * c - b * b)
        of_bias: cython.double = w * (c - b * evidence) / det
        of_slope: cython.double = w * (a * evidence - b) / det
        move = max(0.0, of_bias + of_slope * evidence)
        h = error_after(z, y, move if w > 1.0 else 0.0)
        self.value[k + BIAS] += of_bias * h
        self.value[k + SLOPE] = min(MOST_SLOPE, max(0.0, self.value[k + SLOPE] + of_slope * h))

    @cython.cfunc
    @cython.exceptval(check=False)
    def part(
        self,
        leaf: cython.Py_ssize_t,
        right: cython.Py_ssize_t,
        before: cython.double[::1],
        left: cython.double[::1],
    ) -> cython.void:
        """Begins the models of the children of a leaf, which had the masses `before` by class, `left` on the left."""
        i: cython.Py_ssize_t
        for i in range(EACH):
            self.value[right * EACH + i] = self.value[leaf * EACH + i]
        self._begin(leaf, before, left)
        left[0], left[1] = before[0] - left[0], before[1] - left[1]
        self._begin(right, before, left)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _begin(
        self, leaf: cython.Py_ssize_t, before: cython.double[::1], own: cython.double[::1]
    ) -> cython.void:
        """Moves the log-odds of a child by what its masses say, and keeps its part of what is known of them."""
        k: cython.Py_ssize_t = leaf * EACH
        share: cython.double = max(LEAST, (own[0] + own[1]) / (before[0] + before[1]))
        more: cython.double = log(
            (own[1] + share) / (before[1] + 1.0) / ((own[0] + share) / (before[0] + 1.0))
        )
        kept: cython.double = min(1.0, harmonic(own[0], own[1]) / max(LEAST, harmonic(before[0], before[1])))
        self.value[k + VALUE] += more
        self.value[k + BIAS] += more
        self.value[k + HESSIAN] *= kept
        self.value[k + FIRST] *= kept
        self.value[k + CROSS] *= kept
        self.value[k + SECOND] *= kept
        self.value[k + LEAD] = 0.0

    def memory_bytes(self) -> int:
        """Bytes of the buffer."""
        return 8 * len(self.value) + 8 * len(self.level)

    def state(self, leaves: int) -> bytes:
        """The numbers of the first `leaves` leaves."""
        return bytes(self.value)[: 8 * EACH * leaves]

    def resume(self, saved: Any, level: Any, leaves: int) -> None:
        """Take over the numbers of so many leaves and of the level, after all of them were checked."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        found = numbers({"models": saved}, "models", EACH * leaves, -LARGEST_COEFFICIENT, LARGEST_COEFFICIENT)
        for k in range(0, len(found), EACH):
            known = (found[k + HESSIAN], found[k + FIRST], found[k + SECOND])
            if (
                min(known) < 0.0
                or not 0.0 <= found[k + SLOPE] <= MOST_SLOPE
                or abs(found[k + LEAD]) > MOST_LEAD
            ):
                raise refused("models", "hessians of at least 0, slopes and leads within their bounds")
        of_tree = numbers({"level": level}, "level", 2, -LARGEST_COEFFICIENT, LARGEST_COEFFICIENT)
        if not 0.0 <= of_tree[KNOWN] <= MOST_KNOWN:
            raise refused("level", f"a hessian from 0 to {MOST_KNOWN:g}")
        self.level[LEVEL], self.level[KNOWN] = of_tree[LEVEL], of_tree[KNOWN]
        for i in range(len(found)):
            self.value[i] = found[i]


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def harmonic(a: cython.double, b: cython.double) -> cython.double:
    """What the masses of two classes tell about their odds: 1 / (1 / a + 1 / b)."""
    return a * b / (a + b) if a + b > 0.0 else 0.0
