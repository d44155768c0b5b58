# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Ports: one abstract compiled class, with virtual methods, for each kind of part.

A wrapper holds ports only. Our kernels are subclasses of them; any other part stands behind an adapter
(`adapters.py`) that calls the methods of the public protocol (`streamimb.protocols`).
"""

from __future__ import annotations

from copyreg import __newobj__
from math import inf
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.learner_arguments import weight_of
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.learner_arguments import weight_of
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import label_of, true_or_nan
from streamimb._kernels.batch import checked_events, checked_weights
from streamimb._kernels.class_labels import checked_labels
from streamimb._kernels.memos import memo_from, refuse_size
from streamimb.protocols import Scores

ABSTRACT = "this method belongs to a subclass"
IN_HAND = "{} has an event in hand: it cannot be set up anew by a value or part that is called while it works"


@cython.cclass
class Port:
    """Saved and copied by its state alone."""

    def __reduce__(self) -> Any:
        return __newobj__, (type(self),), self.__getstate__()


@cython.cclass
class Anchor(Port):
    """Provides the log-odds to which the learner's own log-odds are added."""

    @cython.cfunc
    @cython.exceptval(-1e308, check=True)
    def logit(self, row: Row) -> cython.double:
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: cython.bint, p: cython.double, w: cython.double) -> cython.int:
        """Learns a labelled event; p is the corrected P(True) before learning."""
        raise NotImplementedError(ABSTRACT)


@cython.cclass
class Rates(Port):
    """Computes the rate of each class: the expected number of copies of an event that the learner gets."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        """Sets r0 and r1 of the row from p, or `rates` from `pilot` where there are other classes."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        """Learns a labelled event, drawn or not, after its rates were used and before the prior counts it."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(check=False)
    def weighs_all(self) -> cython.bint:
        """Whether the rate, the same for all classes, is the weight of the event for the prior and anchor too."""
        return False


@cython.cclass
class Scaling(Port):
    """A calibrator: maps a score, of an event with features x, to the probability it means."""

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def calibrated(self, p: cython.double, x: Any) -> cython.double:
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, p: cython.double, y: cython.bint, w: cython.double, x: Any, memo: Any) -> cython.int:
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    def remember(self, p: cython.double) -> tuple[Any, ...]:
        """The memo for score p: `memo_size` floats that `learn` gets back."""
        return ()

    def check_memo(self, memo: Any) -> None:
        """Raise ValueError for finite floats that are no memo of this calibrator; nothing has learned then."""


