"""What a Hoeffding tree learns of rare classes, what its splits depend on, and what its children start from."""

from __future__ import annotations

import math
import random
import tomllib
from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from river import tree as river_tree

from streamimb import CalibratedClassifier, SampledClassifier, ensemble, sampling
from streamimb._kernels.column_bins import BINS
from streamimb.checks.state_data import data_of
from streamimb.cli.model import assembled
from streamimb.config.model import Model
from streamimb.config.model import model as read_model
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.tree import HoeffdingTreeClassifier

Event = tuple[dict[str, Any], bool, float]


def events(n: int, seed: int = 0, base: float = -2.5) -> Iterator[Event]:
    """(x, y, P): the effect of two numbers is their product, a word has one of its own, a number may be missing."""
    rng = random.Random(seed)
    for _ in range(n):
        a, b, word = rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0), rng.choice("uvw")
        p = 1.0 / (1.0 + math.exp(-base - 2.0 * (a > 0.3 and b > 0.0) - 1.5 * (word == "u")))
        x = {"a": a, "b": b, "word": word, "on": rng.random() < 0.5, "noise": rng.gauss(0.0, 1.0)}
        if rng.random() < 0.1:
            x["noise"] = None
        yield x, rng.random() < p, p


def taught(n: int, seed: int = 0, **parameters: Any) -> HoeffdingTreeClassifier:
    model = HoeffdingTreeClassifier(**{"hash_bits": 8, **parameters})
    for x, y, _ in events(n, seed):
        model.learn_one(x, y)
    return model


def excess(model: Any, stream: list[Event], warm: int) -> float:
    """Mean expected log loss above the truth's, after `warm` events."""
    total = 0.0
    for i, (x, y, p) in enumerate(stream):
        if i >= warm:
            q = min(1.0 - 1e-9, max(1e-9, model.predict_proba_one(x)[True]))
            total += p * math.log(p / q) + (1.0 - p) * math.log((1.0 - p) / (1.0 - q))
        model.learn_one(x, y)
    return total / (len(stream) - warm)


def sampled(model: Any, seed: int) -> Any:
    return CalibratedClassifier(SampledClassifier(model, seed=seed))


def masses(model: HoeffdingTreeClassifier) -> tuple[Any, Any, Any]:
    """The mass of each class by leaf, column and bin; in total by leaf; and the unit of each leaf."""
    counts = model.__getstate__()["kernel"]["tree"]["counts"]
    leaves, columns = model.n_leaves, counts["columns"]
    return (
        np.frombuffer(counts["mass"]).reshape(leaves, columns, BINS, 2),
        np.frombuffer(counts["total"]).reshape(leaves, 2),
        np.frombuffer(counts["unit"]),
    )


def test_it_is_nearer_to_the_truth_than_the_tree_of_river_in_the_same_wrappers() -> None:
    shares = []
    for seed in range(3):
        stream = [
            ({**x, "noise": x["noise"] or 0.0}, y, p) for x, y, p in events(5_000, seed)
        ]  # it takes no None
        other = excess(sampled(river_tree.HoeffdingTreeClassifier(), seed), stream, 2_500)
        shares.append(excess(sampled(HoeffdingTreeClassifier(), seed), stream, 2_500) / other)
    assert np.mean(shares) + 3.0 * np.std(shares, ddof=1) / math.sqrt(len(shares)) < 1.0


def test_it_learns_what_a_linear_learner_cannot() -> None:
    ahead = []
    for seed in range(4):
        stream = list(events(12_000, seed))
        linear = excess(LogisticRegression(), stream, 8_000)
        ahead.append(linear - excess(HoeffdingTreeClassifier(), stream, 8_000))
    assert np.mean(ahead) > 3.0 * np.std(ahead, ddof=1) / math.sqrt(len(ahead))


