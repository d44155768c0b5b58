# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A schema check in front of a model; its rows hold the cleaned event.

Where the model inside shares its reader, the check uses the row that the model reads. Otherwise the guard reads the
event with a reader of its own, and the model reads it only to score or learn it.
"""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_answer import by_class
    from streamimb._kernels.cleaned_row import reuse_row
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.learner_arguments import weight_of
    from streamimb._kernels.ports import Model
    from streamimb._kernels.row import Row
    from streamimb._kernels.sanitizing import Cleaned, clean
    from streamimb._kernels.schema_check import DOUBTFUL, WELL, SchemaCheck
else:
    from cython.cimports.streamimb._kernels.class_answer import by_class
    from cython.cimports.streamimb._kernels.cleaned_row import reuse_row
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.learner_arguments import weight_of
    from cython.cimports.streamimb._kernels.ports import Model
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.sanitizing import Cleaned, clean
    from cython.cimports.streamimb._kernels.schema_check import DOUBTFUL, WELL, SchemaCheck

from streamimb._kernels.answer import label_of, probability, true_of
from streamimb.protocols import Checked, LearningError, Served


@cython.cclass
class GuardedModel(Model):
    """Fields are declared in guarded.pxd.

    Admission counts the reasons of an event and adds the event to the evidence for an inferred schema. It happens once,
    when an event is learned or served. Scoring alone changes nothing.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets abstract parts, whose methods raise.
        self._guard_inner, self._guard_counts = Model(), {}
        self._guard_check = SchemaCheck(0, False, None, None)

    def __init__(self, inner: Model, check: SchemaCheck, most: int, counts: dict[str, int]) -> None:
        self.set_up(inner.memo_size)
        self._guard_inner, self._guard_check, self._guard_lent = inner, check, inner.reads_directly()
        self._guard_most, self._guard_counts = most, counts

    def _guard_exchange(self, check: SchemaCheck) -> None:
        """Replaces the check."""
        self._guard_check = check

    def _guard_rules(self) -> SchemaCheck:
        """The check in force."""
        return self._guard_check

    def _guard_reasons(self) -> dict[str, int]:
        """How often each reason was given to an admitted event."""
        return dict(self._guard_counts)

    def _guard_forget(self, names: set[str]) -> None:
        """Adds the counts of fields that left the schema to the count of the reason code alone."""
        for reason in list(self._guard_counts) if names else []:  # bounds the counts by the number of fields
            code, _, name = reason.partition(":")
            if name in names:
                self._guard_counts[code] = self._guard_counts.get(code, 0) + self._guard_counts.pop(reason)

    def _guard_observe(self, strangers: list[tuple[Any, int]]) -> None:
        """Adds names and kinds to the evidence, which may change the rules; a subclass implements it."""
        raise NotImplementedError("a GuardedModel is one half of a GuardedClassifier")

    def _guard_turn_over(self) -> None:
        """Revises the rules once enough events were counted (`SchemaCheck.watch`); a subclass implements it."""
        raise NotImplementedError("a GuardedModel is one half of a GuardedClassifier")

    # ------------------------------------------------------------------ a model

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        return Model.in_hand(self) or self._guard_inner.in_hand()

    @cython.cfunc
    def read(self, x: Any) -> Row:
        """The row of the event, cleaned where it has faults."""
        reader: Reader
        cleaned: Cleaned
        row: Row
        verdict: cython.int
        event: dict[Any, Any] = x if type(x) is dict else self._guard_copy(x)
        if event is None:
            return self._guard_refuse("not_a_dict")
        if len(event) > self._guard_most:
            return self._guard_refuse("too_many_features")
        row = self._guard_row(event)
        reader = row.reader
        verdict = self._guard_check.verdict(row, reader)
        if verdict != WELL:
            cleaned = self._guard_clean(row, event, verdict)
            if cleaned.as_read or reuse_row(row, reader, cleaned):
                row.event = row.x = cleaned.x
            # Cleaning has called methods of foreign values, which may have changed x: read it again.
            elif cleaned.x is not event or row.n_converted > 0 or row.n_odd > 0:
                row.done()
                row = self._guard_row(cleaned.x)
            if row.given is not None:
                row.given = cleaned.x
            row.learnable = cleaned.learnable
            row.reasons = tuple(cleaned.reasons)
            row.cleaned = cleaned
        return row

    @cython.cfunc
    def _guard_copy(self, x: Any) -> Any:
        """A dict of another kind as a dict; None for what is no dict. Its methods are called with a row in hand."""
        row: Row = self.lend(x)
        try:
            return dict(x) if isinstance(x, dict) else None
        finally:
            row.done()

    @cython.cfunc
    def _guard_clean(self, row: Row, event: dict[Any, Any], verdict: cython.int) -> Cleaned:
        """Cleans the event of a row, which is released where that raises."""
        cleaned: Cleaned = None
        try:
            cleaned = clean(self._guard_check, event, verdict == DOUBTFUL)
        finally:
            if cleaned is None:
                row.done()
        return cleaned

    @cython.cfunc
    def _guard_row(self, x: Any) -> Row:
        if self._guard_lent:
            return self._guard_inner.read(x)
        return Model.read(self, x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        own: Reader = self._guard_check.own_reader()
        return own.read(row, row.x)

    @cython.cfunc
    def _guard_refuse(self, reason: str) -> Row:
        row: Row = self._guard_row({})
        row.learnable = row.scorable = False
        row.reasons = (reason,)
        return row

    @cython.cfunc
    def _guard_inside(self, row: Row) -> Row:
        """The row that the model inside has read."""
        if self._guard_lent:
            return row
        if row.inside is None:
            row.inside = self._guard_inner.read(row.x)
        row.inside.more = row.more
        return row.inside

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        inside: Row = self._guard_inside(row)
        self._guard_inner.score(inside)
        if inside is not row:
            row.corrected, row.calibrated = inside.corrected, inside.calibrated
            row.mapping, row.answer = inside.mapping, inside.answer
            row.scored = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def rate(self, row: Row) -> cython.int:
        inside: Row = self._guard_inside(row)
        self._guard_inner.rate(inside)
        row.raw = inside.raw
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        return self._guard_inner.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        inside: Row
        self._guard_inner.check(y, row.more)  # before the event is counted
        self._guard_admit(row)
        if row.learnable:
            inside = self._guard_inside(row)
            inside.memo = row.memo
            self._guard_inner.learn(inside, y, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return self._guard_inner.takes(w)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self._guard_inner.remember(self._guard_inside(row))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self._guard_inner.length(memo)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return self._guard_inner.kept()

    # ------------------------------------------------------------------ admission

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _guard_admit(self, row: Row) -> cython.int:
        cleaned: Cleaned
        reader: Reader
        check: SchemaCheck = self._guard_check
        for reason in row.reasons:
            self._guard_counts[reason] = self._guard_counts.get(reason, 0) + 1
        if not check.inferred or not row.scorable:
            return 0
        reader = row.reader
        check.count(row, reader)
        if row.cleaned is not None:
            cleaned = row.cleaned
            if cleaned.found is not None:
                for code in cleaned.found:
                    check.adjust(code, 1)
            if cleaned.withdrawn is not None:
                for code in cleaned.withdrawn:
                    check.adjust(code, -1)
            if cleaned.strangers is not None:
                self._guard_observe(cleaned.strangers)
        if check.seen >= check.due:
            self._guard_turn_over()
        return 0

    def check_one(self, x: Any) -> Checked:
        """Return the event after cleaning, and whether it may be scored and learned; changes nothing."""
        row: Row = self._begin(x, None)
        try:
            return Checked(row.x, bool(row.learnable), bool(row.scorable), row.reasons)
        finally:
            row.done()

    def admit_one(self, x: Any) -> Checked:
        """`check_one` of an arriving event: counts its reasons, and adds it to the evidence for the schema."""
        row: Row = self._begin(x, None)
        try:
            self._guard_admit(row)
            return Checked(row.x, bool(row.learnable), bool(row.scorable), row.reasons)
        finally:
            row.done()

    # ------------------------------------------------------------------ serving

    def serve_one(self, x: Any) -> Served:
        """Admit an event and score it, unless it must not be scored."""
        row: Row = self._begin(x, None)
        try:
            self._guard_admit(row)
            return self._guard_served(row)
        finally:
            row.done()

    def serve_learn_one(self, x: Any, y: Any) -> Served:
        """`serve_one`, then learn the event where it may be learned; the event is read once.

        Raises `LearningError` with what was served where the classifier raises while it learns.
        """
        label = y if y is True or y is False else label_of(y)
        row: Row = self._begin(x, None)
        try:
            self._guard_admit(row)
            served = self._guard_served(row)
            self._guard_learn_served(row, label, served)
        finally:
            row.done()
        return served

    def serve_again_one(self, x: Any) -> Served:
        """`serve_one` of an event that was admitted before: changes nothing."""
        row: Row = self._begin(x, None)
        try:
            return self._guard_served(row)
        finally:
            row.done()

    def serve_classes_one(self, x: Any, classes: tuple[str, ...], shares: Any) -> Served:
        """`serve_one` of these classes: `by_class` has the probabilities of each, and the balanced decision.

        `shares()` returns the prior of the classes, for a classifier that has none.
        """
        row: Row = self._begin(x, None)
        try:
            self._guard_admit(row)
            return self._guard_served_classes(row, classes, shares)
        finally:
            row.done()

    def serve_learn_classes_one(self, x: Any, y: Any, classes: tuple[str, ...], shares: Any) -> Served:
        """`serve_classes_one`, then learn; as `serve_learn_one`."""
        label = label_of(y)
        row: Row = self._begin(x, None)
        try:
            self._guard_admit(row)
            served = self._guard_served_classes(row, classes, shares)
            self._guard_learn_served(row, label, served)
        finally:
            row.done()
        return served

    def serve_classes_again_one(self, x: Any, classes: tuple[str, ...], shares: Any) -> Served:
        """`serve_classes_one` of an event that was admitted before: changes nothing."""
        row: Row = self._begin(x, None)
        try:
            return self._guard_served_classes(row, classes, shares)
        finally:
            row.done()

    def check_label(self, y: Any) -> None:
        """Raise ValueError for a label that the classifier does not learn; changes nothing."""
        self.check_ready()
        self._guard_inner.check(label_of(y), None)

    def learn_served_one(self, x: Any, y: Any, w: Any = 1.0, memo: Any = None) -> None:
        """Learn an event that was served before; x is the served one, and is neither checked nor counted again."""
        row: Row
        self.check_ready()
        label = y if y is True or y is False else label_of(y)
        checked = None if memo is None else self.checked_memo(memo)
        weight: cython.double = weight_of(w)
        if weight != 1.0 and not self._guard_inner.takes(weight):
            return
        row = self._guard_inner.read(x)
        try:
            row.memo = checked
            self._guard_inner.learn(row, label, weight)
        finally:
            row.done()

    @cython.cfunc
    def _guard_served(self, row: Row) -> Served:
        raw: cython.double
        corrected: cython.double
        calibrated: cython.double
        if not row.scorable:
            return Served(row.x, False, False, row.reasons, 0.0, 0.0, 0.0, ())
        x = row.x
        self.score(row)
        self.rate(row)
        raw = row.raw
        if row.answer is None:
            corrected, calibrated = row.corrected, row.calibrated
        else:
            corrected, calibrated = true_of(row.mapping), true_of(row.answer)
            if raw != raw:
                raw = corrected
        if not (0.0 <= raw <= 1.0 and 0.0 <= corrected <= 1.0 and 0.0 <= calibrated <= 1.0):
            raw, corrected, calibrated = probability(raw), probability(corrected), probability(calibrated)
        memo = self.remember(row) if self.memo_size > 0 else ()
        return Served(x, bool(row.learnable), True, row.reasons, raw, corrected, calibrated, memo)

    @cython.cfunc
    def _guard_served_classes(self, row: Row, classes: tuple[Any, ...], shares: Any) -> Served:
        if not row.scorable:
            return Served(row.x, False, False, row.reasons, 0.0, 0.0, 0.0, ())
        x = row.x
        self.score(row)
        self.rate(row)
        served = by_class(self._guard_inside(row), classes, shares)
        raw, corrected, calibrated = served.p[served.decision]
        memo = self.remember(row) if self.memo_size > 0 else ()
        return Served(x, bool(row.learnable), True, row.reasons, raw, corrected, calibrated, memo, served)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _guard_learn_served(self, row: Row, y: Any, served: Any) -> cython.int:
        """Learns an event that was just served, where it may be learned."""
        if row.learnable:
            inside: Row = self._guard_inside(row)
            try:
                self._guard_inner.learn(inside, y, 1.0)
            except Exception as error:
                raise LearningError(served) from error
        return 0
