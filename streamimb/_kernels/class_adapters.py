# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Adapters of learners that take an offset for each class: of a third party's, and of a pipeline's last step."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.ports import ClassLearner
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.ports import ClassLearner
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import ProbabilityError, probability


@cython.cclass
class ForeignClassLearner(ClassLearner):
    """A learner that implements `protocols.ClassOffsetLearner`."""

    def __init__(self, learner: Any, traits: Any) -> None:
        self.learner, self.traits = learner, traits
        self.spare, self.memo_size, self.ready = None, 0, True

    @cython.cfunc
    def read(self, x: Any) -> Row:
        return self.lend(x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        self.traits.check_taught(more)
        return 0

    @cython.cfunc
    def probabilities(self, row: Row, offsets: dict[Any, float]) -> dict[Any, float]:
        said = self.learner.predict_offsets_one(row.x, dict(offsets), **self.traits.predicted(row.more))
        if not said.keys() >= offsets.keys():
            raise ProbabilityError(
                f"{type(self.learner).__name__} lacks a class: predict_offsets_one has to return every class of offsets"
            )
        return {label: probability(said[label]) for label in offsets}

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
        self.inner, self.pipeline = inner, pipeline
        self.transform, self.learn_transform = transform, learn_transform
        self.spare, self.memo_size, self.ready = None, 0, True

    @cython.cfunc
    def read(self, x: Any) -> Row:
        row: Row = self.inner.read(self.transform(self.pipeline, x))
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
