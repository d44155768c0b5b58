# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Softmax regression on feature dicts, at several learning rates, anchored on class priors or on given offsets.

It reads and standardises events as `logistic.py` does, and has weights and offsets for every class.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_logs import logs
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.learner_arguments import weight_of
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.matrix_reader import MatrixReader
    from streamimb._kernels.ports import ClassLearner
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.rate_mixture import RateMixture
    from streamimb._kernels.row import Row
    from streamimb._kernels.softmax_weights import SoftmaxWeights
    from streamimb._kernels.softmax_work import SoftmaxWork
    from streamimb._kernels.standardizer import Standardizer
else:
    from cython.cimports.streamimb._kernels.class_logs import logs
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.learner_arguments import weight_of
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.matrix_reader import MatrixReader
    from cython.cimports.streamimb._kernels.ports import ClassLearner
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.rate_mixture import RateMixture
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.softmax_weights import SoftmaxWeights
    from cython.cimports.streamimb._kernels.softmax_work import SoftmaxWork
    from cython.cimports.streamimb._kernels.standardizer import Standardizer

from streamimb._kernels.answer import TWO, label_of
from streamimb._kernels.batch import checked_events, checked_weights
from streamimb._kernels.class_labels import TWO_CLASSES, checked_labels, checked_offsets
from streamimb._kernels.feature_reader import CHANGED
from streamimb._kernels.learner_arguments import refuse_unknown
from streamimb._kernels.saved import Entry, refused

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this
KEYWORDS = ("offset",)  # None under a SampledClassifier, which refuses another
UNSEEN = "step_one: the event has a feature or class that observe_one has not seen: call that first"