@pytest.mark.parametrize("criterion", ["hellinger", "information"])
def test_it_grows_where_positives_are_one_in_a_hundred(criterion: str) -> None:
    rng = random.Random(1)
    model = HoeffdingTreeClassifier(split_criterion=criterion)
    for i in range(20_000):
        y = i % 100 == 0
        model.learn_one({"a": rng.gauss(2.5 * y, 1.0), "b": rng.gauss(0.0, 1.0)}, y)
    shares = model.feature_importances()
    assert model.n_leaves > 1
    assert shares["a"] > 2.0 * shares.get("b", 0.0)
    assert not model.predict_one({"a": 0.0, "b": 0.0})


def test_common_events_do_not_hasten_a_split() -> None:
    """The bound counts the rarer class: with 30 times the events, about as many positives until the first split."""
    needed = [0, 0]
    for place, each in enumerate((2, 60)):
        for seed in range(4):
            rng, model = random.Random(seed), HoeffdingTreeClassifier()
            while model.n_leaves == 1:
                y = rng.randrange(each) == 0
                needed[place] += y
                model.learn_one({"a": rng.gauss(0.55 * y, 1.0)}, y)
    assert max(needed) < 3 * min(needed)


def test_noise_is_not_split() -> None:
    """Of trees on noise that may split at a bound of .25, few do: delta is the probability of a wrong split."""
    grown = 0
    for seed in range(10):
        rng, model = random.Random(seed), HoeffdingTreeClassifier(tau=0.0)
        for _ in range(1_500):
            model.learn_one({name: rng.random() for name in "abcde"}, rng.random() < 0.1)
        grown += model.n_leaves > 1
    assert grown <= 1


def test_weights_do_not_count_as_events() -> None:
    """The bound takes the effective number of events, so a weight of 50 for all gives no other splits."""
    light, heavy = HoeffdingTreeClassifier(hash_bits=8), HoeffdingTreeClassifier(hash_bits=8)
    for x, y, _ in events(3_000):
        del x["word"]  # its statistics do count weights
        light.learn_one(x, y)
        heavy.learn_one(x, y, w=50.0)
    nodes = [model.__getstate__()["kernel"]["tree"]["nodes"]["threshold"] for model in (light, heavy)]
    assert light.n_leaves > 2
    assert nodes[0] == nodes[1]


def test_every_column_of_every_leaf_has_the_mass_of_the_leaf() -> None:
    """Through splits, renewals of edges, fading, and a column that comes late."""
    model = taught(1_500, grace_period=5.0, half_life=200.0)
    for x, y, _ in events(1_500, 1):
        model.learn_one({**x, "late": x["a"]}, y)
    assert model.n_leaves > 3
    mass, total, _ = masses(model)
    assert np.allclose(mass.sum(axis=2), total[:, None, :], rtol=1e-9)


def test_children_start_from_what_the_leaf_knew() -> None:
    """At a split, probabilities by the side and by the other column go on; River's would start from nothing."""
    rng, model = random.Random(5), HoeffdingTreeClassifier(max_leaves=2)
    truth = {(a, b): 0.05 + 0.5 * a + 0.2 * b for a in (0.0, 1.0) for b in (0.0, 1.0)}
    while model.n_leaves == 1:
        a, b = float(rng.random() < 0.3), float(rng.random() < 0.5)
        model.learn_one({"a": a, "b": b}, rng.random() < truth[a, b])
    said = {(a, b): model.predict_proba_one({"a": a, "b": b})[True] for a, b in truth}
    assert [math.isclose(said[pair], truth[pair], abs_tol=0.15) for pair in truth] == [True] * 4
    _, total, unit = masses(model)
    kept = total.min(axis=1) / unit  # at most a grace period of the rarer class
    assert 5.0 < kept.min() < kept.max() < 20.001


def test_counts_of_a_sampled_tree_are_those_of_the_unsampled_stream() -> None:
    """An event that is learned at rate r of its class counts 1 / r: the odds of the masses are those of the stream."""
    ratios = []
    for seed in range(8):
        model = HoeffdingTreeClassifier(max_leaves=1, hash_bits=8, half_life=1e9)
        pupil = SampledClassifier(model, sampling.UnderSampler(share=0.5), seed=seed)
        seen = [0, 0]
        for x, y, _ in events(3_000, seed):
            seen[y] += 1
            pupil.learn_one(x, y)
        _, total, _ = masses(model)
        ratios.append(math.log(total[0, 1] / total[0, 0] / (seen[1] / seen[0])))
    assert abs(np.mean(ratios)) < 3.0 * np.std(ratios, ddof=1) / math.sqrt(len(ratios)) + 0.01
    assert np.std(ratios) < 0.1


