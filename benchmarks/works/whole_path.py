"""The whole path: guard, score, sample, correct, calibrate, learn; by the recipes."""

from __future__ import annotations

from benchmarks.messages import floats, msgspec_decode, strings
from benchmarks.river_models import HASHED, SCALED, hashed_logistic, scaled_logistic
from benchmarks.rounds import Case, Group, times_faster
from benchmarks.works.late_labels import one_by_one
from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, Schema
from streamimb.compose import recipes
from streamimb.linear_model import LogisticGAM, LogisticRegression
from streamimb.protocols import Sampler, Synthesizer
from streamimb.tree import RollingBoostingClassifier


def whole_path(
    sampler: Sampler | None = None, schema: Schema | None = None, synthesizer: Synthesizer | None = None
) -> GuardedClassifier:
    """The linear recipe, guarded; without a sampler the default one, without a schema an inferred one."""
    sampled = SampledClassifier(LogisticRegression(), sampler, seed=1, synthesizer=synthesizer)
    return GuardedClassifier(CalibratedClassifier(sampled), schema)


def boosted() -> GuardedClassifier:
    """Boosted trees with an additive companion, guarded."""
    trees = RollingBoostingClassifier(LogisticGAM(), ring_size=20_000, seed=1)
    return GuardedClassifier(CalibratedClassifier(SampledClassifier(trees, seed=1)))


GROUPS = (
    Group(
        f"{SCALED}, all learned",
        lambda: one_by_one(scaled_logistic(), floats(), msgspec_decode),
        (
            Case(
                "whole path, linear, 30 floats",
                times_faster(22.0),
                lambda: one_by_one(whole_path(), floats(), msgspec_decode),
            ),
            Case(
                "whole path, default recipe, 30 floats",
                times_faster(7.0),
                lambda: one_by_one(GuardedClassifier(recipes.default(seed=1)), floats(), msgspec_decode),
            ),
            Case(
                "whole path, boosted trees, ring of 20,000, 30 floats",
                times_faster(2.0),  # 12 µs on 15 floats, where River takes 22
                lambda: one_by_one(boosted(), floats(), msgspec_decode),
            ),
        ),
    ),
    Group(
        f"{HASHED}, all learned",
        lambda: one_by_one(hashed_logistic(), strings(), msgspec_decode),
        (
            Case(
                "whole path, linear, 20 strings",
                times_faster(14.0),
                lambda: one_by_one(whole_path(), strings(), msgspec_decode),
            ),
        ),
    ),
)