@cython.cclass
class Softmax(ClassLearner):
    """Fields are declared in softmax.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._assemble(PriorBank(), Reader(), Standardizer(), SoftmaxWeights((1.0,), 1), RateMixture(1))

    def __init__(self, prior: PriorBank, rates: Any, bits: int, seed: int, loss: Any = None) -> None:
        weights: SoftmaxWeights = SoftmaxWeights(rates, bits, loss)
        self.set_up(0)
        self._assemble(prior, Reader(seed), Standardizer(), weights, RateMixture(len(rates)))

    @cython.cfunc
    def _assemble(
        self,
        prior: PriorBank,
        reader: Reader,
        moments: Standardizer,
        weights: SoftmaxWeights,
        mix: RateMixture,
    ) -> cython.void:
        self._prior, self._reader, self._moments = prior, reader, moments
        self._weights, self._mixture = weights, mix
        self._logs = None

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        self._blank(row)
        return self._reader.read(row, row.x)

    @cython.cfunc
    def _blank(self, row: Row) -> SoftmaxWork:
        """The `SoftmaxWork` of a row, before an event is read into it."""
        work: SoftmaxWork
        if row.work is None:
            row.work = SoftmaxWork(self._weights.real)
        work = row.work
        work.summed = False
        return work

    @cython.cfunc
    def _work(self, row: Row) -> SoftmaxWork:
        """The work of a row, with its coordinates and log-odds; computed once."""
        work: SoftmaxWork = row.work
        if not work.summed:
            if row.n_odd > 0:
                raise TypeError(row.odd)
            self._prepare(row, work)
        return work

    @cython.cfunc
    def _met(self, row: Row) -> SoftmaxWork:
        """The same, after new names and numbers were added to the index."""
        work: SoftmaxWork = self._work(row)
        if row.strange:
            self._reader.register(row)
            self._prepare(row, work)
        return work

    @cython.cfunc
    def _prepare(self, row: Row, work: SoftmaxWork) -> cython.void:
        if work.linear.capacity < row.capacity:
            work.linear.fit(row.capacity)
        if self._moments.capacity < self._reader.capacity:
            self._moments.fit(self._reader.capacity)
            self._weights.store.fit(self._reader.capacity)
        self._moments.standardise(row, work.linear)
        self._weights.store.place(row, work)
        self._weights.sum(work)
        work.summed = True

    @cython.cfunc
    def probabilities(self, row: Row, offsets: dict[Any, float]) -> dict[Any, float]:
        r: cython.Py_ssize_t
        c: cython.Py_ssize_t
        p: cython.double
        mixture: RateMixture = self._mixture
        work: SoftmaxWork = self._work(row)
        self._weights.expect(work, offsets)
        answer: dict[Any, float] = {}
        for c, label in enumerate(offsets):
            p = 0.0
            for r in range(work.real):
                p += mixture.share[r] * work.p[r * work.classes + c]
            answer[label] = p if p < 1.0 else 1.0
        return answer

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        r: cython.Py_ssize_t
        c: cython.Py_ssize_t = 0
        work: SoftmaxWork = self._met(row)
        linear: LinearWork = work.linear
        self._weights.expect(work, offsets)
        for label in offsets:
            if label == y:
                break
            c += 1
        # The mixture uses the probability that each rate gave to the label.
        for r in range(work.real):
            linear.E[r] = work.p[r * work.classes + c]
        linear.expected_at = 0.0
        self._mixture.judge(linear, True, 0.0, w if w < WEIGHT_CAP else WEIGHT_CAP)
        self._moments.observe(row, linear)
        self._reader.presence.note(row)
        for label in offsets:
            if label not in self._weights.store.index:
                self._weights.store.admit(label)
                self._logs = work.offsets = None
        self._weights.note(y, w if w < WEIGHT_CAP else WEIGHT_CAP)
        return 0

    @cython.cfunc
    def own_classes(self, p: dict[Any, float]) -> dict[Any, float]:
        return self._weights.own(p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        if w > 0.0:
            self._weights.learn(row, row.work, y, offsets, w if w < WEIGHT_CAP else WEIGHT_CAP)
        return 0

    @cython.cfunc
    def _anchors(self) -> dict[Any, float]:
        """The log of the prior of every class learned; of False and True before any other."""
        labels = self._weights.store.labels
        if self._logs is None:
            self._logs = logs(self._prior.over(TWO_CLASSES if TWO.issuperset(labels) else labels))
        return self._logs  # type: ignore[return-value]  # None was replaced

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        answer = self.probabilities(row, self._anchors())
        if answer.keys() <= TWO:
            row.corrected = row.calibrated = answer[True]
        else:
            row.mapping = row.answer = answer
            row.corrected = row.calibrated = float("nan")
        row.scored = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def rate(self, row: Row) -> cython.int:
        p: cython.double = row.corrected
        if row.mapping is None:
            row.raw = self._weights.own({False: 1.0 - p, True: p})[True]
        else:
            row.raw, row.raws = p, self._weights.own(row.mapping)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        if more is not None:
            refuse_unknown(more, KEYWORDS)
        return self._weights.store.check(y)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self._weights.store.check(y)
        self._met(row)  # an event that is refused adds no class
        if y not in self._weights.store.index:
            self._weights.store.admit(y)
            self._logs = None
        offsets = self._anchors()
        self.observe_classes(row, y, offsets, w)
        if self._prior.teaches(y):
            self.step_classes(row, y, offsets, w)
        self._prior.update(y, w)
        self._logs = None
        return 0

    def learn_one(self, x: Any, y: Any, w: Any = 1.0, memo: Any = None) -> None:  # type: ignore[override]  # without **kwargs, unknown keywords raise
        """Learn from an event of weight w, anchored on the prior of the classes; a new class may come at any time."""
        label = label_of(y)
        if memo is not None:
            self.checked_memo(memo)
        weight: cython.double = weight_of(w)
        if weight == 1.0 or self.takes(weight):
            row: Row = self._begin(x, None)
            try:
                self.learn(row, label, weight)
            finally:
                row.done()

    def predict_proba_one(self, x: Any) -> dict[Any, float]:  # type: ignore[override]  # as above
        """Return the probability of each class learned; False and True until another label comes."""
        row: Row = self._begin(x, None)
        try:
            answer = self.probabilities(row, self._anchors())
        finally:
            row.done()
        return answer

    def predict_offsets_one(self, x: Any, offsets: Any) -> dict[Any, float]:
        """Return P of each class of the offsets, the log-odds of class k anchored at `offsets[k]`."""
        checked = checked_offsets(offsets, None)
        row: Row = self._begin(x, None)
        try:
            answer = self.probabilities(row, checked)
        finally:
            row.done()
        return answer

    def observe_one(self, x: Any, y: Any, offsets: Any, w: Any = 1.0) -> None:
        """Learn from every labelled event: moments, and the mixture of rates."""
        label = label_of(y)
        checked = checked_offsets(offsets, label)
        weight: cython.double = weight_of(w)
        if self.takes(weight):
            row: Row = self._begin(x, None)
            try:
                self.observe_classes(row, label, checked, weight)
            finally:
                row.done()

    def step_one(self, x: Any, y: Any, offsets: Any, w: Any = 1.0) -> None:
        """Take a step of weight w on g_k + offset_k."""
        label = label_of(y)
        checked = checked_offsets(offsets, label)
        weight: cython.double = weight_of(w)
        if self.takes(weight):
            row: Row = self._begin(x, None)
            try:
                self._work(row)
                if row.strange or not self._weights.store.index.keys() >= checked.keys():
                    raise ValueError(UNSEEN)
                self.step_classes(row, label, checked, weight)
            finally:
                row.done()

    def learn_rows(self, names: Any, x: Any, y: list[Any], w: Any = None) -> None:
        """Learn the rows of a matrix of floats, whose columns have these names or numbers, as a loop does."""
        r: cython.Py_ssize_t
        strange: cython.bint
        self.check_ready()
        row: Row = self.lend(None)
        try:
            work: SoftmaxWork = self._blank(row)
            matrix: MatrixReader = MatrixReader(self._reader, names, x)
            labels, weights = checked_labels(y, matrix.x.shape[0]), checked_weights(w, matrix.x.shape[0])
            for r in range(matrix.x.shape[0]):
                if weights[r] > 0.0:
                    matrix.read(row, r)
                    work.summed = False
                    strange = row.strange
                    self.learn(row, labels[r], weights[r])
                    if strange:
                        matrix.find_columns()
        finally:
            row.done()

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

    def predict_rows(self, names: Any, x: Any) -> list[dict[Any, float]]:
        """Return the probabilities of every row of a matrix of floats; changes nothing."""
        r: cython.Py_ssize_t
        self.check_ready()
        answers: list[Any] = []
        row: Row = self.lend(None)
        try:
            work: SoftmaxWork = self._blank(row)
            matrix: MatrixReader = MatrixReader(self._reader, names, x)
            offsets = self._anchors()
            for r in range(matrix.x.shape[0]):
                work.summed = False
                matrix.read(row, r)
                answers.append(self.probabilities(row, offsets))
        finally:
            row.done()
        return answers

    def parts_one(self, x: Any, label: Any) -> list[tuple[Any, float]]:
        """(name, contribution) to class `label` of the intercept (named None) and of every feature, mixed."""
        i: cython.Py_ssize_t
        row: Row = self._begin(x, None)
        try:
            work: SoftmaxWork = self._work(row)
            reader: Reader = self._reader
            slots = [row.slots[i] for i in range(row.n)] + [row.gaps[i] for i in range(row.n_gaps)]
            owners = [None, *[reader.names[reader.owner[slot]] for slot in slots]]
            owners.extend([name for name in list(x) if isinstance(x[name], str)])
            if len(owners) != work.n:
                raise ValueError(CHANGED)
            parts = self._weights.parts(work, label, self._mixture.share)
        finally:
            row.done()
        return list(zip(owners, parts, strict=True))

    def norms(self) -> dict[Any, float]:
        """The Euclidean norm of the weights of each class without its intercept; reads all weights."""
        self.check_ready()
        return self._weights.norms(self._mixture.share)

    def anchors_one(self) -> dict[Any, float]:
        """The offset of each class where none are given: the log of its prior."""
        self.check_ready()
        return dict(self._anchors())

    @property
    def classes(self) -> list[Any]:
        """The labels learned, in the order of their first event."""
        return list(self._weights.store.labels)

    def memory_bytes(self) -> int:
        """Bytes of all buffers, and about those of the names."""
        self.check_ready()
        moments, reader = 8 * 5 * self._moments.capacity, 300 * self._reader.capacity
        return int(self._weights.store.memory_bytes() + moments + reader)

    def __getstate__(self) -> dict[str, Any]:
        self.check_ready()
        n: cython.Py_ssize_t = self._reader.presence.numbers
        # True where the index has grown since the last event was scored.
        if self._moments.capacity < self._reader.capacity:
            self._moments.fit(self._reader.capacity)
            self._weights.store.fit(self._reader.capacity)
        return {
            "prior": self._prior,
            "reader": self._reader.__getstate__(),
            "moments": self._moments.state(n),
            "weights": self._weights.state(n),
            "share": self._mixture.__getstate__(),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        reader: Reader = Reader()
        moments: Standardizer = Standardizer()
        weights: SoftmaxWeights = SoftmaxWeights((1.0,), 1)
        mixture: RateMixture = RateMixture(1)
        prior: PriorBank = state["prior"]
        if prior is None:
            raise refused("prior", "a class prior")
        with Entry("reader"):
            reader.__setstate__(state["reader"])
        n = reader.presence.numbers
        with Entry("moments"):
            moments.resume(state["moments"], n)
        with Entry("weights"):
            weights.resume(state["weights"], n, state.get("loss"))
        with Entry("share"):
            mixture.resume(state["share"], weights.real)
        self.set_up(0)
        self._assemble(prior, reader, moments, weights, mixture)
