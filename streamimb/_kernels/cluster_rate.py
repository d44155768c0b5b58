# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rates that give each cluster of each class the same mass: online k-means per class, for ClusterSampler."""

from __future__ import annotations

from array import array
from numbers import Real
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import distinct, entries, listed, numbers, refused, whole
from streamimb._kernels.spelling import checked_name

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import pow as power
    from math import sqrt

    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import pow as power
    from cython.cimports.libc.math import sqrt
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

FIELDS = cython.declare(cython.int, 64)  # numeric fields that are used; later ones are not
FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
SEEDING = cython.declare(cython.int, 50)  # events for each cluster, by which its first centre is sought
EMPTY = cython.declare(cython.double, 0.05)  # of an equal part in its class: below it a cluster is given up
LEAST_VARIANCE = cython.declare(cython.double, 1e-200)  # a field of less variance does not count
FAR = cython.declare(cython.double, 10.0)  # standard deviations: a value farther off counts as this
LARGEST_SQUARED = cython.declare(cython.double, limits.LARGEST_SQUARED)
FINITE = cython.declare(cython.double, limits.FINITE)
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cclass
class Clusters:
    """The clusters of one class: their centres, and their masses, decayed per event of the class."""

    centres: cython.double[::1]  # FIELDS numbers for each cluster
    masses: cython.double[::1]
    n: cython.int  # clusters that have a centre
    seen: cython.int  # events of the class, up to those by which centres are sought

    def __init__(self, most: int) -> None:
        self.centres = array("d", bytes(8 * most * FIELDS))
        self.masses = array("d", bytes(8 * most))
        self.n = self.seen = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def nearest(self, z: cython.double[::1], scale: cython.double[::1], fields: cython.int) -> cython.int:
        """The cluster whose centre is nearest; the first of several. There is at least one."""
        j: cython.int
        i: cython.int
        at: cython.int
        d: cython.double
        distance: cython.double
        best: cython.double = FINITE
        found: cython.int = 0
        for j in range(self.n):
            distance = 0.0
            at = j * FIELDS
            for i in range(fields):
                d = z[i] - self.centres[at + i]
                distance += d * d * scale[i]
            if distance < best:
                best, found = distance, j
        return found

    @cython.cfunc
    @cython.exceptval(check=False)
    def part(self, j: cython.int) -> cython.double:
        """The share of a cluster in the mass of its class."""
        i: cython.int
        total: cython.double = 0.0
        for i in range(self.n):
            total += self.masses[i]
        return self.masses[j] / total if total > 0.0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def apart(
        self, j: cython.int, z: cython.double[::1], first: cython.int, scale: cython.double[::1]
    ) -> cython.double:
        """The squared distance of a centre from the FIELDS numbers of z that begin at `first`."""
        i: cython.int
        d: cython.double
        distance: cython.double = 0.0
        for i in range(FIELDS):
            d = self.centres[j * FIELDS + i] - z[first + i]
            distance += d * d * scale[i]
        return distance

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(
        self, z: cython.double[::1], scale: cython.double[::1], w: cython.double, fade: cython.double
    ) -> cython.void:
        """Moves the nearest centre towards an event; numbers of z beyond its fields are 0."""
        i: cython.int
        j: cython.int = 0
        most: cython.int = len(self.masses)
        step: cython.double
        for i in range(self.n):
            self.masses[i] *= fade
        if self.n > 0:
            j = self.nearest(z, scale, FIELDS)
        if self.n == 0 or (self.n < most and self.apart(j, z, 0, scale) > 0.0):
            j = self.n
            self.n += 1
        elif self.seen < SEEDING * most:
            j = self._seed(j, z, scale)
        else:
            j = self._split(j, z)
        self.seen = min(SEEDING * most, self.seen + 1)
        self.masses[j] += w
        step = w / self.masses[j]
        for i in range(FIELDS):
            self.centres[j * FIELDS + i] += step * (z[i] - self.centres[j * FIELDS + i])

    @cython.cfunc
    @cython.exceptval(check=False)
    def _seed(self, j: cython.int, z: cython.double[::1], scale: cython.double[::1]) -> cython.int:
        """Gives an event that is farther from its centre j than two centres are from each other one of the two."""
        a: cython.int
        b: cython.int
        i: cython.int
        one: cython.int = 0
        other: cython.int = 0
        distance: cython.double
        part: cython.double
        least: cython.double = FINITE
        for a in range(self.n):
            for b in range(a):
                distance = self.apart(a, self.centres, b * FIELDS, scale)
                if distance < least:
                    least, one, other = distance, b, a
        if one == other or self.apart(j, z, 0, scale) <= least:
            return j
        part = self.masses[one] + self.masses[other]
        part = self.masses[other] / part if part > 0.0 else 0.5
        for i in range(FIELDS):  # the two become one
            distance = self.centres[other * FIELDS + i] - self.centres[one * FIELDS + i]
            self.centres[one * FIELDS + i] += part * distance
        self.masses[one] += self.masses[other]
        self.masses[other] = 0.0
        return other

    @cython.cfunc
    @cython.exceptval(check=False)
    def _split(self, j: cython.int, z: cython.double[::1]) -> cython.int:
        """Moves a cluster with almost no events into the largest one, if the event is in that: it gets half of it."""
        i: cython.int
        lightest: cython.int = 0
        heaviest: cython.int = 0
        for i in range(self.n):
            if self.masses[i] < self.masses[lightest]:
                lightest = i
            if self.masses[i] > self.masses[heaviest]:
                heaviest = i
        if j != heaviest or self.part(lightest) * self.n >= EMPTY:
            return j
        for i in range(FIELDS):
            self.centres[lightest * FIELDS + i] = z[i]
        self.masses[j] *= 0.5
        self.masses[lightest] = self.masses[j]
        return lightest


