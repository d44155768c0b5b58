# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Adapters: ports for parts that are not kernels, one for each public protocol.

`traits` describes what a classifier declares (keywords, weights, classes); it is computed once, at construction.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.answer import other_classes, probability
    from streamimb._kernels.part_numbers import number_from, probability_from
    from streamimb._kernels.ports import Anchor, Learner, Model, Rates, Scaling
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.answer import other_classes, probability
    from cython.cimports.streamimb._kernels.part_numbers import number_from, probability_from
    from cython.cimports.streamimb._kernels.ports import Anchor, Learner, Model, Rates, Scaling
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import true_of
from streamimb._kernels.memos import memo_of

# By name: Cython reads a literal as index 0 or 1, without a bounds check where a sampler returns a list.
TRUE: Any = True
FALSE: Any = False
CLASSES = (
    "the labels are not True and False, which is all this learner knows: "
    "put River's OneVsRestClassifier around all of it, as in OneVsRestClassifier(SampledClassifier(...)) or "
    "OneVsRestClassifier(ensemble.UOBClassifier(...)), or map the rare class to True"
)


@cython.cclass
class LiveAnchor(Anchor):
    """The class prior itself, which the wrapper keeps."""

    def __init__(self, prior: PriorBank) -> None:
        self.prior = prior

    @cython.cfunc
    @cython.exceptval(-1e308, check=True)
    def logit(self, row: Row) -> cython.double:
        return self.prior.log_odds

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: cython.bint, p: cython.double, w: cython.double) -> cython.int:
        return 0


@cython.cclass
class ForeignAnchor(Anchor):
    """An anchor that implements `protocols.Anchor`."""

    def __init__(self, anchor: Any) -> None:
        self.anchor = anchor

    @cython.cfunc
    @cython.exceptval(-1e308, check=True)
    def logit(self, row: Row) -> cython.double:
        logit: cython.double = number_from(self.anchor, "logit_one", self.anchor.logit_one(row.event))
        if not isfinite(logit):
            raise ValueError(
                f"anchor: {type(self.anchor).__name__}.logit_one gave a number that is not finite"
            )
        return logit

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: cython.bint, p: cython.double, w: cython.double) -> cython.int:
        self.anchor.learn_one(row.event, bool(y), p, w)
        return 0


@cython.cclass
class ForeignRates(Rates):
    """A sampler that implements `protocols.Sampler`."""

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler
        self.by_event, self.draws_copies = bool(sampler.depends_on_x), bool(sampler.draws)
        self.reweighs = bool(getattr(sampler, "reweighs", False))

    @cython.cfunc
    @cython.exceptval(check=False)
    def weighs_all(self) -> cython.bint:
        return self.reweighs

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is not None and row.prior is not None:  # more than two classes
            rates = self.sampler.rates_one(row.event, dict(row.pilot), dict(row.prior))
            row.rates = rates_by_class(self.sampler, rates, row.pilot)
            return 0
        pilot = {False: 1.0 - row.p, True: row.p}
        rates = self.sampler.rates_one(row.event, dict(pilot), {False: 1.0 - prior.m, True: prior.m})
        checked = rates_by_class(self.sampler, rates, pilot)
        row.r0, row.r1 = checked[FALSE], checked[TRUE]
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        if row.pilot is not None and row.rates is not None and row.prior is not None:
            self.sampler.learn_one(row.event, y, dict(row.pilot), dict(row.rates), dict(row.prior), w)
            return 0
        pilot = {False: 1.0 - row.p, True: row.p}
        rates = {False: row.r0, True: row.r1}
        self.sampler.learn_one(row.event, y, pilot, rates, {False: 1.0 - prior.m, True: prior.m}, w)
        return 0


@cython.cfunc
def rates_by_class(sampler: Any, rates: Any, p: dict[Any, float]) -> dict[Any, float]:
    """The answer of a sampler as a dict: the rate of each class of p; rates of other classes are ignored."""
    if type(rates) is not dict and not isinstance(rates, Mapping):
        raise ValueError(
            f"sampler: {type(sampler).__name__}.rates_one gave {type(rates).__name__}: "
            "it has to return a mapping with a rate for every class of p"
        )
    checked: dict[Any, float] = {}
    for label in p:
        rate = rates.get(label)
        if rate is None:
            raise ValueError(
                f"sampler: {type(sampler).__name__}.rates_one lacks a class: "
                "it has to return a rate for every class of p"
            )
        checked[label] = number_from(sampler, "rates_one", rate)
    return checked


def rates_of(sampler: Any) -> Rates:
    """The `Rates` port of a sampler: itself, or an adapter around it."""
    return sampler if isinstance(sampler, Rates) else ForeignRates(sampler)


