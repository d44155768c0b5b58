# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Logistic regression on feature dicts, at several learning rates, anchored on a class prior or on a given offset.

It consists of a feature reader, a standardizer, AdaGrad weights and a mixture of rates.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import fabs
    from cython.cimports.streamimb._kernels.adagrad import AdaGrad
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.ports import Learner
    from cython.cimports.streamimb._kernels.rate_mixture import RateMixture
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.standardizer import Standardizer
    from cython.cimports.streamimb._kernels.tracker import Tracker
else:
    from math import fabs

    from streamimb._kernels.adagrad import AdaGrad
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.ports import Learner
    from streamimb._kernels.rate_mixture import RateMixture
    from streamimb._kernels.row import Row
    from streamimb._kernels.standardizer import Standardizer
    from streamimb._kernels.tracker import Tracker

WEIGHT_CAP = cython.declare(cython.double, 1e15)  # a larger weight counts as this
LARGEST = cython.declare(cython.double, 1e15)  # a larger value counts as missing
SMALLEST = cython.declare(cython.double, 2.2250738585072014e-308)  # smaller values count as 0
FINITE = cython.declare(cython.double, 1.7976931348623157e308)


@cython.cfunc
@cython.exceptval(check=True)
def finite(offset: Any) -> cython.double:
    value: cython.double = float(offset)
    if not -FINITE <= value <= FINITE:
        raise ValueError("offset: expected a finite number (log-odds)")
    return value


@cython.cfunc
@cython.exceptval(-1, check=True)
def truth(y: Any) -> cython.bint:
    if y is True:
        return True
    if y is False:
        return False
    if y == 1:
        return True
    if y == 0:
        return False
    raise ValueError(
        f"y is {type(y).__name__}: expected True or False (or 1 or 0); for classes use OneVsRest"
    )


