# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The share of positives in a stream whose share changes: a bank of decayed means, whose windows can be cut.

A long memory is precise while the share is constant. Where a likelihood ratio test favours a shorter memory, the longer
one takes over its sums. True and False are counted here; other labels go to `note_label`, which a subclass has.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.answer import label_of
from streamimb._kernels.saved import entries, number, numbers, refused, switch, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log
    from math import pow as power

    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.libc.math import log
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.event_weight import checked_weight

# Labels between two cut tests: 32 ns a label, where 1 takes 261 ns and reacts no sooner
EVERY = cython.declare(cython.int, 16)
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)
EDGE = cython.declare(cython.double, limits.EDGE)
MOST_BANKS = 1_100  # half-lives over the whole range of doubles
DUST = cython.declare(cython.double, limits.DUST)

SPELLED = "y: a text that spells True or False, where labels are True and False: convert it before"


@cython.cclass
class PriorBank:
    """m = (S_0 + m0 a) / (N_0 + a), and its log-odds; fields are declared in prior_bank.pxd.

    True labels alone carry no information about their share: m stays at its start until the first False, which
    also resets the bank. This rule does not apply to one-vs-rest banks (`count`).
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._begin(80_000.0, 300.0, 9.0, 0.05, 1.0)

    def __init__(
        self,
        half_life: float = 80_000,
        floor_half_life: float = 300,
        cut: float = 9.0,
        prior: float = 0.05,
        prior_weight: float = 1.0,
    ) -> None:
        self._begin(half_life, floor_half_life, cut, prior, prior_weight)

    @cython.cfunc
    def _begin(self, half_life: Any, floor_half_life: Any, cut: Any, prior: Any, prior_weight: Any) -> Any:
        fades: list[float] = []
        while half_life >= floor_half_life or not fades:
            fades.append(power(0.5, 1.0 / half_life))
            half_life /= 4.0
        self.banks = len(fades)
        self.fade = array("d", fades)
        self.hits, self.mass, self.mass2 = array("d", fades), array("d", fades), array("d", fades)
        self.threshold, self.start, self.start_weight = float(cut), float(prior), float(prior_weight)
        self.only_true = True
        self.fill(0.0, 0.0, 0.0)

    @cython.cfunc
    @cython.exceptval(check=False)
    def fill(self, seen: cython.double, total: cython.double, total2: cython.double) -> cython.void:
        """Sets the state after `seen` zeros of total weight `total` (squares: `total2`), evenly spread."""
        k: cython.int
        left: cython.double
        for k in range(self.banks):
            left = power(self.fade[k], seen)
            self.hits[k] = 0.0
            self.mass[k] = self.mass2[k] = 0.0
            if self.fade[k] == 1.0:  # a half-life so long that nothing fades
                self.mass[k], self.mass2[k] = total, total2
            elif seen > 0.0:
                self.mass[k] = total / seen * (1.0 - left) / (1.0 - self.fade[k])
                self.mass2[k] = total2 / seen * (1.0 - left * left) / (1.0 - self.fade[k] * self.fade[k])
        self.tick = 0
        self.many = False
        self.seen, self.seen_true, self.total, self.total2 = seen, 0.0, total, total2
        self.settle()

    def update(self, y: Any, w: cython.double = 1.0) -> None:
        """Counts one label of weight w. Raises ValueError for what is no label or no weight."""
        w = checked_weight(w)
        label = y if y is True or y is False else label_of(y)
        if self.seen > 0.0 and not self.many and (label == "True" or label == "False"):
            raise ValueError(SPELLED)
        if w > 0.0:
            self.note(label, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, y: Any, w: cython.double) -> cython.int:
        """Counts one label of weight w > 0."""
        if self.many or (y is not True and y is not False):
            return self.note_label(y, w)
        self.track(1.0 if y is True else 0.0, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note_label(self, y: Any, w: cython.double) -> cython.int:
        """Counts a label other than True and False; a subclass implements it."""
        raise TypeError("a PriorBank counts True and False; stats.ClassPrior takes any label")

    @cython.cfunc
    @cython.exceptval(check=False)
    def track(self, y: cython.double, w: cython.double) -> cython.void:
        """Counts True (1.0) or False (0.0) of a stream of two classes."""
        k: cython.int
        if self.only_true and y == 0.0:
            self.only_true = False
            for k in range(self.banks):
                self.hits[k] = self.mass[k] = self.mass2[k] = 0.0
        self.add(y, w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(self, y: cython.double, w: cython.double) -> cython.void:
        k: cython.int
        fade: cython.double
        w = min(w, WEIGHT_CAP)
        for k in range(self.banks):
            fade = self.fade[k]
            self.hits[k] = fade * self.hits[k] + w * y
            self.mass[k] = fade * self.mass[k] + w
            self.mass2[k] = fade * fade * self.mass2[k] + w * w
        self.seen += 1.0
        self.seen_true += y
        self.total += w
        self.total2 += w * w
        self.tick += 1
        if self.tick >= EVERY:
            self.tick = 0
            self.cut_windows()
        self.settle()

    @cython.cfunc
    @cython.exceptval(check=False)
    def cut_windows(self) -> cython.void:
        j: cython.int
        k: cython.int
        a: cython.double
        b: cython.double
        kl: cython.double
        for j in range(self.banks):
            if self.hits[j] < DUST:
                self.hits[j] = 0.0
        for j in range(1, self.banks):
            for k in range(j):
                if self.mass[k] > 1.5 * self.mass[j]:
                    a = self.hits[j] / self.mass[j]
                    b = (self.hits[k] + self.start * self.start_weight) / (self.mass[k] + self.start_weight)
                    b = min(1.0 - EDGE, max(EDGE, b))
                    kl = 0.0
                    if a > 0.0:
                        kl += a * log(a / b)
                    if a < 1.0:
                        kl += (1.0 - a) * log((1.0 - a) / (1.0 - b))
                    # A GLR test on the effective number of labels is valid even at .1 % positives,
                    # where a test at three sigmas is not.
                    if self.mass[j] * self.mass[j] / self.mass2[j] * kl > self.threshold:
                        self.hits[k] = self.hits[j]
                        self.mass[k] = self.mass[j]
                        self.mass2[k] = self.mass2[j]

    @cython.cfunc
    @cython.exceptval(check=False)
    def settle(self) -> cython.void:
        self.m = (self.hits[0] + self.start * self.start_weight) / (self.mass[0] + self.start_weight)
        if self.only_true:
            self.m = self.start
        self.m = min(1.0 - EDGE, max(EDGE, self.m))
        self.log_odds = log(self.m / (1.0 - self.m))

    @property
    def rate(self) -> float:
        """P(True) of the next label, in (0, 1)."""
        return self.m

    @property
    def logit(self) -> float:
        """log(rate / (1 - rate))."""
        return self.log_odds

    @property
    def longest(self) -> tuple[float, float, float, float]:
        """Of the longest memory: weight of True labels, of all, sum of squared weights, and what a label leaves."""
        return self.hits[0], self.mass[0], self.mass2[0], self.fade[0]

    @cython.cfunc
    @cython.exceptval(check=False)
    def teaches(self, y: Any) -> cython.bint:
        """Whether a learner may learn a label: not a True before the first False."""
        return not (y is True and self.only_true)

    def over(self, labels: Any) -> dict[Any, float]:
        """The prior of each of these labels; they sum to 1."""
        return self.shares(dict.fromkeys(labels))

    @cython.cfunc
    def shares(self, labels: dict[Any, Any]) -> dict[Any, float]:
        """The prior of the keys of `labels`."""
        return {False: 1.0 - self.m, True: self.m}

    def knows_bool(self, y: cython.bint) -> bool:
        """Whether a label of class y was counted."""
        return self.seen_true > 0.0 if y else self.seen > self.seen_true

    def count(self, y: cython.bint, w: cython.double) -> None:
        """Counts one label of weight w > 0 of one class against the rest, without the rule of the first False."""
        self.only_true = False
        self.add(1.0 if y else 0.0, float(w))

    def open_lane(self) -> None:
        """Sends every further label to `note_label`."""
        self.many = True

    def same(self) -> PriorBank:
        """An independent copy."""
        other: PriorBank = PriorBank()
        other.__setstate__({**PriorBank.__getstate__(self), "many": False, "lone": False})
        return other

    def zeros(self) -> PriorBank:
        """A bank for a label that has not occurred: all labels so far count as the rest, and no window is cut."""
        other: PriorBank = self.same()
        other.fill(self.seen, self.total, self.total2)
        return other

    def mirror(self) -> PriorBank:
        """The bank of the opposite label."""
        k: cython.int
        other: PriorBank = self.same()
        for k in range(self.banks):
            other.hits[k] = max(0.0, self.mass[k] - self.hits[k])
        other.seen_true = self.seen - self.seen_true
        other.start = 1.0 - self.start
        other.settle()
        return other

    def steady(self) -> PriorBank:
        """A new bank that has the longest memory alone, so that it is never cut."""
        other: PriorBank = PriorBank()
        fresh = PriorBank.__getstate__(other)
        fresh.update(dict.fromkeys(("hits", "mass", "mass2"), bytes(8)))
        fresh.update(
            fade=bytes(self.fade)[:8],
            threshold=self.threshold,
            start=self.start,
            start_weight=self.start_weight,
        )
        other.__setstate__(fresh)
        return other

    # Plain numbers and bytes, so that the compiled and the interpreted twin can load the same state.
    def __getstate__(self) -> dict[str, Any]:
        return {
            "hits": bytes(self.hits),
            "mass": bytes(self.mass),
            "mass2": bytes(self.mass2),
            "fade": bytes(self.fade),
            "tick": self.tick,
            "threshold": self.threshold,
            "start": self.start,
            "start_weight": self.start_weight,
            "seen": self.seen,
            "seen_true": self.seen_true,
            "total": self.total,
            "total2": self.total2,
            "many": bool(self.many),
            "lone": bool(self.only_true),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state, "hits", "mass", "mass2", "fade", "tick", "threshold", "start", "start_weight", "seen", "seen_true",
            "total", "total2", "many", "lone",
        )  # fmt: skip
        fade = numbers(saved, "fade", None, 0.0, 1.0)
        n = len(fade)
        if not 0 < n <= MOST_BANKS:
            raise refused("fade", f"one number per bank, 1 to {MOST_BANKS}")
        hits, mass = numbers(saved, "hits", n, 0.0), numbers(saved, "mass", n, 0.0)
        mass2 = numbers(saved, "mass2", n, 0.0)
        if any(hits[k] > mass[k] for k in range(n)):
            raise refused("hits", "at most the mass of each bank")
        tick, threshold = whole(saved, "tick", 0, EVERY - 1), number(saved, "threshold", limits.SMALLEST)
        start, start_weight = number(saved, "start", 0.0, 1.0), number(saved, "start_weight", limits.SMALLEST)
        seen, total, total2 = (
            number(saved, "seen", 0.0),
            number(saved, "total", 0.0),
            number(saved, "total2", 0.0),
        )
        seen_true = number(saved, "seen_true", 0.0, seen)
        many, lone = switch(saved, "many"), switch(saved, "lone")
        # All of it was checked: nothing is refused from here on.
        self.hits, self.mass, self.mass2, self.fade = hits, mass, mass2, fade
        self.banks, self.tick, self.threshold = n, tick, threshold
        self.start, self.start_weight = start, start_weight
        self.seen, self.seen_true, self.total, self.total2 = seen, seen_true, total, total2
        self.many, self.only_true = many, lone
        self.settle()
