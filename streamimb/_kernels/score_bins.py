# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The share of True in bins of a score, or of the answers of a calibrator: fixed bins, or bins of equal information.

Sums are kept for the cells of a fixed grid, 512 of equal width in log-odds from -16 to 16. A bin is some cells in a row
with about 1/20 of all information; cells are grouped anew as events come. So no sum is lost when a bound moves.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.event_label import checked_label
from streamimb._kernels.saved import entries, number, numbers, refused, wholes

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import ceil, exp, log

    from streamimb._kernels.answer import probability
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Scaling
else:
    from cython.cimports.libc.math import ceil, exp, log
    from cython.cimports.streamimb._kernels.answer import probability
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Scaling

FIXED = cython.declare(cython.int, 10)  # bins of equal width
CELLS = cython.declare(cython.int, 512)
PER_LOGIT = cython.declare(cython.double, 16.0)  # cells
GROUPS = cython.declare(cython.int, 20)  # bins of equal information
SMALLEST = cython.declare(cython.double, 1e-12)  # score
PRIOR_MASS = cython.declare(cython.double, 1_000.0)  # events, at most, that the binned score counts as
MOST_UNIT = cython.declare(cython.double, 1e100)
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)
LOG_2 = cython.declare(cython.double, 0.6931471805599453)