@cython.cclass
class Logistic(Learner):
    """Fields are declared in logistic.pxd."""

    def __init__(self, prior: Tracker, rates: tuple[float, ...], hash_bits: int, hash_seed: int) -> None:
        self._prior = prior
        self._reader = Reader(hash_seed)
        self._moments = Standardizer()
        self._weights = AdaGrad(rates, hash_bits)
        self._mixture = RateMixture(len(rates))
        self.spare = None
        self.memo_size = 0
        self.ready = True

    # ------------------------------------------------------------------ a learner

    @cython.cfunc
    @cython.exceptval(check=False)
    def lends(self) -> cython.bint:
        return True

    @cython.cfunc
    def read(self, x: Any) -> Row:
        work: LinearWork
        row: Row = self.lend(x)
        self._reader.read(row, x)
        if row.work is None:
            row.work = LinearWork(self._weights.real, self._weights.lanes)
        work = row.work
        work.summed = False
        return row

    @cython.cfunc
    def _work(self, row: Row) -> LinearWork:
        """The work of a row, with its numbers standardised and its log-odds summed; computed once."""
        work: LinearWork = row.work
        if not work.summed:
            if row.n_odd > 0:
                raise TypeError(row.odd)
            self._prepare(row, work)
        return work

    @cython.cfunc
    def _prepare(self, row: Row, work: LinearWork) -> cython.void:
        if work.capacity < row.capacity:
            work.fit(row.capacity)
        if self._moments.capacity < self._reader.capacity:
            self._moments.fit(self._reader.capacity)
            self._weights.fit(self._reader.capacity)
        self._moments.standardise(row, work)
        self._weights.place(row, work)
        self._weights.sum(row, work)
        work.summed = True

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def say(self, row: Row, offset: cython.double) -> cython.double:
        return self._mixture.say(self._work(row), offset)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        work: LinearWork = self._work(row)
        if row.strange or (row.n_texts > 0 and len(self._weights.table) == 0):
            if row.strange:
                self._reader.register(row)
            if row.n_texts > 0 and len(self._weights.table) == 0:
                self._weights.open_table()
            self._prepare(row, work)
        self._mixture.judge(work, y, offset, w if w < WEIGHT_CAP else WEIGHT_CAP)
        self._moments.observe(row, work)
        self._reader.presence.note(row)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        if w > 0.0:
            self._weights.learn(row, row.work, y, offset, w if w < WEIGHT_CAP else WEIGHT_CAP)
        return 0

    # ------------------------------------------------------------------ a classifier, on its own prior

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        offset: cython.double = self._prior.log_odds
        if row.more is not None and row.more.get("offset") is not None:
            offset = finite(row.more["offset"])
        row.corrected = row.calibrated = self.say(row, offset)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        return self._learn(row, y, None if row.more is None else row.more.get("offset"), w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn(self, row: Row, y: Any, offset: Any, w: cython.double) -> cython.int:
        label: cython.bint = truth(y)
        anchor: cython.double = self._prior.log_odds if offset is None else finite(offset)
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self.observe(row, label, anchor, w)
        if offset is not None or self._prior.teaches(label):
            self.step(row, label, anchor, w)
        if offset is None:
            self._prior.track(1.0 if label else 0.0, w)
        return 0

    def learn_one(self, x: Any, y: Any, w: cython.double = 1.0, offset: Any = None, memo: Any = None) -> None:
        """Learn from an event of weight w, anchored on the prior, or at `offset` (log-odds) where it is given."""
        label: cython.bint = truth(y)
        if offset is not None:
            finite(offset)
        if w != 1.0 and not self.takes(w):
            return
        row: Row = self._begin(x, None)
        self._learn(row, label, offset, w)
        row.done()

    def predict_proba_one(self, x: Any, offset: Any = None) -> dict[bool, float]:
        """Return the probability of False and True, anchored on the prior, or at `offset` where it is given."""
        row: Row = self._begin(x, None)
        p: cython.double = self.say(row, self._prior.log_odds if offset is None else finite(offset))
        row.done()
        return {False: 1.0 - p, True: p}

    # ------------------------------------------------------------------ the protocol of an OffsetLearner

    def predict_offset_one(self, x: Any, offset: cython.double) -> float:
        """Return P(True) with the log-odds anchored at `offset`."""
        row: Row = self._begin(x, None)
        p: cython.double = self.say(row, finite(offset))
        row.done()
        return p

    def observe_one(
        self, x: Any, y: cython.bint, offset: cython.double, w: cython.double = 1.0, memo: Any = None
    ) -> None:
        """Learn from every labelled event: moments, and the mixture of rates."""
        if self.takes(w):
            row: Row = self._begin(x, None)
            self.observe(row, y, finite(offset), w)
            row.done()

    def step_one(self, x: Any, y: cython.bint, offset: cython.double, w: cython.double = 1.0) -> None:
        """Take a step of weight w on g + offset."""
        if self.takes(w):
            row: Row = self._begin(x, None)
            self._work(row)
            finite(offset)
            if row.strange or (row.n_texts > 0 and len(self._weights.table) == 0):
                raise ValueError(
                    "step_one: the event has a feature that observe_one has not seen: call that first"
                )
            self.step(row, y, offset, w)
            row.done()

    # ------------------------------------------------------------------ rows of a matrix

    @cython.cfunc
    def _columns(self, names: list[Any]) -> Any:
        """The number slot of each column, -1 where the model has none."""
        found: cython.Py_ssize_t
        slots = array("q")
        for name in names:
            found = self._reader._find(name)
            slots.append(self._reader.number_of[found] if found >= 0 else -1)
        return slots

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _row(
        self,
        row: Row,
        columns: cython.Py_ssize_t[::1],
        x: cython.const[cython.double][:, ::1],
        r: cython.Py_ssize_t,
    ) -> cython.int:
        """Reads one line of a matrix."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = len(columns)
        value: cython.double
        work: LinearWork = row.work
        work.summed = False
        row.begin(None)
        if n < self._reader.presence.n_expected:
            n = self._reader.presence.n_expected
        if n > row.capacity:
            row.fit(2 * n)
        n = 0
        for j in range(len(columns)):
            k = columns[j]
            value = x[r, j]
            if fabs(value) <= LARGEST:
                if k < 0:
                    row.strange = True
                    continue
                if fabs(value) < SMALLEST:
                    value = 0.0
                if k != n:
                    row.dense = False
                row.slots[n] = k
                row.xs[n] = value
                n += 1
        row.n = n
        self._reader.presence.find_gaps(row)
        return 0

    def learn_rows(
        self,
        names: list[Any],
        x: cython.const[cython.double][:, ::1],
        y: cython.const[cython.uchar][::1],
        w: cython.const[cython.double][::1],
    ) -> None:
        """Learn as a loop of `learn_one` does, row by row; NaN is missing."""
        r: cython.Py_ssize_t
        weight: cython.double
        if not (x.shape[0] == y.shape[0] == w.shape[0] and x.shape[1] == len(names)):
            raise ValueError("x, y and w need one entry per row, names one per column of x")
        self._refuse_same(names)
        row: Row = self._begin({}, None)
        columns: cython.Py_ssize_t[::1] = self._columns(names)
        known: cython.Py_ssize_t = 0
        for r in range(x.shape[0]):
            weight = w[r]
            if weight != 1.0 and not self.takes(weight):
                continue
            if known == 0 and self._reader.known < len(names):
                row.begin(dict.fromkeys(names))  # every column is a name, as in a dict of this line
                row.strange = True
                self._reader.register(row)
                columns = self._columns(names)
            known = 1
            self._row(row, columns, x, r)
            if row.strange:
                row.x = {name: x[r, j] for j, name in enumerate(names)}
                self._reader.register(row)
                columns = self._columns(names)
            self._learn(row, y[r] != 0, None, weight)
        row.done()

    def predict_rows(
        self, names: list[Any], x: cython.const[cython.double][:, ::1], out: cython.double[::1]
    ) -> None:
        """Write P(True) of every row, by the model as it is."""
        r: cython.Py_ssize_t
        if not (x.shape[0] == out.shape[0] and x.shape[1] == len(names)):
            raise ValueError("x and out need one entry per row, names one per column of x")
        self._refuse_same(names)
        row: Row = self._begin({}, None)
        columns: cython.Py_ssize_t[::1] = self._columns(names)
        offset: cython.double = self._prior.log_odds
        for r in range(x.shape[0]):
            self._row(row, columns, x, r)
            out[r] = self.say(row, offset)
        row.done()

    def _refuse_same(self, names: list[Any]) -> None:
        if len(set(names)) != len(names):
            raise ValueError("names: two columns have the same name")

    # ------------------------------------------------------------------ contributions and state

    def parts_one(self, x: Any) -> tuple[list[tuple[Any, float]], float]:
        """(name, contribution) of the intercept (named None) and of every feature, mixed; and the anchor."""
        j: cython.Py_ssize_t
        row: Row = self._begin(x, None)
        work: LinearWork = self._work(row)
        bias, numbers, gaps, texts = self._weights.parts(row, work, self._mixture.share)
        names = self._reader.names
        parts: list[tuple[Any, float]] = [(None, bias[0])]
        for j in range(row.n):
            parts.append((names[self._reader.owner[row.slots[j]]], numbers[j]))
        for j in range(row.n_gaps):
            parts.append((names[self._reader.owner[row.gaps[j]]], gaps[j]))
        words = [name for name in list(x) if isinstance(x[name], str)]
        for j in range(row.n_texts):
            parts.append((words[j], texts[j]))
        row.done()
        return parts, self._prior.log_odds

    def memory_bytes(self) -> int:
        """Bytes of all buffers, and about those of the names."""
        return int(
            self._weights.memory_bytes() + 8 * 5 * self._moments.capacity + 300 * self._reader.capacity
        )

    def __getstate__(self) -> dict[str, Any]:
        n: cython.Py_ssize_t = self._reader.presence.numbers
        if self._moments.capacity < self._reader.capacity:  # names without an event learned since
            self._moments.fit(self._reader.capacity)
            self._weights.fit(self._reader.capacity)
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
        weights: AdaGrad = AdaGrad((1.0,), 1)
        mixture: RateMixture = RateMixture(1)
        prior: Tracker = state["prior"]
        if prior is None:
            raise ValueError("state: prior must be a class prior")
        reader.__setstate__(state["reader"])
        n = reader.presence.numbers
        moments.resume(state["moments"], n)
        weights.resume(state["weights"], n)
        mixture.resume(state["share"], weights.real)
        self._prior, self._reader, self._moments = prior, reader, moments
        self._weights, self._mixture = weights, mixture
        self.spare = None
        self.memo_size = 0
        self.ready = True
