from __future__ import annotations

import math
import pickle
import random
from typing import Any

import numpy as np
import pytest

from benchmarks.sampler_figures import cluster_masses, groups, long_run
from streamimb.sampling import ClusterSampler

PRIOR = {False: 0.9, True: 0.1}


def taught(sampler: ClusterSampler, n: int = 6_000, seed: int = 1) -> ClusterSampler:
    for x, y, _ in groups(n, seed):
        sampler.learn_one(x, y, PRIOR, sampler.rates_one(x, PRIOR, PRIOR), PRIOR)
    return sampler


def test_the_clusters_are_the_groups_of_each_class() -> None:
    sampler = taught(ClusterSampler(0.3, n_clusters=3))
    for label in (False, True):
        met = {(group, sampler.cluster_of(x, y)) for x, y, group in groups(2_000, 2) if y is label}
        assert len(met) == 3


def test_each_cluster_is_learned_equally_often_also_after_a_tenfold_move_of_the_base_rate() -> None:
    """Two seeds, whose rarest group has 400 events; `make truth` has five of twice the length."""
    found = [cluster_masses(seed, 60_000) for seed in range(2)]
    for name in found[0]:
        assert sum(one[name] for one in found) / 2 == pytest.approx(1.0, abs=0.15), name


def test_no_event_is_copied_more_than_max_copies_times() -> None:
    sampler, rates = taught(ClusterSampler(1.0, n_clusters=3, max_copies=2.0)), set()
    for x, _, _ in groups(500, 3):
        rates |= set(sampler.rates_one(x, PRIOR, PRIOR).values())
    assert max(rates) == 2.0


def test_a_group_that_appears_late_gets_a_cluster() -> None:
    rng, sampler = random.Random(1), ClusterSampler(0.2, n_clusters=2)
    for i in range(24_000):
        late = i >= 4_000 and rng.random() < 0.3
        x, y = {"a": rng.gauss(9.0 if late else 0.0, 0.5)}, rng.random() < 0.5
        sampler.learn_one(x, y, PRIOR, PRIOR, PRIOR)
    for label in (False, True):
        assert sampler.cluster_of({"a": 0.0}, label) != sampler.cluster_of({"a": 9.0}, label)


@pytest.mark.parametrize("bad", [None, "6", True, math.nan, math.inf, 10**400, b"6"])
def test_what_is_no_number_counts_as_missing(bad: Any) -> None:
    sampler = taught(ClusterSampler(0.3, n_clusters=3), 2_000)
    x = {"a": bad, "b": 6.0}
    assert sampler.rates_one(x, PRIOR, PRIOR) == sampler.rates_one({"b": 6.0}, PRIOR, PRIOR)
    before = sampler.rates_one({"a": 6.0, "b": 0.0}, PRIOR, PRIOR)
    sampler.learn_one({"a": bad}, True, PRIOR, PRIOR, PRIOR)
    assert sampler.rates_one({"a": 6.0, "b": 0.0}, PRIOR, PRIOR) == pytest.approx(before, rel=0.1)


def test_numbers_of_other_makes_count() -> None:
    sampler = taught(ClusterSampler(0.3, n_clusters=3), 2_000)
    for made in (6, np.float32(6.0), np.int64(6)):
        assert sampler.rates_one({"a": made, "b": 0.0}, PRIOR, PRIOR) == sampler.rates_one(
            {"a": 6.0, "b": 0.0}, PRIOR, PRIOR
        )


def test_only_64_fields_are_kept() -> None:
    sampler = ClusterSampler(0.3)
    for i in range(300):
        sampler.learn_one({f"f{i}": 1.0, f"g{i}": 2.0}, i % 3 == 0, PRIOR, PRIOR, PRIOR)
    assert len(sampler.__getstate__()["learned"]["fields"]) == 64


def test_events_without_numbers_are_learned_as_one_cluster() -> None:
    sampler = ClusterSampler(0.3)
    for i in range(300):
        sampler.learn_one({"word": "a"}, i % 10 == 0, PRIOR, PRIOR, PRIOR)
    rates = sampler.rates_one({"word": "b"}, PRIOR, PRIOR)
    assert rates == {False: pytest.approx(0.15 / 0.9), True: pytest.approx(1.5)}


def test_classes_of_any_number_have_an_equal_part() -> None:
    rng, sampler, p = random.Random(5), ClusterSampler(0.3, n_clusters=1), {"a": 0.7, "b": 0.2, "c": 0.1}
    for _ in range(2_000):
        y = rng.choices("abc", list(p.values()))[0]
        sampler.learn_one({"a": rng.gauss(0, 1)}, y, p, p, p)
    rates = sampler.rates_one({"a": 0.0}, p, p)
    assert {label: p[label] * rates[label] for label in p} == pytest.approx(dict.fromkeys("abc", 0.1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fields", ["a", "a"]),
        ("counts", b"1"),
        ("means", bytes(8)),
        ("variances", np.array([-1.0, 1.0]).tobytes()),
        ("classes", None),
        ("classes", [[True, bytes(512), bytes(16), 1]]),
        ("classes", [[True, bytes(512 * 4), bytes(8 * 4), 1]]),
        ("classes", [[True, bytes(512), bytes(8), 0]]),
        ("classes", [[True, bytes(512), bytes(8), 1]] * 2),
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(name: str, value: Any) -> None:
    sampler = taught(ClusterSampler(0.3, n_clusters=3), 500)
    before = pickle.dumps(sampler)
    state = sampler.__getstate__()
    with pytest.raises(ValueError, match="state"):
        sampler.__setstate__({**state, "learned": {**state["learned"], name: value}})
    assert pickle.dumps(sampler) == before


def test_probabilities_are_true_after_a_tenfold_jump_of_the_base_rate() -> None:
    """One seed, noise-free against the true P; `make truth` has five."""
    assert 0.9 < long_run("ClusterSampler", "ours", 0)["ratio"] < 1.1