def test_an_absent_number_can_be_what_matters() -> None:
    rng, model = random.Random(2), HoeffdingTreeClassifier()
    for _ in range(3_000):
        gone = rng.random() < 0.2
        y = rng.random() < (0.4 if gone else 0.05)
        model.learn_one({"b": 1.0} if gone else {"a": rng.random(), "b": 1.0}, y)
    assert model.feature_importances()["a"] > 0.9
    assert model.predict_proba_one({"b": 1.0})[True] == pytest.approx(0.4, abs=0.08)
    assert model.predict_proba_one({"a": 0.5, "b": 1.0})[True] == pytest.approx(0.05, abs=0.03)


def test_a_leaf_forgets() -> None:
    rng, model = random.Random(2), HoeffdingTreeClassifier(max_leaves=1, half_life=20.0)
    for i in range(4_000):
        a = rng.gauss(0.0, 1.0)
        model.learn_one({"a": a}, (a > 1.0) == (i < 2_000))
    assert model.predict_proba_one({"a": 2.0})[True] < 0.2 < 0.8 < model.predict_proba_one({"a": -1.0})[True]


@pytest.mark.parametrize(
    ("bounds", "leaves"), [({"max_leaves": 3}, 3), ({"max_depth": 0}, 1), ({"max_depth": 1}, 2)]
)
def test_nodes_are_bounded(bounds: dict[str, int], leaves: int) -> None:
    assert taught(3_000, grace_period=5.0, **bounds).n_leaves == leaves


def test_columns_and_bytes_are_bounded() -> None:
    model = HoeffdingTreeClassifier(max_columns=7, hash_bits=4, grace_period=2.0)
    for i in range(2_000):
        model.learn_one({f"n{i % 40}": float(i), f"s{i % 30}": "a", "x": float(i % 5)}, i % 5 == 0)
    counts = model.__getstate__()["kernel"]["tree"]["counts"]
    assert counts["columns"] <= 7
    assert len(counts["mass"]) < model.memory_bytes() == model._raw_memory_usage
    assert model.memory_bytes() < model.memory_budget_bytes + 300 * 128  # of 128 names
    assert 0.0 < model.predict_proba_one({"n1": 1.0, "new": 3.0})[True] < 1.0


def test_an_event_without_fields_is_learned() -> None:
    model = HoeffdingTreeClassifier()
    for i in range(600):
        model.learn_one({}, i % 4 == 0)
    assert model.predict_proba_one({})[True] == pytest.approx(0.25, abs=0.05)


def test_contributions_sum_to_the_served_log_odds() -> None:
    model = SampledClassifier(taught(0, grace_period=5.0), seed=1)
    for x, y, _ in events(2_000):
        model.learn_one(x, y)
    assert model.classifier.n_leaves > 2
    for x, _, _ in events(20, seed=1):
        p = model.predict_proba_one(x)[True]
        rows = model.contributions_one(x)
        assert {"a", "b", "word", "on", "(intercept)", "(anchor)", "(mixture)"} <= rows.keys()
        assert math.fsum(rows.values()) == pytest.approx(math.log(p / (1.0 - p)), abs=1e-12)
    high, low = ({"a": 1.5, "b": b, "word": "v", "on": True} for b in (1.0, -1.0))
    assert model.contributions_one(high)["b"] > model.contributions_one(low)["b"]


def test_saved_it_goes_on_as_if_it_had_not_been() -> None:
    pupil = sampled(HoeffdingTreeClassifier(grace_period=5.0, hash_bits=8), 1)
    stream = [(x, y) for x, y, _ in events(1_200)]
    for x, y in stream[:510]:  # while edges are renewed
        pupil.learn_one(x, y)
    saved = snapshot.dumps(pupil)
    loaded = snapshot.loads(saved)
    assert snapshot.dumps(loaded) == saved
    for x, y in stream[510:]:
        assert loaded.score_learn_one(x, y) == pupil.score_learn_one(x, y)
    assert snapshot.dumps(loaded) == snapshot.dumps(pupil)


