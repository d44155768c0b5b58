# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Logistic regression on feature dicts: one walk, several rates, anchored on a class prior or from outside.

What a learner is asked and taught, event by event or in rows, and its state. Knows floats, strings and buffers;
nothing of River, sampling, or where an offset comes from.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import fabs
    from cython.cimports.streamimb._kernels.steps import Steps
    from cython.cimports.streamimb._kernels.tracker import Tracker
else:
    from math import fabs

    from streamimb._kernels.steps import Steps
    from streamimb._kernels.tracker import Tracker

LARGEST = cython.declare(cython.double, 1e15)  # beyond it a weight or a value is not believed
SMALLEST = cython.declare(cython.double, 2.2250738585072014e-308)  # below it, numbers are slow: taken as 0
FINITE = cython.declare(cython.double, 1.7976931348623157e308)


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


@cython.cfunc
@cython.exceptval(check=True)
def finite(offset: Any) -> cython.double:
    value: cython.double = float(offset)
    if not -FINITE <= value <= FINITE:
        raise ValueError("offset: expected a finite number (log-odds)")
    return value


def blank(cls: Any) -> Any:
    """An object of cls without a state."""
    return cls.__new__(cls)


@cython.cclass
class Logistic(Steps):
    """Fields are declared in logistic.pxd."""

    def __init__(self, anchor: Tracker, rates: tuple[float, ...], hash_bits: int, hash_seed: int) -> None:
        self.anchor = anchor
        self._lay_out(rates)
        self._begin(hash_bits, hash_seed, self.lanes + 1)
        self._open()
        self._grow(8)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def score(self, x: Any, offset: cython.double) -> cython.double:
        if not self._still(x):
            self._gather(x)
            self._keep(x)
        self._weigh()
        return self._mixed(offset)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def _weigh(self) -> cython.void:
        """The margins of the event in hand."""
        if not self.summed:
            self._standardise()
            self._sum()
            self.summed = True

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def pilot(self, x: Any, offset: cython.double) -> cython.double:
        """The score, and the walk kept for a `teach` of the same event that follows at once."""
        p: cython.double = self.score(x, offset)
        if not self.strange:
            self.walked = x
        return p

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def teach(
        self,
        x: Any,
        y: cython.bint,
        offset: cython.double,
        shift: cython.double,
        w: cython.double,
        copies: cython.double,
    ) -> cython.double:
        """The score before learning; w and copies are not negative."""
        p: cython.double
        if self.walked is not x or x is None:
            if w > 0.0:
                self._read(x)
            else:
                return self.score(x, offset)
        self.walked = None
        p = self._mixed(offset)
        if w > 0.0:
            self._teach(y, offset, shift, w if w < LARGEST else LARGEST, copies)
        return p

    @cython.cfunc
    @cython.exceptval(-1)
    def _read(self, x: Any) -> cython.int:
        """Reads an event that is going to be learned."""
        if not self._still(x):
            self._gather(x)
            if self.strange:
                self._register(x)
                if self.n_texts > 0 and not self.any_text:
                    self.table = array("d", bytes((8 * self.stride) << self.bits))
                    self.any_text = True
        self._weigh()
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _teach(
        self,
        y: cython.bint,
        offset: cython.double,
        shift: cython.double,
        w: cython.double,
        copies: cython.double,
    ) -> cython.void:
        self._forget()
        self._judge(y, offset, w)
        self._observe()
        w *= copies
        if w > 0.0:
            self._learn(y, offset + shift, w if w < LARGEST else LARGEST)

    def learn_one(self, x: Any, y: Any, w: cython.double = 1.0, offset: Any = None) -> None:
        label: cython.bint = truth(y)
        anchor: cython.double = self.anchor.log_odds if offset is None else finite(offset)
        if not 0.0 <= w <= FINITE:
            raise ValueError("w: expected a finite number >= 0")
        if w > LARGEST:
            w = LARGEST
        if w > 0.0:
            self._read(x)
            # True labels alone cannot tell one event from another: without an offset they teach the moments only.
            self._teach(label, anchor, 0.0, w, 0.0 if offset is None and label and self.anchor.lone else 1.0)
            if offset is None:
                self.anchor.track(1.0 if label else 0.0, w)

    def predict_proba_one(self, x: Any, offset: Any = None) -> dict[bool, float]:
        p: cython.double = self.score(x, self.anchor.log_odds if offset is None else finite(offset))
        return {False: 1.0 - p, True: p}

    def predict_offset_one(self, x: Any, offset: cython.double) -> float:
        """P(True) with the log-odds anchored at `offset`; changes nothing.

        The walk is kept for a `learn_offset_one` of the very same dict that follows at once.
        """
        return self.pilot(x, offset)

    def learn_offset_one(
        self,
        x: Any,
        y: cython.bint,
        offset: cython.double,
        shift: cython.double,
        w: cython.double = 1.0,
        copies: cython.double = 1.0,
    ) -> float:
        """The score before learning; teaches moments and mixture, and a step of weight w x copies.

        Where `x` is the very dict just given to `predict_offset_one` it must be unchanged.
        """
        if not (0.0 <= w <= FINITE and 0.0 <= copies <= FINITE and -FINITE <= shift <= FINITE):
            raise ValueError("w and copies: expected finite numbers >= 0; shift: a finite one")
        if not -FINITE <= offset <= FINITE:
            raise ValueError("offset: expected a finite number (log-odds)")
        return self.teach(x, y, offset, shift, w, copies)

    @cython.cfunc
    def _columns(self, names: list[Any]) -> Any:
        """Number slot of each column, -1 where the model knows none."""
        slots = array("q")
        for name in names:
            found = self.index.get(name)
            slots.append(-1 if found is None else int(self.number_of[found]))
        return slots

    @cython.cfunc
    @cython.exceptval(check=False)
    def _row(
        self,
        columns: cython.Py_ssize_t[::1],
        x: cython.const[cython.double][:, ::1],
        r: cython.Py_ssize_t,
    ) -> cython.void:
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        value: cython.double
        dense: cython.bint = True
        self._forget()
        for j in range(len(columns)):
            k = columns[j]
            value = x[r, j]
            if fabs(value) <= LARGEST:
                if k < 0:
                    self.strange = True
                    continue
                if fabs(value) < SMALLEST:
                    value = 0.0
                if k != n:
                    dense = False
                self.slots[n] = k
                self.xs[n] = value
                n += 1
        self.n = n
        self.n_texts = 0
        self.dense = dense
        self._find_gaps()

    def learn_rows(
        self,
        names: list[Any],
        x: cython.const[cython.double][:, ::1],
        y: cython.const[cython.uchar][::1],
        w: cython.const[cython.double][::1],
    ) -> None:
        """What a loop of `learn_one` does, row by row; NaN is missing."""
        r: cython.Py_ssize_t
        copies: cython.double
        rows: cython.Py_ssize_t = x.shape[0]
        if not (rows == y.shape[0] == w.shape[0] and x.shape[1] == len(names)):
            raise ValueError("x, y and w need one entry per row, names one per column of x")
        for r in range(rows):
            if w[r] > 0.0:
                break
        else:
            return
        self._register(dict.fromkeys(names))
        columns: cython.Py_ssize_t[::1] = self._columns(names)
        for r in range(rows):
            if w[r] > 0.0:
                self._row(columns, x, r)
                if self.strange:
                    self._register({name: x[r, j] for j, name in enumerate(names)})
                    columns = self._columns(names)
                    self._row(columns, x, r)
                self._weigh()
                copies = 0.0 if y[r] != 0 and self.anchor.lone else 1.0
                self._teach(y[r] != 0, self.anchor.log_odds, 0.0, min(float(w[r]), LARGEST), copies)
                self.anchor.track(1.0 if y[r] != 0 else 0.0, min(float(w[r]), LARGEST))

    def predict_rows(
        self, names: list[Any], x: cython.const[cython.double][:, ::1], out: cython.double[::1]
    ) -> None:
        """P(True) of every row, by the model as it is."""
        r: cython.Py_ssize_t
        if not (x.shape[0] == out.shape[0] and x.shape[1] == len(names)):
            raise ValueError("x and out need one entry per row, names one per column of x")
        if len(names) > self.capacity:
            self._grow(2 * len(names))
        columns: cython.Py_ssize_t[::1] = self._columns(names)
        offset: cython.double = self.anchor.log_odds
        for r in range(x.shape[0]):
            self._row(columns, x, r)
            self._weigh()
            out[r] = self._mixed(offset)

    def parts_one(self, x: Any) -> tuple[list[tuple[Any, float]], float]:
        """(name, contribution) of every feature and of the intercept (named None), mixed; and the anchor."""
        j: cython.Py_ssize_t
        self._gather(x)
        self._weigh()
        owner = {int(self.number_of[i]): name for i, name in enumerate(self.names)}
        parts: list[tuple[Any, float]] = [(None, self._part(self.bias, 0, 1, 1.0))]
        for j in range(self.n):
            parts.append(
                (owner[self.slots[j]], self._part(self.weight, self.slots[j], self.capacity, self.zs[j]))
            )
        for j in range(self.n_gaps):
            parts.append((owner[self.gaps[j] // self.stride], self._part(self.gap, self.gaps[j], 1, 1.0)))
        if len(self.table):
            texts = [name for name in list(x) if isinstance(x[name], str)]
            for j in range(self.n_texts):
                parts.append((texts[j], self._part(self.table, self.texts[j], 1, 1.0)))
        return parts, self.anchor.log_odds

    def memory_bytes(self) -> int:
        """Bytes of all native buffers."""
        per_slot = 8 * (21 + self.lanes + self.stride)
        return int(self.capacity * per_slot + 8 * len(self.table))

    def __reduce__(self) -> Any:
        # Not by __init__: all there is to an object is its state.
        return blank, (type(self),), self.__getstate__()

    def __getstate__(self) -> dict[str, Any]:
        k: cython.Py_ssize_t
        size = 8 * self.numbers
        rows = bytes(self.weight)
        step = 8 * self.capacity
        state = self._walk_state()
        state.update(
            anchor=self.anchor,
            alpha=bytes(self.alpha)[: 8 * self.real],
            share=bytes(self.share)[: 8 * self.real],
            bias=bytes(self.bias),
            bias_g=float(self.bias_g),
            weight=b"".join([rows[k * step : k * step + size] for k in range(self.lanes)]),
            G=bytes(self.G)[:size],
            gap=bytes(self.gap)[: size * self.stride],
            table=self._sparse(),
        )
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        k: cython.Py_ssize_t
        self._lay_out(array("d", state["alpha"]))
        self.anchor = state["anchor"]
        self.share = array("d", state["share"] + bytes(8 * (self.lanes - self.real)))
        self.bias = array("d", state["bias"])
        self.bias_g = state["bias_g"]
        self._walk_from(state, self.lanes + 1)
        size = 8 * self.numbers
        pad = bytes(8 * self.capacity - size)
        self.G = array("d", state["G"] + pad)
        self.weight = array(
            "d", b"".join([state["weight"][k * size : (k + 1) * size] + pad for k in range(self.lanes)])
        )
        self.gap = array("d", state["gap"] + bytes(len(pad) * self.stride))
        self._fill(state["table"])

    @cython.cfunc
    def _sparse(self) -> Any:
        """Slots of the hash table that were learned, and their contents; None where there is no table."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        if len(self.table) == 0:
            return None
        slots = array("q")
        content = array("d")
        for i in range(0, len(self.table), self.stride):
            if self.table[i + self.lanes] != 0.0:
                slots.append(i // self.stride)
                for k in range(self.stride):
                    content.append(self.table[i + k])
        return slots.tobytes(), content.tobytes()

    @cython.cfunc
    def _fill(self, saved: Any) -> cython.void:
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        at: cython.Py_ssize_t
        self.table = array("d")
        if saved is None:
            return
        self.table = array("d", bytes((8 * self.stride) << self.bits))
        self.any_text = True
        slots: cython.Py_ssize_t[::1] = array("q", saved[0])
        content: cython.double[::1] = array("d", saved[1])
        for i in range(len(slots)):
            at = slots[i] * self.stride
            for k in range(self.stride):
                self.table[at + k] = content[i * self.stride + k]
