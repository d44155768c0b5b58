"""What each synthesizer says of its examples: border, moments, the rule of labels, share, the hardest events."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from streamimb import catalogue, stats
from streamimb.engine.snapshot import SnapshotError, dumps, loads
from streamimb.synthesis import (
    SMOTE,
    BalancedReplay,
    BorderlineSMOTE,
    External,
    GaussianReplay,
    HardReplay,
    Remix,
)
from streamimb.synthesis.moments import Moments, normals
from tests.synthesis.streams import taught, unasked


def made_by(synthesizer: Any, x: Any, copies: int, score: Any = unasked) -> list[Any]:
    return [example for example, _ in synthesizer.examples_one(x, True, copies, score)]


# ------------------------------------------------------------------ BorderlineSMOTE


def test_seeds_are_events_with_at_least_half_but_not_all_neighbours_of_other_classes() -> None:
    smote = BorderlineSMOTE(k=1, m=4)
    for a, y in ((0.0, True), (0.1, True), (0.2, True), (0.3, True), (5.0, True), (5.1, True)):
        smote.learn_one({"a": a}, y)
    for a in (5.2, 5.3, 5.4, 8.8, 8.9, 9.1, 9.2, 9.3):
        smote.learn_one({"a": a}, False)
    for a in (0.15, 9.0):  # inside the class, and alone among the other
        made_by(smote, {"a": a}, 1)
    assert smote._border.of(True) is None
    made_by(smote, {"a": 5.05}, 1)
    assert [x["a"] for x in stats_of(smote)] == [5.05]
    # From now on an event elsewhere gives its copies to the border.
    for example in made_by(smote, {"a": 0.05}, 20):
        assert 5.0 <= example["a"] <= 5.1


def stats_of(smote: BorderlineSMOTE) -> list[Any]:
    border = smote._border.of(True)
    assert border is not None
    return border.get()


def test_fields_that_cannot_be_kept_come_from_the_event() -> None:
    smote = BorderlineSMOTE(k=1, m=2)
    smote.learn_one({"a": 1.0}, True)
    smote.learn_one({"a": 1.2}, False)
    made_by(smote, {"a": 1.1, "list": [1]}, 1)
    smote.learn_one({"a": -9.0}, True)
    smote.learn_one({"a": -9.1}, True)
    (example,) = made_by(smote, {"a": -9.05, "list": [2]}, 1)
    assert example["list"] == [2]
    assert 1.0 <= example["a"] <= 1.1


# ------------------------------------------------------------------ GaussianReplay

COVARIANCE = np.array([[4.0, -1.5, 1e-4], [-1.5, 1.0, 0.0], [1e-4, 0.0, 1e-8]])
MEAN = np.array([3.0, -1.0, 1e6])


def test_moments_are_the_decayed_mean_and_covariance() -> None:
    rng = np.random.default_rng(1)
    x = rng.multivariate_normal([3.0, -1.0], COVARIANCE[:2, :2], 400)
    moments = Moments(2, half_life=50)
    for values in x:
        moments.learn([0, 1], values)
    w = 2.0 ** (-np.arange(400)[::-1] / 50)
    mean = (w[:, None] * x).sum(axis=0) / w.sum()
    covariance = (w[:, None] * (x - mean)).T @ (x - mean) / w.sum()
    assert moments.mean == pytest.approx(mean, rel=1e-12)
    assert moments.covariance([0, 1]) == pytest.approx(covariance, rel=1e-10)


def test_the_moments_of_the_examples_are_those_of_the_class() -> None:
    replay, rng, n = GaussianReplay(half_life=1e6), np.random.default_rng(2), 4_000
    made_by(replay, {}, 1)
    for row in rng.multivariate_normal(MEAN, COVARIANCE, n).tolist():
        replay.learn_one(dict(zip("abc", row, strict=True)), True)
        replay.learn_one({"a": 1e9, "b": 1e9, "c": -1e9}, False)  # another class
    made = np.array([[x[name] for name in "abc"] for x in made_by(replay, {"a": 0.0, "b": 0, "c": 1.0}, n)])
    scale = np.sqrt(np.diag(COVARIANCE))
    # Two samples of n: each entry has twice the variance of one.
    mean_error = np.abs(made.mean(axis=0) - MEAN) / scale
    assert mean_error.max() < 4.5 * math.sqrt(2 / n)
    error = np.abs(np.cov(made.T) - COVARIANCE) / np.outer(scale, scale)
    assert error.max() < 4.5 * math.sqrt(2 * 2 / n)


def test_with_gaps_the_covariance_is_that_of_the_pairs_that_are_there() -> None:
    rng, moments = np.random.default_rng(3), Moments(2, half_life=1e6)
    x = rng.multivariate_normal([3.0, -1.0], COVARIANCE[:2, :2], 2_000)
    gaps = rng.random((2_000, 2)) < 0.3
    for values, gap in zip(x, gaps, strict=True):
        at = [place for place in (0, 1) if not gap[place]]
        if at:
            moments.learn(at, values[at])
    covariance = moments.covariance([0, 1])
    for place in (0, 1):
        there = x[~gaps[:, place], place]
        assert moments.mean[place] == pytest.approx(there.mean(), rel=0.001)
        assert covariance[place, place] == pytest.approx(there.var(), rel=0.001)
    both = x[~gaps.any(axis=1)]
    assert covariance[0, 1] == pytest.approx(np.cov(both.T, bias=True)[0, 1], rel=0.02)


def test_only_the_first_numbers_are_drawn_and_the_rest_is_the_events_own() -> None:
    replay = GaussianReplay(fields=2)
    made_by(replay, {}, 1)
    for i in range(50):
        replay.learn_one({"a": float(i), "s": "u", "b": i, "c": float(i), "flag": True}, True)
    x = {"a": 7.0, "s": "v", "b": None, "c": 3.0, "flag": False}
    (example,) = made_by(replay, x, 1)
    assert example["a"] != 7.0
    assert {**example, "a": 7.0} == x


def test_a_class_without_copies_is_not_learned() -> None:
    replay = taught(GaussianReplay(), [({"a": 1.0}, False)] * 10)
    assert replay.__getstate__()["names"] == []


def test_normal_numbers_are_normal() -> None:
    z = normals(20_001, GaussianReplay(seed=5)._draw)
    assert len(z) == 20_001
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((z**power).mean() - moment) < 4 * math.sqrt(variance / 20_000)


# ------------------------------------------------------------------ Remix


def remixed(n: dict[Any, int], kappa: float, tau: float) -> list[float]:
    """Parts of the partner, which is at 1, in examples made from an event of True at 0."""
    remix = Remix(kappa=kappa, tau=tau)
    for y in random.Random(1).sample(list(n), counts=list(n.values()), k=sum(n.values())):
        remix.learn_one({"a": 1.0}, y)
    return [x["a"] for x in made_by(remix, {"a": 0.0}, 2_000)]


def test_the_part_of_a_common_partner_is_below_tau_and_uniform() -> None:
    for tau in (0.5, 0.2, 1.0):
        parts = remixed({False: 300, True: 100}, kappa=2.0, tau=tau)
        assert 0.0 <= min(parts) <= max(parts) < tau
        assert abs(np.mean(parts) - tau / 2) < 4 * tau / math.sqrt(12 * 2_000)


def test_a_class_less_than_kappa_times_as_common_is_no_partner() -> None:
    parts = remixed({False: 200, True: 100}, kappa=3.0, tau=0.5)  # own partners, with any part
    assert max(parts) > 0.9
    assert abs(np.mean(parts) - 0.5) < 4 / math.sqrt(12 * 2_000)


def test_partners_are_drawn_in_proportion_to_their_class() -> None:
    remix = Remix()
    for y in random.Random(1).sample("abcd", counts=[600, 300, 20, 40], k=960):
        remix.learn_one({"a": 1.0}, y)
    shares = remix._prior.get()
    assert set(remix._common("c")) == {"a", "b"}
    drawn = [remix._one_of(remix._common("c")) for _ in range(4_000)]
    a = shares["a"] / (shares["a"] + shares["b"])
    assert abs(drawn.count("a") / 4_000 - a) < 4 * math.sqrt(a * (1 - a) / 4_000)


# ------------------------------------------------------------------ External


class Doubled:
    """A generator of a user."""

    def __init__(self) -> None:
        self.asked = 0
        self.learned: list[Any] = []

    def learn_one(self, x: Any, y: Any) -> None:
        self.learned.append((x["a"], y))

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        self.asked += copies
        a = x.pop("a")
        return [({"a": 2 * a}, 1.0) for _ in range(copies)]


def test_the_share_of_a_generator_is_kept_in_the_mean() -> None:
    generator = Doubled()
    external = External(generator, share=0.3)
    x = {"a": 1.0}
    for _ in range(1_000):
        examples = made_by(external, x, 3)
        assert len(examples) == 3
    assert x == {"a": 1.0}  # it has its own copy
    assert abs(generator.asked / 3_000 - 0.3) < 4 * 0.5 / (3 * math.sqrt(1_000))
    external.learn_one({"a": 5.0}, True)
    assert generator.learned == [(5.0, True)]


def test_a_generator_of_wrong_weights_is_named() -> None:
    class Heavy(Doubled):
        def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
            return [(dict(x), 2.0) for _ in range(copies)]

    with pytest.raises(ValueError, match=r"^generator: the weights of its examples sum to 8, of 4 copies"):
        External(Heavy(), share=1.0).examples_one({"a": 1.0}, True, 4, unasked)


def test_a_function_is_refused_with_what_to_write() -> None:
    with pytest.raises(ValueError, match="put a function into the examples_one of a class"):
        External(lambda x, y, n: [x])  # type: ignore[arg-type]


def test_a_generator_is_saved_by_the_name_of_its_class(own_parts: None) -> None:
    external = External(Doubled())
    with pytest.raises(SnapshotError, match="Doubled is not a class of streamimb"):
        dumps(external)
    catalogue.register(Doubled, "synthesis.Doubled")
    external.learn_one({"a": 1.0}, True)
    assert loads(dumps(external)).generator.learned == [(1.0, True)]


# ------------------------------------------------------------------ HardReplay


def at(x: Any) -> dict[Any, float]:
    """The probabilities of an event whose field p is P(True)."""
    return {False: 1.0 - x["p"], True: x["p"]}


def test_the_hardest_events_of_each_class_are_kept() -> None:
    replay, rng = HardReplay(share=0.5, size=10), random.Random(1)
    seen: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(600):
        p, y = rng.random(), rng.random() < 0.01
        seen[y].append(p if y else 1.0 - p)
        replay.examples_one({"p": p}, y, 1, at)
    for y, all_of in seen.items():
        kept = [round(math.exp(-loss), 12) for loss, _ in replay.kept(y)]
        assert kept == [round(one, 12) for one in sorted(all_of)[:10]]
    assert replay.kept(True)


def test_a_replay_is_judged_anew_and_what_became_easy_gives_way() -> None:
    replay = HardReplay(share=1.0, size=2)
    for p in (0.01, 0.02):
        replay.examples_one({"p": p}, True, 1, at)

    def learned(x: Any) -> dict[Any, float]:
        return at({"p": 0.99}) if x["p"] < 0.05 else at(x)

    made_by(replay, {"p": 0.5}, 20, learned)  # both kept ones are replayed, and are easy now
    assert sorted(x["p"] for _, x in replay.kept(True)) in ([0.01, 0.5], [0.02, 0.5])


def test_each_different_replay_is_scored_once() -> None:
    asked = []

    def score(x: Any) -> dict[Any, float]:
        asked.append(x["p"])
        return at(x)

    replay = HardReplay(share=1.0, size=3)
    for p in (0.1, 0.2, 0.3):
        replay.examples_one({"p": p}, True, 1, at)
    assert len(made_by(replay, {"p": 0.9}, 50, score)) == 50
    assert sorted(asked) == [0.1, 0.2, 0.3, 0.9]


def test_any_label_has_its_hardest_events() -> None:
    replay = HardReplay(share=1.0, size=1)
    for p, y in ((0.9, "a"), (0.1, "a"), (0.5, "b"), (0.3, "b")):
        replay.examples_one({"p": p}, y, 1, lambda x: {"a": x["p"], "b": x["p"]})
    assert [x["p"] for y in ("a", "b") for _, x in replay.kept(y)] == [0.1, 0.3]
    assert loads(dumps(replay)).kept("b") == replay.kept("b")


def test_extreme_scores_have_a_finite_loss() -> None:
    replay = HardReplay(share=1.0)
    for p in (0.0, 1.0, math.nan):
        replay.examples_one({"p": p}, True, 1, at)
    assert sorted(loss for loss, _ in replay.kept(True)) == [0.0, 0.0, 40.0]


def test_an_event_too_long_is_not_kept() -> None:
    replay = HardReplay(share=1.0, event_bytes=20)
    replay.examples_one({"p": 0.1, "s": "x" * 100}, True, 1, at)
    assert replay.kept(True) == []


def test_reservoirs_of_two_classes_draw_independently() -> None:
    smote = SMOTE(reservoir=stats.UniformReservoir(size=5))
    for i in range(300):
        smote.learn_one({"i": i}, False)
        smote.learn_one({"i": i}, True)
    of = smote._near.kept.of
    held = [
        sorted(x["i"] for x in reservoir.get()) for y in (False, True) if (reservoir := of(y)) is not None
    ]
    assert len(held) == 2
    assert held[0] != held[1]


# ------------------------------------------------------------------ BalancedReplay


def test_replays_are_a_uniform_sample_of_the_class_and_the_rest_are_copies() -> None:
    replay = BalancedReplay(share=0.75, reservoir=stats.UniformReservoir(size=50))
    for a in range(2_000):
        replay.learn_one({"a": float(a)}, a % 2 == 0)
    made = [x["a"] for x in made_by(replay, {"a": -1.0}, 4_000)]
    replays = [a for a in made if a >= 0.0]
    assert len(replays) == 3_000
    assert all(a % 2.0 == 0.0 for a in replays)
    assert len(set(replays)) == 50
    # The mean of 50 of 1,000 even numbers below 2,000 has a standard error of 82.
    assert abs(sum(replays) / 3_000 - 999.0) < 250.0


def test_before_an_event_of_the_class_is_kept_a_replay_is_the_event_itself() -> None:
    replay = BalancedReplay()
    replay.learn_one({"a": 1.0}, False)
    assert made_by(replay, {"a": 2.0, "list": [1]}, 2) == [{"a": 2.0, "list": [1]}] * 2
    replay.learn_one({"a": 3.0}, True)
    assert made_by(replay, {"a": 2.0, "list": [1]}, 2) == [{"a": 3.0, "list": [1]}] * 2