def test_batches_are_loops() -> None:
    x = [event for event, _, _ in events(300)]
    y = [label for _, label, _ in events(300)]
    looped, batched = taught(0), taught(0)
    for event, label in zip(x, y, strict=True):
        looped.learn_one(event, label)
    batched.learn_many(x, y)
    assert data_of(looped) == data_of(batched)
    assert batched.predict_proba_many(x[:9]) == [looped.predict_proba_one(event) for event in x[:9]]


def test_a_late_label_teaches_a_category_as_it_was_served() -> None:
    model = taught(1_000, max_leaves=1)
    x = next(events(1, seed=9))[0]
    memo = model.memo_one(x, 0.0)
    for _ in range(300):
        model.learn_one({"word": x["word"]}, True)
    now, late = snapshot.loads(snapshot.dumps(model)), model
    now.learn_one(x, True)
    late.learn_one(x, True, memo=memo)
    assert not np.array_equal(masses(now)[0], masses(late)[0])
    with pytest.raises(ValueError, match=r"^memo: "):
        model.learn_one({"a": 1.0}, True, memo=memo)


def test_the_better_model_of_a_leaf_is_the_one_that_was_right_when_it_was_served() -> None:
    model = taught(300, max_leaves=1)
    x = next(events(1, seed=9))[0]
    plain = model.memo_one(x, 0.0)
    right = (plain[0], 0.05, 0.95, *plain[3:])  # naive Bayes was right about True
    for _ in range(30):
        model.observe_one(x, True, 0.0, memo=right)
    leads = array("d", model.__getstate__()["kernel"]["tree"]["models"])
    assert leads[7] == 10.0
    assert model.predict_offset_one(x, 0.0) == pytest.approx(model.memo_one(x, 0.0)[2], rel=1e-3)


def test_a_heavy_event_moves_a_leaf_to_its_label_and_not_beyond() -> None:
    model = taught(1_000)
    x = next(events(1, seed=3))[0]
    said = [model.predict_offset_one(x, 0.0)]
    for w in (1.0, 3.0, 30.0, 1e6, 1e300):
        other = snapshot.loads(snapshot.dumps(model))
        other.step_one(x, True, 0.0, w)
        said.append(other.memo_one(x, 0.0)[1])
    assert said[1:] == sorted(said[1:])
    assert said[-1] <= 1.0


def test_leaves_are_split_on_columns_drawn_for_each() -> None:
    """Ten columns that say the same: without a share the first is always taken."""
    firsts = []
    for share, seed in [(1.0, 1), (1.0, 2), *((0.3, seed) for seed in range(8))]:
        model = HoeffdingTreeClassifier(column_share=share, seed=seed, hash_bits=4)
        for i in range(2_000):
            model.learn_one({f"x{j}": float(i % 20) for j in range(10)}, i % 20 > 17)
        firsts.append(next(iter(model.feature_importances())))
    assert firsts[:2] == ["x0", "x0"]
    assert len(set(firsts[2:])) >= 3


def test_members_of_a_bag_differ() -> None:
    bag = ensemble.UOBClassifier(HoeffdingTreeClassifier(grace_period=5.0, hash_bits=8), n_models=3, seed=1)
    for x, y, _ in events(1_500):
        bag.learn_one(x, y)
    trees = [member.classifier.__getstate__()["kernel"]["tree"]["nodes"] for member in bag._members.all]
    assert len({one["threshold"] for one in trees}) == 3


def test_a_configuration_names_it() -> None:
    tables = tomllib.loads(
        """
        [learner]
        type = "HoeffdingTreeClassifier"
        grace_period = 30
        split_criterion = "information"
        """
    )
    read = read_model(tables)
    assert isinstance(read, Model)
    learner = assembled(read).classifier.classifier
    assert isinstance(learner, HoeffdingTreeClassifier)
    assert (learner.grace_period, learner.split_criterion) == (30.0, "information")