@cython.cclass
class ScoreBins(Scaling):
    """`half_life` 0: it never forgets. Fields: score_bins.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._begin(True, 0.0)

    def __init__(self, inner: Any, fixed: bool, half_life: float) -> None:
        self.inner, self.shifts = inner, inner is not None and not fixed
        self._begin(fixed, half_life)

    @cython.cfunc
    def _begin(self, fixed: cython.bint, half_life: cython.double) -> Any:
        self.fixed, self.memory = fixed, half_life
        self.cells = FIXED if fixed else CELLS
        self.groups = FIXED if fixed else GROUPS
        self.unit, self.seen, self.due = 1.0, 0.0, 1.0
        zeros = bytes(8 * self.cells)
        self.hits, self.mass = array("d", zeros), array("d", zeros)
        self.said, self.info = array("d", zeros), array("d", zeros)
        self.group = array("q", range(self.cells)) if fixed else array("q", zeros)
        zeros = bytes(8 * self.groups)
        self.group_hits, self.group_mass, self.group_said = (
            array("d", zeros),
            array("d", zeros),
            array("d", zeros),
        )

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def calibrated(self, p: cython.double, x: Any) -> cython.double:
        return self._mean(self._binned(p, x))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, p: cython.double, y: cython.bint, w: cython.double, x: Any, memo: Any) -> cython.int:
        inner: Scaling = self.inner  # held, because a calibrator of somebody else may set up this one anew
        q: cython.double = self._binned(p, x)
        w = min(w, WEIGHT_CAP)
        if inner is not None:
            inner.learn(p, y, w, x, None)
        self._add(q, 1.0 if y else 0.0, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def _binned(self, p: cython.double, x: Any) -> cython.double:
        """The answer of the calibrator inside, where there is one; an answer outside [0, 1] raises."""
        inner: Scaling = self.inner
        q: cython.double = p if inner is None else inner.calibrated(p, x)
        return q if 0.0 <= q <= 1.0 else probability(min(1.0, max(0.0, q)) if inner is None else q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _cell(self, q: cython.double) -> cython.int:
        if self.fixed:
            return min(self.cells - 1, max(0, cython.cast(cython.int, ceil(q * self.cells)) - 1))
        q = min(1.0 - SMALLEST, max(SMALLEST, q))
        return min(
            self.cells - 1,
            max(0, cython.cast(cython.int, log(q / (1.0 - q)) * PER_LOGIT + 0.5 * self.cells)),
        )

    @cython.cfunc
    @cython.exceptval(check=False)
    def _mean(self, q: cython.double) -> cython.double:
        cell: cython.int = self._cell(q)
        g: cython.Py_ssize_t = self.group[cell]
        hits: cython.double = self.group_hits[g] / self.unit
        mass: cython.double = self.group_mass[g] / self.unit
        start: cython.double = q
        prior: cython.double
        odds: cython.double
        if self.fixed:
            return min(1.0, (hits + (cell + 0.95) / self.cells) / (mass + 1.0))
        if self.shifts and mass > 0.0:
            start = self.group_said[g] / self.unit / mass
        start = min(1.0 - SMALLEST, max(SMALLEST, start))
        prior = 1.0 / max(start, 1.0 / PRIOR_MASS)  # events that hold one positive, or fewer
        mean: cython.double = min(1.0 - SMALLEST, (hits + prior * start) / (mass + prior))
        if not self.shifts:
            return mean
        q = min(1.0 - SMALLEST, max(SMALLEST, q))
        odds = q / (1.0 - q) * (mean / (1.0 - mean)) / (start / (1.0 - start))
        return odds / (1.0 + odds)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _add(self, q: cython.double, y: cython.double, w: cython.double) -> cython.void:
        cell: cython.int = self._cell(q)
        g: cython.Py_ssize_t = self.group[cell]
        said: cython.double = self._mean(q)
        info: cython.double = max(1e-9, said * (1.0 - said))
        if self.memory > 0.0:
            self.unit *= exp(LOG_2 * min(1.0, w * info / self.memory))
        w *= self.unit
        self.hits[cell] += w * y
        self.mass[cell] += w
        self.said[cell] += w * q
        self.info[cell] += w * info
        self.group_hits[g] += w * y
        self.group_mass[g] += w
        self.group_said[g] += w * q
        self.seen += 1.0
        if self.seen >= self.due and not self.fixed:
            self._regroup()
        if self.unit > MOST_UNIT:
            self._settle()

    @cython.cfunc
    @cython.exceptval(check=False)
    def _regroup(self) -> cython.void:
        """Puts the cells into bins of equal information, until a tenth more events came, or 500."""
        i: cython.Py_ssize_t
        g: cython.Py_ssize_t
        total: cython.double = 0.0
        below: cython.double = 0.0
        self.due = self.seen + min(500.0, max(1.0, 0.1 * self.seen))
        for g in range(self.groups):
            self.group_hits[g] = self.group_mass[g] = self.group_said[g] = 0.0
        for i in range(self.cells):
            total += self.info[i]
        if total <= 0.0:  # only weights that are next to nothing
            total = 1.0
        for i in range(self.cells):
            g = min(
                self.groups - 1, cython.cast(cython.int, self.groups * (below + 0.5 * self.info[i]) / total)
            )
            below += self.info[i]
            self.group[i] = g
            self.group_hits[g] += self.hits[i]
            self.group_mass[g] += self.mass[i]
            self.group_said[g] += self.said[i]

    @cython.cfunc
    @cython.exceptval(check=False)
    def _settle(self) -> cython.void:
        i: cython.Py_ssize_t
        for i in range(self.cells):
            self.hits[i] /= self.unit
            self.mass[i] /= self.unit
            self.said[i] /= self.unit
            self.info[i] /= self.unit
        for i in range(self.groups):
            self.group_hits[i] /= self.unit
            self.group_mass[i] /= self.unit
            self.group_said[i] /= self.unit
        self.unit = 1.0

    def calibrate_one(self, p: cython.double, x: Any = None) -> float:
        """Return the share of True among the events with such a score; x: the features, for a calibrator that asks."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        return self.calibrated(p, x)

    def learn_one(
        self, p: cython.double, y: Any, w: cython.double = 1.0, memo: Any = None, x: Any = None
    ) -> None:
        """Learn that an event scored p turned out to be y; w = 0 changes nothing."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        w = checked_weight(w)
        label: cython.bint = y if y is True or y is False else checked_label(y)
        if w > 0.0:
            self.learn(p, label, w, x, None)

    @property
    def _learned(self) -> dict[str, Any]:
        """What the bins have learned, as data."""
        return {
            "unit": self.unit,
            "seen": self.seen,
            "due": self.due,
            "hits": bytes(self.hits),
            "mass": bytes(self.mass),
            "said": bytes(self.said),
            "info": bytes(self.info),
            "group": bytes(self.group),
            "group_hits": bytes(self.group_hits),
            "group_mass": bytes(self.group_mass),
            "group_said": bytes(self.group_said),
        }

    def _resume(self, state: Any) -> None:
        """Take over what other bins of this kind had learned."""
        i: cython.Py_ssize_t
        saved = entries(state, *self._learned)
        unit, seen = number(saved, "unit", 1.0, 2.0 * MOST_UNIT), number(saved, "seen", 0.0)
        due, most = number(saved, "due", 1.0), 1e200
        hits, mass = (
            numbers(saved, "hits", self.cells, 0.0, most),
            numbers(saved, "mass", self.cells, 0.0, most),
        )
        info, said = (
            numbers(saved, "info", self.cells, 0.0, most),
            numbers(saved, "said", self.cells, 0.0, most),
        )
        group = wholes(saved, "group", self.cells, 0, self.groups - 1)
        group_hits = numbers(saved, "group_hits", self.groups, 0.0, most)
        group_mass = numbers(saved, "group_mass", self.groups, 0.0, most)
        group_said = numbers(saved, "group_said", self.groups, 0.0, most)
        if self.fixed and list(group) != list(range(self.cells)):
            raise refused("group", "one bin for each cell")
        for i in range(self.cells):
            if max(hits[i], said[i]) > 1.001 * mass[i]:
                raise refused("hits and said", "no more than the mass of the cell")
        for i in range(self.groups):
            if max(group_hits[i], group_said[i]) > 1.001 * group_mass[i]:
                raise refused("group_hits", "no more than the mass of the bin")
        self.unit, self.seen, self.due = unit, seen, due
        self.hits, self.mass, self.said, self.info, self.group = hits, mass, said, info, group
        self.group_hits, self.group_mass, self.group_said = group_hits, group_mass, group_said
