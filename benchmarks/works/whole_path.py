"""The whole path: guard, score, sample, correct, calibrate, learn; under the default sampler and under others."""

from __future__ import annotations

from benchmarks.messages import floats, msgspec_decode, strings
from benchmarks.python_sampler import PythonSampler
from benchmarks.river_models import HASHED, SCALED, hashed_logistic, scaled_logistic
from benchmarks.rounds import Case, Group, Side, times_faster, times_the_cost
from benchmarks.works.late_labels import one_by_one
from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, Schema
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Sampler
from streamimb.sampling import UnderSampler


def whole_path(sampler: Sampler | None = None, schema: Schema | None = None) -> GuardedClassifier:
    """The default stack; without a sampler the default one, without a schema an inferred one."""
    sampled = SampledClassifier(LogisticRegression(), sampler, seed=1)
    return GuardedClassifier(CalibratedClassifier(sampled), schema)


def _served(sampler: Sampler | None = None) -> Side:
    return one_by_one(whole_path(sampler), floats(), msgspec_decode)


GROUPS = (
    Group(
        f"{SCALED}, all learned",
        lambda: one_by_one(scaled_logistic(), floats(), msgspec_decode),
        (Case("whole path, 30 floats", times_faster(22.0), _served),),
    ),
    Group(
        f"{HASHED}, all learned",
        lambda: one_by_one(hashed_logistic(), strings(), msgspec_decode),
        (
            Case(
                "whole path, 20 strings",
                times_faster(14.0),
                lambda: one_by_one(whole_path(), strings(), msgspec_decode),
            ),
        ),
    ),
    Group(
        "whole path under the default sampler",
        _served,
        (
            Case("whole path, UnderSampler", times_the_cost(1.2), lambda: _served(UnderSampler(share=0.2))),
            Case("whole path, a sampler in Python", times_the_cost(3.0), lambda: _served(PythonSampler())),
        ),
    ),
)