@cython.cclass
class ForeignScaling(Scaling):
    """A calibrator that implements `protocols.Calibrator`; with a `memo_size`, `memo_one(p)` returns the memo."""

    def __init__(self, calibrator: Any) -> None:
        self.calibrator = calibrator
        self.memo_size = int(getattr(calibrator, "memo_size", 0))
        self.needs_x = bool(getattr(calibrator, "needs_x", False))

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def calibrated(self, p: cython.double, x: Any) -> cython.double:
        q = self.calibrator.calibrate_one(p, x=x) if self.needs_x else self.calibrator.calibrate_one(p)
        return probability_from(self.calibrator, "calibrate_one", q)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, p: cython.double, y: cython.bint, w: cython.double, x: Any, memo: Any) -> cython.int:
        more: dict[str, Any] = {"x": x} if self.needs_x else {}
        if self.memo_size > 0:
            self.calibrator.learn_one(p, bool(y), w, memo, **more)
        else:
            self.calibrator.learn_one(p, bool(y), w, **more)
        return 0

    @cython.cfunc
    def remember(self, p: cython.double) -> tuple[Any, ...]:
        return memo_of(self.calibrator.memo_one(p), self.memo_size) if self.memo_size > 0 else ()


def scaling_of(calibrator: Any) -> Scaling:
    """The `Scaling` port of a calibrator: itself, or an adapter around it."""
    return calibrator if isinstance(calibrator, Scaling) else ForeignScaling(calibrator)


@cython.cfunc
@cython.exceptval(-1, check=False)
def train(classifier: Any, traits: Any, x: Any, y: Any, w: cython.double, more: Any) -> cython.int:
    """Trains a foreign classifier on one example; of the keywords of the call it gets those that it declares."""
    if y is not True and y is not False:
        traits.check_label(y)
    if more is None and w == 1.0:
        classifier.learn_one(x, y)
    elif w == 1.0:
        classifier.learn_one(x, y, **traits.forwarded(more))
    else:
        classifier.learn_one(x, y, w=w, **traits.forwarded(more))
    return 0


@cython.cclass
class ForeignModel(Model):
    """Any River classifier, called by `predict_proba_one` and `learn_one`."""

    def __init__(self, classifier: Any, traits: Any) -> None:
        self.set_up(0)
        self.classifier, self.traits = classifier, traits

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        p = self.classifier.predict_proba_one(row.x, **self.traits.asked(row.more))
        if other_classes(p):
            row.mapping = row.answer = {label: probability(said) for label, said in p.items()}
            row.corrected = row.calibrated = nan
        else:
            row.corrected = row.calibrated = true_of(p)
        row.scored = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        train(self.classifier, self.traits, row.x, y, w, row.more)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        self.traits.check_label(y)
        self.traits.check_keywords(more)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return Model.takes(self, w) and self.traits.takes(w)


@cython.cclass
class ForeignLearner(Learner):
    """A learner that implements `protocols.OffsetLearner`; with a `memo_size`, `memo_one` returns the memo."""

    def __init__(self, learner: Any, traits: Any) -> None:
        self.set_up(int(getattr(learner, "memo_size", 0)))
        self.learner, self.traits = learner, traits

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        return 0

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def probability(self, row: Row, offset: cython.double) -> cython.double:
        p = self.learner.predict_offset_one(row.x, offset, **self.traits.predicted(row.more))
        return probability_from(self.learner, "predict_offset_one", p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        more = self.traits.observed(row.more)
        if self.memo_size > 0:
            self.learner.observe_one(row.x, bool(y), offset, w, row.memo, **more)
        else:
            self.learner.observe_one(row.x, bool(y), offset, w, **more)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        self.traits.check_taught(more)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        self.learner.step_one(row.x, bool(y), offset, w, **self.traits.stepped(row.more))
        return 0

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return memo_of(self.learner.memo_one(row.x, row.offset), self.memo_size) if self.memo_size > 0 else ()


@cython.cclass
class TransformedLearner(Learner):
    """A pipeline whose last step takes an offset; its transformers learn every event."""

    def __init__(self, inner: Learner, pipeline: Any, transform: Any, learn_transform: Any) -> None:
        self.set_up(inner.memo_size)
        self.inner, self.pipeline = inner, pipeline
        self.transform, self.learn_transform = transform, learn_transform

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        return Model.in_hand(self) or self.inner.in_hand()

    @cython.cfunc
    def read(self, x: Any) -> Row:
        own: Row = self.lend(x)  # the transformers are called with it in hand
        try:
            row: Row = self.inner.read(self.transform(self.pipeline, x))
        finally:
            own.done()
        row.event = x
        row.reader = None
        return row

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def probability(self, row: Row, offset: cython.double) -> cython.double:
        return self.inner.probability(row, offset)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def own(self, p: cython.double) -> cython.double:
        return self.inner.own(p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        self.learn_transform(self.pipeline, row.event, bool(y))
        return self.inner.observe(row, y, offset, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        return self.inner.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        return self.inner.step(row, y, offset, w)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self.inner.remember(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self.inner.length(memo)
