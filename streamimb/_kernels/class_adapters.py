# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Adapters of learners that take an offset for each class: of a third party's, and of a pipeline's last step."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.ports import ClassLearner, Model
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.ports import ClassLearner, Model
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.part_numbers import probabilities_from


@cython.cclass
class ForeignClassLearner(ClassLearner):
    """A learner that implements `protocols.ClassOffsetLearner`."""

    def __init__(self, learner: Any, traits: Any) -> None:
        self.set_up(0)
        self.learner, self.traits = learner, traits

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        self.traits.check_taught(more)
        return 0

    @cython.cfunc
    def probabilities(self, row: Row, offsets: dict[Any, float]) -> dict[Any, float]:
        said = self.learner.predict_offsets_one(row.x, dict(offsets), **self.traits.predicted(row.more))
        return probabilities_from(self.learner, "predict_offsets_one", said, offsets)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        self.learner.observe_one(row.x, y, dict(offsets), w, **self.traits.observed(row.more))
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        self.learner.step_one(row.x, y, dict(offsets), w, **self.traits.stepped(row.more))
        return 0


@cython.cclass
class TransformedClassLearner(ClassLearner):
    """A pipeline whose last step takes an offset for each class; its transformers learn every event."""

    def __init__(self, inner: ClassLearner, pipeline: Any, transform: Any, learn_transform: Any) -> None:
        self.set_up(0)
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
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        return self.inner.check(y, more)

    @cython.cfunc
    def probabilities(self, row: Row, offsets: dict[Any, float]) -> dict[Any, float]:
        return self.inner.probabilities(row, offsets)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        self.learn_transform(self.pipeline, row.event, y)
        return self.inner.observe_classes(row, y, offsets, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step_classes(self, row: Row, y: Any, offsets: dict[Any, float], w: cython.double) -> cython.int:
        return self.inner.step_classes(row, y, offsets, w)