@cython.cclass
class Model(Port):
    """A classifier: virtual methods for the wrapper around it, and the public methods of a River classifier.

    `read`, `score` and `learn` are called at most once for a row; `learn` scores a row that was not scored. Whoever
    calls `read` releases the row in a `finally`. Until then values and parts of others may run code of any kind, so the
    model is `in_hand`: nothing that the call has read of it may be replaced."""

    @cython.cfunc
    def lend(self, x: Any) -> Row:
        """Returns the spare row, or a new one for a call inside the call that has the spare one."""
        row: Row = self.spare
        if row is None:
            row = self.spare = Row()
        elif row.busy:
            row = Row()
        row.begin(x)
        return row

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        """Whether a call has an event of this model in hand."""
        return self.spare is not None and self.spare.busy

    def check_idle(self) -> None:
        """Raise RuntimeError while a call has an event of this model in hand."""
        if self.ready and self.in_hand():
            raise RuntimeError(IN_HAND.format(type(self).__name__))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def set_up(self, memo_size: cython.Py_ssize_t) -> cython.int:
        """Makes the model ready; every `__init__` and `__setstate__` calls this before it replaces the first part."""
        self.check_idle()
        self.spare, self.memo_size, self.ready = None, memo_size, True
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        """Whether `read` returns a row of x itself, together with its `reader`; a guard can then check that row."""
        return False

    @cython.cfunc
    def read(self, x: Any) -> Row:
        """A row with the event, which is released where the event cannot be read."""
        row: Row = self.lend(x)
        filled: cython.bint = False
        try:
            self.fill(row)
            filled = True
        finally:
            if not filled:
                row.done()
        return row

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        """Reads the event of a row that was lent."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check_example(self, x: Any) -> cython.int:
        """Raises for an example that cannot be read; changes nothing."""
        row: Row = self.read(x)
        try:
            if row.n_odd > 0:
                raise TypeError(row.odd)
        finally:
            row.done()
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        """Sets `corrected` and `calibrated` of the row, and `mapping` and `answer` where there are other classes."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def rate(self, row: Row) -> cython.int:
        """Sets `raw` of a row that was scored."""
        row.raw = row.corrected
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        """Raises ValueError for a label or keywords that `learn` would refuse; changes nothing."""
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        """Learns an event of weight w > 0. What can be refused is refused before the first part has changed."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        """Whether an event of weight w teaches anything; raises ValueError where w is no weight or would be dropped."""
        if not 0.0 <= w < inf:
            raise ValueError("w: expected a finite number >= 0")
        return w > 0.0

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        """The memo of a row that was scored: `memo_size` floats, or more where its size depends on the event."""
        return ()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        """How many floats at the start of a memo are this model's; raises ValueError where they are no memo of it."""
        return self.memo_size

    @cython.cfunc
    def checked_memo(self, memo: Any) -> tuple[Any, ...]:
        """A memo as a tuple of its own; raises ValueError for what is no memo of this model."""
        checked: tuple[Any, ...] = memo_from(memo)
        refuse_size(checked, self.length(checked))
        return checked

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return 1.0

    @cython.cfunc
    def scores_of(self, row: Row) -> Scores:
        """The three probabilities of a row that was scored."""
        self.rate(row)
        if row.answer is None:
            return Scores(row.raw, row.corrected, row.calibrated)
        corrected: cython.double = true_or_nan(row.mapping)
        return Scores(corrected if row.raw != row.raw else row.raw, corrected, true_or_nan(row.answer))

    @cython.cfunc
    def answer_of(self, row: Row) -> dict[Any, float]:
        """The probability of each class of a row that was scored."""
        return {False: 1.0 - row.calibrated, True: row.calibrated} if row.answer is None else row.answer

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check_ready(self) -> cython.int:
        """Raises TypeError for an object that was made by __new__ alone: its parts are missing."""
        if not self.ready:
            raise TypeError(f"{type(self).__name__} was made without __init__: it cannot be used")
        return 0

    @cython.cfunc
    def _begin(self, x: Any, kwargs: Any) -> Row:
        self.check_ready()
        row: Row = self.read(x)
        row.more = kwargs if kwargs else None
        return row

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        """Return the probability of each class; the classes are False and True until another label comes."""
        row: Row = self._begin(x, kwargs)
        try:
            self.score(row)
            answer = self.answer_of(row)
        finally:
            row.done()
        return answer

    def learn_one(self, x: Any, y: Any, w: Any = 1.0, memo: Any = None, **kwargs: Any) -> None:
        """Learn an event of weight w, `memo` being that of `scores_one`; keywords go to the innermost classifier."""
        label = y if y is True or y is False else label_of(y)
        checked = None if memo is None else self.checked_memo(memo)
        weight: cython.double = weight_of(w)
        if kwargs:
            self.check(label, kwargs)
        if weight != 1.0 and not self.takes(weight):
            return
        row: Row = self._begin(x, kwargs)
        try:
            row.memo = checked
            self.learn(row, label, weight)
        finally:
            row.done()

    def scores_one(self, x: Any) -> tuple[Scores, tuple[float, ...]]:
        """Return P(True) raw, corrected and calibrated, and the memo to pass to `learn_one` with the label.

        Where the classifier names other classes, and True is none of them, the three scores are NaN.
        """
        row: Row = self._begin(x, None)
        try:
            self.score(row)
            scores = self.scores_of(row)
            memo = self.remember(row) if self.memo_size > 0 else ()
        finally:
            row.done()
        return scores, memo

    def score_learn_one(self, x: Any, y: Any) -> Scores:
        """Return the scores, then learn: the event is read once."""
        label = y if y is True or y is False else label_of(y)
        row: Row = self._begin(x, None)
        try:
            self.score(row)
            scores = self.scores_of(row)
            self.learn(row, label, 1.0)
        finally:
            row.done()
        return scores

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, decayed; 1 where nothing is sampled."""
        self.check_ready()
        return self.kept()


@cython.cclass
class Learner(Model):
    """A classifier that adds its log-odds to an offset."""

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def probability(self, row: Row, offset: cython.double) -> cython.double:
        """P(True) = sigmoid(g(x) + offset); changes nothing but the row."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def own(self, p: cython.double) -> cython.double:
        """The score, in [0, 1], that the learner's loss has at a probability p; p itself with cross-entropy."""
        return p

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        """Learns from every labelled event, drawn or not; the row was scored at this offset."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        """Takes a step of weight w on g + offset, after `observe` of the same row."""
        raise NotImplementedError(ABSTRACT)


@cython.cclass
class ClassLearner(Model):
    """A classifier of any number of classes that adds an offset to its log-odds of each class."""

    @cython.cfunc
    def probabilities(self, row: Row, offsets: dict[Any, float]) -> dict[Any, float]:
        """P of each class of the offsets, proportional to exp(g_k(x) + offset_k); changes nothing but the row."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    def own_classes(self, p: dict[Any, float]) -> dict[Any, float]:
        """The score of each class that the learner's loss has at probabilities p; they sum to 1, as p does."""
        return p

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        """Learns from every labelled event, drawn or not; y is one of the classes of the offsets."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        """Takes a step of weight w on g_k + offset_k, after `observe_classes` of the same row."""
        raise NotImplementedError(ABSTRACT)

    def learn_events(self, events: Any, y: list[Any], w: Any = None) -> None:
        """Learn a list of dicts as a loop of `learn_one` does."""
        self.check_ready()
        listed: list[Any] = checked_events(events)
        labels, weights = checked_labels(y, len(listed)), checked_weights(w, len(listed))
        for x, label, weight in zip(listed, labels, weights, strict=True):
            if weight > 0.0:
                row: Row = self.read(x)
                try:
                    self.learn(row, label, weight)
                finally:
                    row.done()


if not cython.compiled:  # compiled fields start as 0; interpreted ones need a value
    Scaling.memo_size = Model.memo_size = 0
    Model.spare, Model.ready = None, False