@cython.cclass
class ClusterRate(Rates):
    """r(x, k) = budget / (K C m_k s), where s is the share of x's cluster in class k."""

    per_event: cython.double  # copies
    most: cython.double  # copies of one event
    size: cython.int  # clusters of a class
    fade: cython.double
    memory: cython.double  # events that the moments remember
    fields: cython.int
    names: dict[Any, int]  # numeric field -> its place
    counts: cython.double[::1]  # of each field: weight, mean and variance of its values
    means: cython.double[::1]
    variances: cython.double[::1]
    z: cython.double[::1]  # the numbers of the event in hand, and 1 / variance of each; not part of the state
    scale: cython.double[::1]
    classes: dict[Any, Clusters]

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has room for a cluster too.
        self.size, self.fade, self.memory = 1, 1.0, 1.0
        self._empty()

    @cython.cfunc
    def _empty(self) -> cython.void:
        self.fields = 0
        self.names, self.classes = {}, {}
        self.counts, self.means = array("d", bytes(8 * FIELDS)), array("d", bytes(8 * FIELDS))
        self.variances = array("d", bytes(8 * FIELDS))
        self.z, self.scale = array("d", bytes(8 * FIELDS)), array("d", bytes(8 * FIELDS))

    def __init__(self, size: int, half_life: float, memory: float) -> None:
        self.by_event = self.draws_copies = True
        self.per_event = self.most = 1.0
        self.size, self.fade, self.memory = size, power(0.5, 1.0 / half_life), float(memory)
        self._empty()

    def _set_budget(self, budget: float, most: float) -> None:
        """Set the parameters; the caller has validated them."""
        self.per_event, self.most = float(budget), float(most)

    @cython.cfunc
    def _numbers(self, x: Any) -> list[Any]:
        """(name, number) of each field with a number. Methods of foreign values, which may call this part, end here."""
        return [
            (
                name if type(name) is str and name.isascii() else checked_name(name),
                value if type(value) is float else float(value),
            )
            for name, value in list(x.items())
            if is_number(value)
        ]

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _read(self, found: list[Any]) -> cython.int:
        """Places the numbers of an event; a field without a number is at its mean."""
        i: cython.int
        reach: cython.double
        number: cython.double
        for i in range(self.fields):
            self.z[i] = self.means[i]
            self.scale[i] = 1.0 / self.variances[i] if self.variances[i] > LEAST_VARIANCE else 0.0
        for name, value in found:
            place = self.names.get(name)
            if place is not None:
                i, number = place, value
                reach = FAR * sqrt(self.variances[i])
                self.z[i] = max(self.means[i] - reach, min(self.means[i] + reach, number))
        return 0

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def _rate(self, clusters: Clusters, m: cython.double) -> cython.double:
        j: cython.int = clusters.nearest(self.z, self.scale, self.fields)
        target: cython.double = self.per_event / (len(self.classes) * clusters.n)
        return max(FLOOR, min(self.most, target / max(1e-300, m * clusters.part(j))))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is not None:
            row.rates = self.rates_one(row.event, row.pilot, row.prior)
        elif False in self.classes and True in self.classes:
            self._read(self._numbers(row.event))
            row.r0 = self._rate(self.classes[False], 1.0 - prior.m)
            row.r1 = self._rate(self.classes[True], prior.m)
        else:
            row.r0 = row.r1 = 1.0
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        self._learn(row.event, y, w)
        return 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the rate of each class of p at features x; the values of p do not matter."""
        rates: dict[Any, float] = dict.fromkeys(p, 1.0)
        if len(self.classes) > 1:
            self._read(self._numbers(x))
            for label in p:
                if label in self.classes:
                    rates[label] = self._rate(self.classes[label], float(prior[label]))
        return rates

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Learn the cluster of a labelled event, drawn or not; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._learn(x, y, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn(self, x: Any, y: Any, w: cython.double) -> cython.int:
        i: cython.int
        number: cython.double
        change: cython.double
        step: cython.double
        clusters: Clusters
        found: list[Any] = self._numbers(x)
        w = min(w, WEIGHT_CAP)
        self._read(found)
        if y not in self.classes:
            self.classes[y] = Clusters(self.size)
        clusters = self.classes[y]
        clusters.add(self.z, self.scale, w, self.fade)
        for name, value in found:
            place = self.names.get(name)
            if place is None:
                if self.fields >= FIELDS:
                    continue
                place = self.names[name] = self.fields
                self.fields += 1
            i, number = place, value
            self.counts[i] = min(self.memory, self.counts[i] + w)
            step = min(1.0, w / self.counts[i])
            change = number - self.means[i]
            self.means[i] += step * change
            self.variances[i] = (1.0 - step) * (self.variances[i] + step * change * change)
        return 0

    def cluster_of(self, x: Any, y: Any) -> int:
        """Return the number of the cluster of class y that x is nearest to; -1 where the class was not seen."""
        if y not in self.classes:
            return -1
        self._read(self._numbers(x))
        clusters: Clusters = self.classes[y]
        return clusters.nearest(self.z, self.scale, self.fields)

    @property
    def _learned(self) -> dict[str, Any]:
        """The learned state: fields with their moments, and the clusters of each class."""
        n: cython.Py_ssize_t = self.fields
        saved = []
        clusters: Clusters
        for label in self.classes:
            clusters = self.classes[label]
            live: cython.Py_ssize_t = clusters.n
            saved.append(
                [
                    label,
                    bytes(clusters.centres[: live * FIELDS]),
                    bytes(clusters.masses[:live]),
                    clusters.seen,
                ]
            )
        return {
            "fields": list(self.names),
            "counts": bytes(self.counts[:n]),
            "means": bytes(self.means[:n]),
            "variances": bytes(self.variances[:n]),
            "classes": saved,
        }

    def _resume(self, state: Any) -> None:
        """Continue from a saved `_learned`; raises ValueError, and changes nothing, where it is not valid."""
        saved = entries(state, "fields", "counts", "means", "variances", "classes")
        names = distinct(saved, "fields", None, FIELDS)
        n: cython.Py_ssize_t = len(names)
        counts, means = (
            numbers(saved, "counts", n, 0.0),
            numbers(saved, "means", n, -LARGEST_SQUARED, LARGEST_SQUARED),
        )
        variances = numbers(saved, "variances", n, 0.0)
        classes: dict[Any, Any] = {}
        clusters: Clusters
        parts = [listed({"classes": one}, "classes", 4) for one in listed(saved, "classes")]
        for label in distinct({"classes": [part[0] for part in parts]}, "classes"):
            _, centres, masses, seen = parts[len(classes)]
            found = numbers({"masses": masses}, "masses", None, 0.0)
            live: cython.Py_ssize_t = len(found)
            if not 0 < live <= self.size:
                raise refused("classes", f"1 to {self.size} clusters of each class")
            places = numbers(
                {"centres": centres}, "centres", live * FIELDS, -LARGEST_SQUARED, LARGEST_SQUARED
            )
            clusters = Clusters(self.size)
            clusters.n, clusters.seen = live, whole({"seen": seen}, "seen", 1, SEEDING * self.size)
            clusters.centres = array("d", bytes(places) + bytes(8 * FIELDS * (self.size - live)))
            clusters.masses = array("d", bytes(found) + bytes(8 * (self.size - live)))
            classes[label] = clusters
        pad = bytes(8 * (FIELDS - n))
        self.counts, self.means = array("d", bytes(counts) + pad), array("d", bytes(means) + pad)
        self.variances = array("d", bytes(variances) + pad)
        self.fields, self.names, self.classes = n, {name: i for i, name in enumerate(names)}, classes


@cython.cfunc
@cython.exceptval(-1, check=False)
def is_number(value: Any) -> cython.bint:
    """Whether a value is a number within 1e100 of 0; a bool is none."""
    if type(value) is not float and (type(value) is bool or not isinstance(value, Real)):
        return False
    if isinstance(value, int):
        return -LARGEST_SQUARED <= value <= LARGEST_SQUARED
    number: cython.double = float(value)
    return -LARGEST_SQUARED <= number <= LARGEST_SQUARED
