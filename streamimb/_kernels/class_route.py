# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The route of a learner that takes an offset for each of any number of classes.

It puts the rates of all classes into the training: the learner is trained at g_k(x) + log prior_k + log r_k(x) and
served at g_k(x) + log prior_k. `OffsetRoute` is the same with two classes, in one number instead of a mapping.
"""

from __future__ import annotations

from math import nan
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_logs import logs, share_at, shifted
    from streamimb._kernels.mixed_class_anchor import MixedClassAnchor
    from streamimb._kernels.ports import Anchor, ClassLearner
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.route import Route
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.class_logs import logs, share_at, shifted
    from cython.cimports.streamimb._kernels.mixed_class_anchor import MixedClassAnchor
    from cython.cimports.streamimb._kernels.ports import Anchor, ClassLearner
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.route import Route
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import TWO, is_label
from streamimb._kernels.class_labels import TWO_CLASSES
from streamimb._kernels.routes import TWO_CLASSES_ONLY
from streamimb._kernels.saved import refused


@cython.cclass
class ClassOffsetRoute(Route):
    """Fields are declared in class_route.pxd. The classes are False and True until another label comes."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets abstract parts, whose methods raise.
        self.learner, self.anchor, self.prior, self.labels = ClassLearner(), Anchor(), PriorBank(), {}

    def __init__(self, learner: ClassLearner, anchor: Anchor, mixed: Any, prior: PriorBank) -> None:
        self.learner, self.anchor, self.mixed, self.prior = learner, anchor, mixed, prior
        self.needs_rates = False
        self.memo_size = learner.memo_size
        self.labels = {}

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        return self.learner.reads_directly()

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        return self.learner.in_hand()

    @cython.cfunc
    def read(self, x: Any) -> Row:
        return self.learner.read(x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def pilot(self, row: Row) -> cython.int:
        return self._score(row, TWO_CLASSES if TWO.issuperset(self.labels) else self.labels)

    @cython.cfunc
    def _offsets(self, row: Row, prior: dict[Any, float]) -> dict[Any, float]:
        """The offsets of these classes at the event of a row: those of the mixed anchor, or the logs of the other's."""
        m: cython.double
        if self.mixed is not None:
            return self.mixed.offsets(prior)
        m = share_at(self.anchor.logit(row))
        return logs({False: max(1e-300, 1.0 - m), True: m})

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _score(self, row: Row, labels: Any) -> cython.int:
        """Sets the probabilities of these classes, and the offsets from which they are computed (`named`)."""
        row.prior = self.prior.over(labels)
        row.named = self._offsets(row, row.prior)
        row.pilot = self.learner.probabilities(row, row.named)
        row.p = row.pilot.get(True, 0.0)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def correct(self, row: Row) -> cython.int:
        if row.pilot.keys() <= TWO:
            row.corrected = row.p
        else:
            row.mapping = row.pilot
            row.corrected = nan
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def uncorrect(self, row: Row) -> cython.int:
        r0: cython.double
        r1: cython.double
        p: cython.double
        row.raw = nan
        if row.mapping is None:
            r0, r1 = row.rates[False], row.rates[True]
            p = row.p * r1 / (row.p * r1 + (1.0 - row.p) * r0)
            row.raw = self.learner.own_classes({False: 1.0 - p, True: p})[True]
        else:
            row.raws = self.learner.own_classes(tilted(row.mapping, row.rates))
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        if self.mixed is None and y is not True and y is not False:
            raise ValueError(TWO_CLASSES_ONLY)
        return self.learner.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admit(self, row: Row, y: Any) -> cython.int:
        if y not in row.pilot:
            # At the first other label the classes are no longer assumed to be False and True.
            self._score(row, {**self.labels, y: None})
            row.rates = None
            row.rated = False
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double, copies: cython.double) -> cython.int:
        self.learner.observe_classes(row, y, row.named, w)
        if copies > 0.0:
            self.learner.step_classes(row, y, shifted(row.named, row.rates), w * copies)
        self.labels[y] = None
        if self.mixed is None:
            self.anchor.note(row, y is True, row.p, w)
        else:
            self.mixed.note(row.pilot, row.named, row.prior, y, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def add(self, row: Row, x: Any, y: Any, w: cython.double) -> cython.int:
        other: Row = self.learner.read(x)
        try:
            other.more = row.more
            offsets = self._offsets(other, row.prior)  # others where the anchor depends on x
            self.learner.probabilities(other, offsets)
            self.learner.step_classes(other, y, shifted(offsets, row.rates), w)
        finally:
            other.done()
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check_example(self, x: Any) -> cython.int:
        return self.learner.check_example(x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return w > 0.0

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self.learner.remember(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self.learner.length(memo)

    def anchors_one(self, x: Any) -> dict[Any, float]:
        """Return the offset of each class at which an event is served."""
        row: Row = self.read(x)
        try:
            self.pilot(row)
            offsets: dict[Any, float] = row.named
        finally:
            row.done()
        return offsets

    def labels_learned(self) -> list[Any]:
        """Return the labels that were learned, in the order of their first event."""
        return list(self.labels)

    def resume(self, labels: list[Any]) -> None:
        """Continue with labels that were learned, after they were checked."""
        if not all(is_label(label) for label in labels):
            raise refused("labels", "labels of type str, int or bool")
        self.labels = dict.fromkeys(labels)


@cython.cfunc
def tilted(p: dict[Any, float], rates: dict[Any, float]) -> dict[Any, float]:
    """The probabilities that a sampled learner without correction would give: in proportion to p and rate."""
    q: cython.double
    rate: cython.double
    total: cython.double = 0.0
    raws: dict[Any, float] = {}
    for label, q in p.items():
        rate = rates[label]
        total += q * rate
    for label, q in p.items():
        rate = rates[label]
        raws[label] = q * rate / total
    return raws
