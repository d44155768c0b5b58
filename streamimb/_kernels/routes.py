# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The two routes from a sampled learner to the probabilities of the unsampled stream.

`OffsetRoute` puts the shift into the training of a learner that takes an offset. `MappingRoute` serves any other
classifier: a correction (`streamimb.correction`) turns its probabilities into those of the unsampled stream.
"""

from __future__ import annotations

from math import nan
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log

    from streamimb._kernels.adapters import train
    from streamimb._kernels.answer import other_classes, probability
    from streamimb._kernels.class_logs import share_at
    from streamimb._kernels.part_numbers import weight_from
    from streamimb._kernels.ports import Anchor, Learner
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.route import Route
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.adapters import train
    from cython.cimports.streamimb._kernels.answer import other_classes, probability
    from cython.cimports.streamimb._kernels.class_logs import share_at
    from cython.cimports.streamimb._kernels.part_numbers import weight_from
    from cython.cimports.streamimb._kernels.ports import Anchor, Learner
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.route import Route
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.adapters import CLASSES
from streamimb._kernels.answer import true_of
from streamimb._kernels.part_numbers import probabilities_from

CLASS_FLOOR = cython.declare(cython.double, limits.CLASS_FLOOR)
TWO_CLASSES_ONLY = "anchor: only the live one follows classes other than True and False; use anchor='live'"


@cython.cclass
class OffsetRoute(Route):
    """Train on g(x) + anchor + shift and serve sigmoid(g(x) + anchor); for the classes False and True only."""

    def __init__(self, learner: Learner, anchor: Anchor) -> None:
        self.learner, self.anchor = learner, anchor
        self.needs_rates = False
        self.memo_size = learner.memo_size

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
        row.offset = self.anchor.logit(row)
        row.p = self.learner.probability(row, row.offset)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def correct(self, row: Row) -> cython.int:
        row.corrected = row.p
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def uncorrect(self, row: Row) -> cython.int:
        row.raw = self.learner.own(row.p / (row.p + (1.0 - row.p) * exp(-log(row.r1 / row.r0))))
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        if y is not True and y is not False:
            raise ValueError(CLASSES)
        return self.learner.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admit(self, row: Row, y: Any) -> cython.int:
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double, copies: cython.double) -> cython.int:
        label: cython.bint = y is True
        self.learner.observe(row, label, row.offset, w)
        if copies > 0.0:
            self.learner.step(row, label, row.offset + log(row.r1 / row.r0), w * copies)
        self.anchor.note(row, label, row.p, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def add(self, row: Row, x: Any, y: Any, w: cython.double) -> cython.int:
        label: cython.bint = y is True
        other: Row = self.learner.read(x)
        try:
            other.more = row.more
            other.offset = self.anchor.logit(other)  # another one where the anchor depends on x
            self.learner.probability(other, other.offset)
            self.learner.step(other, label, other.offset + log(row.r1 / row.r0), w)
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


@cython.cclass
class MappingRoute(Route):
    """Correct the probabilities of any classifier, of any number of classes.

    The classes are False and True until another label comes, or the classifier names another class.
    """

    def __init__(
        self,
        classifier: Any,
        traits: Any,
        correction: Any,
        anchor: Anchor,
        live: bool,
        prior: PriorBank,
        draws_copies: bool,
    ) -> None:
        self.classifier, self.traits, self.correction = classifier, traits, correction
        self.anchor, self.live, self.prior, self.draws_copies = anchor, live, prior, draws_copies
        self.needs_rates = bool(correction.needs_rates)
        self.memo_size = 0
        self.many = bool(traits.many)
        self.labels = {}
        self.spare = Row()

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        return self.spare.busy

    @cython.cfunc
    def read(self, x: Any) -> Row:
        row: Row = Row() if self.spare.busy else self.spare
        row.begin(x)
        return row

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def pilot(self, row: Row) -> cython.int:
        if row.more is None:
            own = self.classifier.predict_proba_one(row.x)
        else:
            own = self.classifier.predict_proba_one(row.x, **self.traits.asked(row.more))
        row.named = own
        if self.many and (other_classes(own) or other_classes(self.labels)):
            row.pilot = probabilities_of(own, self.labels)
            row.p = row.pilot.get(True, 0.0)
        else:
            row.p = true_of(own, self._prior_of(row, TWO)[True])
            row.pilot = {False: 1.0 - row.p, True: row.p}
        return 0

    @cython.cfunc
    def _prior_of(self, row: Any, p: Any) -> dict[Any, float]:
        """The prior of these classes: the live prior, or that of another anchor."""
        if self.live:
            return self.prior.over(p)
        if other_classes(p):
            raise ValueError(TWO_CLASSES_ONLY)
        m: cython.double = share_at(self.anchor.logit(row))
        return {False: 1.0 - m, True: m}

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def correct(self, row: Row) -> cython.int:
        prior = self._prior_of(row, row.pilot) if row.prior is None or not self.live else row.prior
        # Copies, as every part of somebody else gets: it may change them.
        given = self.correction.correct_one(dict(row.pilot), dict(row.rates or {}), dict(prior))
        corrected = probabilities_from(self.correction, "correct_one", given, row.pilot)
        if other_classes(corrected):
            row.mapping = corrected
            row.corrected = nan
        else:
            row.corrected = corrected[True]
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def uncorrect(self, row: Row) -> cython.int:
        row.raw = row.p
        if row.mapping is not None:
            row.raw, row.raws = nan, row.pilot
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        self.traits.check_label(y)
        self.traits.check_keywords(more)
        if not self.live and y is not True and y is not False:
            raise ValueError(TWO_CLASSES_ONLY)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admit(self, row: Row, y: Any) -> cython.int:
        if y not in row.pilot:
            # At the first other label the classes are no longer assumed to be False and True.
            own = row.pilot if other_classes(row.pilot) else row.named
            row.pilot = probabilities_of(own, {**self.labels, y: None})
            row.prior = None
            row.rated = False
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double, copies: cython.double) -> cython.int:
        i: cython.Py_ssize_t
        if not self.live and not row.scored:
            self.correct(row)  # sets `corrected`, from which the anchor learns
        if copies > 0.0:
            weight = self._weight(row, y, w, copies)
            for i in range(int(copies) if self.draws_copies else 1):
                train(self.classifier, self.traits, row.x, y, weight, row.more)
        self.labels[y] = None
        if not self.live:
            self.anchor.note(row, y is True, row.corrected, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def add(self, row: Row, x: Any, y: Any, w: cython.double) -> cython.int:
        train(self.classifier, self.traits, x, y, self._weight(row, y, w, 1.0), row.more)
        return 0

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def _weight(self, row: Row, y: Any, w: cython.double, copies: cython.double) -> cython.double:
        """The weight with which the classifier learns an event."""
        return weight_from(self.correction, "give_one", self.correction.give_one(y, row.rates[y], w, copies))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return self.traits.takes(w)

    def labels_learned(self) -> list[Any]:
        """Return the labels that were learned, in the order of their first event."""
        return list(self.labels)

    def resume(self, labels: list[Any]) -> None:
        """Continue with labels that were learned."""
        self.labels = dict.fromkeys(labels)


TWO = {False: 0.5, True: 0.5}
ABSENT: Any = object()


@cython.cfunc
def probabilities_of(own: Any, labels: dict[Any, Any]) -> dict[Any, float]:
    """A classifier's probabilities of the learned labels and of the classes it names, each at least `CLASS_FLOOR`."""
    named: dict[Any, Any] = own if type(own) is dict else dict(own)
    p: dict[Any, float] = {}
    total: cython.double = 0.0
    # Computed twice, for the sum and for the answer: that costs less than to write them into a dict twice.
    for k in labels:
        total += probability_in(named, k)
    others = [k for k in named if k not in labels]
    for k in others:
        total += probability_in(named, k)
    for k in labels:
        p[k] = probability_in(named, k) / total
    for k in others:
        p[k] = probability_in(named, k) / total
    return p


@cython.cfunc
@cython.exceptval(-1.0, check=True)
def probability_in(named: dict[Any, Any], k: Any) -> cython.double:
    found = named.get(k, ABSENT)
    if found is ABSENT:
        return CLASS_FLOOR
    return max(CLASS_FLOOR, probability(found))
