# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Softmax regression on feature dicts, at several learning rates, anchored on class priors or on given offsets.

It consists of a feature reader, as `logistic.py` does, and of experts that have weights for every class.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.basis import curved_of, grid_of
    from streamimb._kernels.class_logs import logs
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.learner_arguments import weight_of
    from streamimb._kernels.matrix_reader import MatrixReader
    from streamimb._kernels.ports import ClassLearner
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
    from streamimb._kernels.softmax_experts import SoftmaxExperts
    from streamimb._kernels.softmax_work import SoftmaxWork
else:
    from cython.cimports.streamimb._kernels.basis import curved_of, grid_of
    from cython.cimports.streamimb._kernels.class_logs import logs
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.learner_arguments import weight_of
    from cython.cimports.streamimb._kernels.matrix_reader import MatrixReader
    from cython.cimports.streamimb._kernels.ports import ClassLearner
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.softmax_experts import SoftmaxExperts
    from cython.cimports.streamimb._kernels.softmax_work import SoftmaxWork

from streamimb._kernels.answer import TWO, label_of
from streamimb._kernels.batch import checked_weights
from streamimb._kernels.class_labels import TWO_CLASSES, checked_labels, checked_offsets
from streamimb._kernels.feature_reader import CHANGED
from streamimb._kernels.learner_arguments import KEYWORDS, refuse_unknown
from streamimb._kernels.pairs import paired
from streamimb._kernels.saved import Entry, refused

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this
UNSEEN = "step_one: the event has a feature or class that observe_one has not seen: call that first"


