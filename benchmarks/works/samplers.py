"""The whole path under each sampler, against River's model that learns every event.

A sampler may take 1 µs an event beside the learner, which leaves the whole path 8 times as fast as River. Some may take
more: `ClusterSampler` looks for the nearest of its centres, SMOTE and `HardReplay` search what they have kept for each
event that is copied, and a sampler in Python is not compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.messages import floats, msgspec_decode
from benchmarks.python_sampler import PythonSampler
from benchmarks.river_models import SCALED, scaled_logistic
from benchmarks.rounds import Case, Group, Side, times_faster
from benchmarks.works.late_labels import one_by_one
from benchmarks.works.whole_path import whole_path
from streamimb.sampling import (
    BothSampler,
    ClassBalance,
    ClassWeights,
    ClusterSampler,
    DensityRatio,
    DynamicSampler,
    ErrorBandSampler,
    ExampleCosts,
    OverSampler,
    Product,
    ScoreUnderSampler,
    UnderSampler,
)
from streamimb.synthesis import SMOTE, HardReplay


def _observing() -> DensityRatio:
    """With some observed events: before the first one every weight is 1 and costs nothing."""
    sampler = DensityRatio()
    for i in range(1_000):
        sampler.observe_one(floats().features(i, msgspec_decode), i % 3 == 0)
    return sampler


A_MICROSECOND_MORE = 8.0  # times as fast as River, where the whole path with a free sampler is about 15

SAMPLERS: tuple[tuple[str, Callable[[], Any], float], ...] = (
    ("UnderSampler", lambda: UnderSampler(share=0.2), A_MICROSECOND_MORE),
    ('ScoreUnderSampler("L")', lambda: ScoreUnderSampler(criterion="L"), A_MICROSECOND_MORE),
    ("ErrorBandSampler", lambda: ErrorBandSampler(mu=0.3), A_MICROSECOND_MORE),
    ("OverSampler", OverSampler, A_MICROSECOND_MORE),
    ("BothSampler", BothSampler, A_MICROSECOND_MORE),
    ("ClassWeights", ClassWeights, A_MICROSECOND_MORE),
    ("ExampleCosts", lambda: ExampleCosts(miss=20.0), A_MICROSECOND_MORE),
    ("ClassBalance", ClassBalance, A_MICROSECOND_MORE),
    ("DynamicSampler", lambda: DynamicSampler(budget=0.1), A_MICROSECOND_MORE),
    ("ClusterSampler", lambda: ClusterSampler(budget=0.1), 2.5),
    ("DensityRatio", _observing, A_MICROSECOND_MORE),
    ("Product", lambda: Product(UnderSampler(keep_rate=0.3), OverSampler()), A_MICROSECOND_MORE),
    ("a sampler in Python", PythonSampler, 5.0),
)
SYNTHESIZERS: tuple[tuple[str, Callable[[], Any], float], ...] = (
    ("SMOTE", SMOTE, 1.0),
    ("HardReplay", HardReplay, 2.5),
)


def _served(sampler: Callable[[], Any], synthesizer: Callable[[], Any] | None = None) -> Side:
    made = None if synthesizer is None else synthesizer()
    return one_by_one(whole_path(sampler(), synthesizer=made), floats(), msgspec_decode)


GROUPS = (
    Group(
        f"{SCALED}, all learned",
        lambda: one_by_one(scaled_logistic(), floats(), msgspec_decode),
        (
            *(
                Case(f"whole path, {name}", times_faster(limit), partial(_served, sampler))
                for name, sampler, limit in SAMPLERS
            ),
            *(
                Case(
                    f"whole path, OverSampler, {name}",
                    times_faster(limit),
                    partial(_served, OverSampler, made),
                )
                for name, made, limit in SYNTHESIZERS
            ),
        ),
    ),
)
