"""The whole path under each sampler, against the whole path under the default one.

A sampler may take 1 µs per event, about a quarter of the whole path. Some may take more: criterion "L" reads each
labelled event twice, `DynamicSampler` compares all classes, `ClusterSampler` looks for the nearest of its centres,
SMOTE and `HardReplay` search what they have kept for each event that is copied, and a sampler in Python is not
compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.messages import floats, msgspec_decode
from benchmarks.python_sampler import PythonSampler
from benchmarks.rounds import Case, Group, Side, times_the_cost
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


SAMPLERS: tuple[tuple[str, Callable[[], Any], float], ...] = (
    ("UnderSampler", lambda: UnderSampler(share=0.2), 1.25),
    ('ScoreUnderSampler("L")', lambda: ScoreUnderSampler(criterion="L"), 1.5),
    ("ErrorBandSampler", lambda: ErrorBandSampler(mu=0.3), 1.25),
    ("OverSampler", OverSampler, 1.25),
    ("BothSampler", BothSampler, 1.25),
    ("ClassWeights", ClassWeights, 1.25),
    ("ExampleCosts", lambda: ExampleCosts(miss=20.0), 1.25),
    ("ClassBalance", ClassBalance, 1.25),
    ("DynamicSampler", lambda: DynamicSampler(budget=0.1), 1.5),
    ("ClusterSampler", lambda: ClusterSampler(budget=0.1), 3.0),
    ("DensityRatio", _observing, 1.25),
    ("Product", lambda: Product(UnderSampler(keep_rate=0.3), OverSampler()), 1.25),
    ("a sampler in Python", PythonSampler, 3.0),
)


SYNTHESIZERS: tuple[tuple[str, Callable[[], Any], float], ...] = (
    ("SMOTE", SMOTE, 8.0),
    ("HardReplay", HardReplay, 3.0),
)


def _served(
    sampler: Callable[[], Any] = ScoreUnderSampler, synthesizer: Callable[[], Any] | None = None
) -> Side:
    made = None if synthesizer is None else synthesizer()
    return one_by_one(whole_path(sampler(), synthesizer=made), floats(), msgspec_decode)


GROUPS = (
    Group(
        "whole path under the default sampler",
        _served,
        (
            *(
                Case(f"whole path, {name}", times_the_cost(limit), partial(_served, sampler))
                for name, sampler, limit in SAMPLERS
            ),
            *(
                Case(
                    f"whole path, OverSampler, {name}",
                    times_the_cost(limit),
                    partial(_served, OverSampler, made),
                )
                for name, made, limit in SYNTHESIZERS
            ),
        ),
    ),
)