@cython.cclass
class Softmax(ClassLearner):
    """Fields are declared in softmax.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._assemble(PriorBank(), Reader(), SoftmaxExperts((1.0,), 1, 0))

    def __init__(
        self,
        prior: PriorBank,
        rates: Any,
        bits: int,
        seed: int,
        loss: Any = None,
        basis_fields: int = 0,
        interactions: Any = None,
    ) -> None:
        reader: Reader = Reader(seed)
        pairs = paired(reader, interactions, bits)
        experts: SoftmaxExperts = SoftmaxExperts(rates, bits, basis_fields, loss, pairs)
        self.set_up(0)
        self._assemble(prior, reader, experts)

    @cython.cfunc
    def _assemble(self, prior: PriorBank, reader: Reader, experts: SoftmaxExperts) -> cython.void:
        self._prior, self._reader, self._experts = prior, reader, experts
        self.memo_size = experts.memo_size
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
        work: SoftmaxWork = self._experts.work_of(row)
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
        self._experts.fit(self._reader.capacity)
        self._experts.prepare(row, work)

    @cython.cfunc
    def probabilities(self, row: Row, offsets: dict[Any, float]) -> dict[Any, float]:
        return self._experts.probabilities(self._work(row), offsets)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        known: cython.Py_ssize_t = self._experts.linear.store.classes
        self._experts.linear.store.check_all(offsets)
        self._experts.observe(row, self._met(row), y, offsets, w)
        self._reader.presence.note(row)
        if self._experts.linear.store.classes > known:
            self._logs = None
        return 0

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self._experts.remember(row.work)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self._experts.length(memo)

    @cython.cfunc
    def own_classes(self, p: dict[Any, float]) -> dict[Any, float]:
        return self._experts.linear.own(p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        if w > 0.0:
            self._experts.step(row, row.work, y, offsets, w)
        return 0

    @cython.cfunc
    def _anchors(self) -> dict[Any, float]:
        """The log of the prior of every class learned; of False and True before any other."""
        labels = self._experts.linear.store.labels
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
            row.raw = self._experts.linear.own({False: 1.0 - p, True: p})[True]
        else:
            row.raw, row.raws = p, self._experts.linear.own(row.mapping)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        if more is not None:
            refuse_unknown(more, KEYWORDS)
        return self._experts.linear.store.check(y)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self._experts.linear.store.check(y)
        self._met(row)  # an event that is refused adds no class
        if y not in self._experts.linear.store.index:
            self._experts.admit(y)
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
        checked = None if memo is None else self.checked_memo(memo)
        weight: cython.double = weight_of(w)
        if weight == 1.0 or self.takes(weight):
            row: Row = self._begin(x, None)
            row.memo = checked
            try:
                self.learn(row, label, weight)
            finally:
                row.done()

    def predict_proba_one(self, x: Any) -> dict[Any, float]:  # type: ignore[override]  # as above
        """Return the probability of each class learned; False and True until another label comes."""
        row: Row = self._begin(x, None)
        try:
            return self.probabilities(row, self._anchors())
        finally:
            row.done()

    def predict_offsets_one(self, x: Any, offsets: Any) -> dict[Any, float]:
        """Return P of each class of the offsets, the log-odds of class k anchored at `offsets[k]`."""
        checked = checked_offsets(offsets, None)
        row: Row = self._begin(x, None)
        try:
            return self.probabilities(row, checked)
        finally:
            row.done()

    def memo_one(self, x: Any, offsets: Any) -> tuple[float, ...]:
        """Return what every expert says of an event at these offsets, for `observe_one`."""
        checked = checked_offsets(offsets, None)
        row: Row = self._begin(x, None)
        try:
            self.probabilities(row, checked)
            return self.remember(row)
        finally:
            row.done()

    def observe_one(self, x: Any, y: Any, offsets: Any, w: Any = 1.0, memo: Any = None) -> None:
        """Learn from every labelled event what does not depend on sampling, such as the weights of experts."""
        label = label_of(y)
        told = None if memo is None else self.checked_memo(memo)
        checked = checked_offsets(offsets, label)
        weight: cython.double = weight_of(w)
        if self.takes(weight):
            row: Row = self._begin(x, None)
            row.memo = told
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
                if row.strange or not self._experts.linear.store.index.keys() >= checked.keys():
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
            numbers = [reader.names[reader.owner[row.slots[i]]] for i in range(row.n)]
            owners = [None, *numbers, *[reader.names[reader.owner[row.gaps[i]]] for i in range(row.n_gaps)]]
            owners.extend([name for name in list(x) if isinstance(x[name], str)])
            if len(owners) != work.n:
                raise ValueError(CHANGED)
            linear, additive = self._experts.parts(work, label)
            parts = list(zip(owners, linear, strict=True))
            if work.additive is not None:
                found = work.additive.linear
                owners.extend([numbers[found.numbers[i]] for i in range(found.n_coordinates)])
                owners.extend(self._experts.named(work))
                parts[0] = (None, linear[0] + additive[0])  # by position: a field may be named None too
                parts.extend(zip(owners[1:], additive[1:], strict=True))
        finally:
            row.done()
        return parts

    def _grid_of(self, name: Any) -> list[tuple[float, float]]:
        """Values of a number with a basis, and about how many labelled events are nearest to each.

        Raises
        ------
        LookupError
            Where there is no such number, or it has no basis yet: why, to be read after the name.
        """
        self.check_ready()
        self._experts.fit(self._reader.capacity)
        return grid_of(self._reader, self._experts.basis, name)

    def _curved(self) -> list[Any]:
        """The names of the numbers with a curve."""
        self.check_ready()
        return curved_of(self._reader, self._experts.basis)

    def norms(self) -> dict[Any, float]:
        """The Euclidean norm of the weights of each class without its intercept; reads all weights."""
        self.check_ready()
        return self._experts.norms()

    def anchors_one(self) -> dict[Any, float]:
        """The offset of each class where none are given: the log of its prior."""
        self.check_ready()
        return dict(self._anchors())

    @property
    def classes(self) -> list[Any]:
        """The labels learned, in the order of their first event."""
        return list(self._experts.linear.store.labels)

    def memory_bytes(self) -> int:
        """Bytes of all buffers, and about those of the names."""
        self.check_ready()
        return int(self._experts.memory_bytes() + 300 * self._reader.capacity)

    def __getstate__(self) -> dict[str, Any]:
        self.check_ready()
        n: cython.Py_ssize_t = self._reader.presence.numbers
        self._experts.fit(self._reader.capacity)  # the index may have grown since the last event was scored
        return {"prior": self._prior, "reader": self._reader.__getstate__(), **self._experts.state(n)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        reader: Reader = Reader()
        experts: SoftmaxExperts = SoftmaxExperts((1.0,), 1, 0)
        prior: PriorBank = state["prior"]
        if prior is None:
            raise refused("prior", "a class prior")
        with Entry("reader"):
            reader.__setstate__(state["reader"])
        pairs = paired(reader, state.get("interactions"), state.get("hash_bits", 1))
        with Entry("moments, weights, additive and share"):
            experts.resume(state, reader.presence.numbers, state.get("loss"), pairs)
        self.set_up(0)
        self._assemble(prior, reader, experts)
