"""What boosted trees learn, what a tree depends on, and what a state needs."""

from __future__ import annotations

import math
import random
import tomllib
from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.checks.state_data import data_of
from streamimb.cli.model import assembled
from streamimb.config.model import Model
from streamimb.config.model import model as read_model
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.tree import RollingBoostingClassifier

SMALL: dict[str, Any] = {"n_trees": 12, "max_leaves": 6, "ring_size": 400, "every": 20, "hash_bits": 8}


def events(n: int, seed: int = 0) -> Iterator[tuple[dict[str, Any], bool, float]]:
    """(x, y, P): the effect of two numbers is their product, a word has one of its own, a number may be missing."""
    rng = random.Random(seed)
    for _ in range(n):
        a, b, word = rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0), rng.choice("uvw")
        p = 1.0 / (1.0 + math.exp(2.5 - 2.0 * (a * b > 0.5) - 1.5 * (word == "u")))
        x = {"a": a, "b": b, "word": word, "on": rng.random() < 0.5, "noise": rng.gauss(0.0, 1.0)}
        if rng.random() < 0.1:
            x["noise"] = None
        yield x, rng.random() < p, p


def taught(n: int, seed: int = 0, **parameters: Any) -> RollingBoostingClassifier:
    model = RollingBoostingClassifier(**{**SMALL, **parameters})
    for x, y, _ in events(n, seed):
        model.learn_one(x, y)
    return model


def excess(model: Any, warm: int, n: int, seed: int) -> float:
    """Mean expected log loss above the truth's, after `warm` events."""
    total = 0.0
    for i, (x, y, p) in enumerate(events(warm + n, seed)):
        if i >= warm:
            q = min(1.0 - 1e-9, max(1e-9, model.predict_proba_one(x)[True]))
            total += p * math.log(p / q) + (1.0 - p) * math.log((1.0 - p) / (1.0 - q))
        model.learn_one(x, y)
    return total / n


def test_it_learns_what_a_linear_learner_cannot() -> None:
    """Of the excess loss of the linear learner less than half is left, in the mean over seeds."""
    shares = []
    for seed in range(4):
        trees = RollingBoostingClassifier(ring_size=5_000, seed=seed)
        linear = excess(LogisticRegression(), 4_000, 3_000, seed)
        shares.append(excess(SampledClassifier(trees, seed=seed), 4_000, 3_000, seed) / linear)
    error = np.std(shares, ddof=1) / math.sqrt(len(shares))
    assert np.mean(shares) + 3.0 * error < 0.5


def test_a_companion_helps_while_the_ring_is_young() -> None:
    """The truth of these events is linear in a: 100 events are enough for a linear learner, not for trees."""
    ahead = []
    for seed in range(10):
        rng = random.Random(seed)
        losses = []
        data = [
            ({"a": a}, rng.random() < 1.0 / (1.0 + math.exp(-3.0 * a)))
            for a in np.random.default_rng(seed).normal(size=600).tolist()
        ]
        for companion in (None, LogisticRegression()):
            model, loss = RollingBoostingClassifier(companion, **SMALL), 0.0
            for x, y in data:
                p = model.predict_proba_one(x)[y]
                loss -= math.log(max(1e-9, p))
                model.learn_one(x, y)
            losses.append(loss / len(data))
        ahead.append(losses[0] - losses[1])
    assert np.mean(ahead) > 3.0 * np.std(ahead, ddof=1) / math.sqrt(len(ahead))


def without_slices(model: RollingBoostingClassifier) -> Any:
    state = model.__getstate__()
    return data_of({**state, "params": {**state["params"], "slice_visits": None}})


@pytest.mark.parametrize("visits", [1, 37, 700])
def test_trees_do_not_depend_on_the_slices_of_their_fits(visits: int) -> None:
    inline = taught(1_010, slice_visits=10**12)
    assert without_slices(taught(1_010, slice_visits=visits)) == without_slices(inline)
    assert len(inline.__getstate__()["kernel"]["forest"]["forest"]["column"]) == 4 * 12 * 11


def with_late_fields(n: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """Two fields come when the ring is full, the second while it is copied for the first."""
    for i, (x, y, _) in enumerate(events(n)):
        late = {name: x["a"] * x["b"] for name, first in (("late", 505), ("later", 525)) if i >= first}
        yield {**x, **late}, y


@pytest.mark.parametrize("visits", [1, 37, 700])
def test_trees_do_not_depend_on_the_slices_in_which_the_ring_gets_columns(visits: int) -> None:
    sliced, inline, resumed = (
        RollingBoostingClassifier(**SMALL, slice_visits=k) for k in (visits, 10**12, visits)
    )
    for i, (x, y) in enumerate(with_late_fields(700)):
        for model in (sliced, inline, resumed):
            model.learn_one(x, y)
        if i in (520, 525, 539, 541, 560):
            resumed = snapshot.loads(snapshot.dumps(resumed))
    assert without_slices(sliced) == without_slices(inline) == without_slices(resumed)
    assert "late" in sliced.feature_importances()


@pytest.mark.parametrize("n", [199, 219, 220, 643, 659])
def test_saved_while_a_tree_is_fitted_it_goes_on_as_if_it_had_not_been(n: int) -> None:
    pupil = CalibratedClassifier(
        SampledClassifier(RollingBoostingClassifier(LogisticRegression(), **SMALL, slice_visits=90), seed=1)
    )
    stream = [(x, y) for x, y, _ in events(n + 300)]
    for x, y in stream[:n]:
        pupil.learn_one(x, y)
    saved = snapshot.dumps(pupil)
    loaded = snapshot.loads(saved)
    assert snapshot.dumps(loaded) == saved
    for x, y in stream[n:]:
        assert loaded.score_learn_one(x, y) == pupil.score_learn_one(x, y)
    assert snapshot.dumps(loaded) == snapshot.dumps(pupil)


def test_contributions_sum_to_the_served_log_odds() -> None:
    model = SampledClassifier(RollingBoostingClassifier(LogisticRegression(), **SMALL), seed=1)
    for x, y, _ in events(1_000):
        model.learn_one(x, y)
    for x, _, _ in events(20, seed=1):
        p = model.predict_proba_one(x)[True]
        rows = model.contributions_one(x)
        assert {"a", "b", "word", "on", "(intercept)", "(anchor)", "(mixture)"} <= rows.keys()
        assert math.fsum(rows.values()) == pytest.approx(math.log(p / (1.0 - p)), abs=1e-12)


def test_what_a_path_adds_is_what_the_trees_say() -> None:
    """One rate of 0 and no companion: nothing is mixed, so that nothing is left for the mixture."""
    model = taught(1_000, leaf_rates=(0.0,))
    assert [abs(model.contributions_one(x)["(mixture)"]) < 1e-9 for x, _, _ in events(20, 1)] == [True] * 20


def test_importances_name_the_fields_with_an_effect() -> None:
    shares = taught(4_000, n_trees=40, ring_size=4_000, max_leaves=8).feature_importances()
    assert math.isclose(math.fsum(shares.values()), 1.0)
    assert min(shares["a"], shares["b"], shares["word"]) > 2.0 * max(shares["on"], 0.5 * shares["noise"])
    assert RollingBoostingClassifier().feature_importances() == {}


def test_batches_are_loops() -> None:
    x = [event for event, _, _ in events(300)]
    y = [label for _, label, _ in events(300)]
    w = [1.0 + i % 3 for i in range(300)]
    looped, batched = taught(0), taught(0)
    for event, label, weight in zip(x, y, w, strict=True):
        looped.learn_one(event, label, weight)
    batched.learn_many(x, y, w)
    assert data_of(looped) == data_of(batched)
    assert batched.predict_proba_many(x[:9]) == [looped.predict_proba_one(event) for event in x[:9]]
    matrix = np.random.default_rng(0).normal(size=(300, 3))
    looped, batched = taught(0), taught(0)
    for row, label in zip(matrix.tolist(), y, strict=True):
        looped.learn_one(dict(enumerate(row)), label)
    batched.learn_many(matrix, y)
    assert data_of(looped) == data_of(batched)
    assert batched.predict_proba_many(matrix)[:, 1].tolist() == [
        looped.predict_proba_one(dict(enumerate(row)))[True] for row in matrix.tolist()
    ]
    assert batched.predict_many(matrix).tolist() == [
        p > 0.5 for p in batched.predict_proba_many(matrix)[:, 1]
    ]


def waiting_values(model: RollingBoostingClassifier) -> list[float]:
    """The values of the event that was learned last, before it has joined the ring."""
    rows = model.__getstate__()["kernel"]["forest"]["waiting"]
    return array("f", rows["values"])[-rows["columns"] :].tolist()


def test_a_late_label_teaches_a_category_as_it_was_served() -> None:
    model = taught(105)
    x = next(events(1, seed=9))[0]
    memo = model.memo_one(x, 0.0)
    for _ in range(5):
        model.learn_one({**x, "word": x["word"]}, True)
    now, late = snapshot.loads(snapshot.dumps(model)), model
    now.learn_one(x, True)
    late.learn_one(x, True, memo=memo)
    assert waiting_values(late) != waiting_values(now)
    word = array("f", memo[-3:]).tolist()
    assert [value for value in waiting_values(late) if value in word] == word


def test_the_mixture_follows_what_was_right_when_it_was_served() -> None:
    model = taught(300, leaf_rates=(0.0, 0.5))
    x = next(events(1, seed=9))[0]
    plain = model.memo_one(x, 0.0)
    right = (plain[0], 0.05, 0.95, *plain[3:])  # the second rate was right about True
    before = model.predict_proba_one(x)[True]
    for _ in range(300):
        model.observe_one(x, True, 0.0, memo=right)
    shares = np.frombuffer(model.__getstate__()["kernel"]["shares"])
    assert shares[1] > 0.99
    assert model.predict_proba_one(x)[True] != before


def test_a_memo_of_another_event_is_refused() -> None:
    model = taught(50)
    memo = model.memo_one({"a": 1.0}, 0.0)
    before = data_of(model)
    for wrong in (memo, (*memo, 0.5), memo[:-1], (math.nan, *memo[1:]), "memo"):
        with pytest.raises(ValueError, match=r"^memo: "):
            model.learn_one({"a": 1.0, "word": "u"}, True, memo=wrong)
    assert data_of(model) == before


def test_a_heavy_event_moves_the_corrections_to_its_label_and_not_beyond() -> None:
    model = taught(1_000, leaf_rates=(2.0,))
    x = next(events(1, seed=3))[0]
    said = [model.predict_offset_one(x, 0.0)]
    for w in (1.0, 3.0, 30.0, 1e6, 1e300):
        other = snapshot.loads(snapshot.dumps(model))
        other.step_one(x, True, 0.0, w)
        said.append(other.predict_offset_one(x, 0.0))
    assert said == sorted(said)
    assert said[-1] <= 1.0


def odds(p: float) -> float:
    return p / (1.0 - p)


@pytest.mark.parametrize("w", [1.0, 2.0])
@pytest.mark.parametrize("y", [False, True])
def test_one_event_moves_the_odds_of_no_event_by_more_than_a_factor_of_20(y: bool, w: float) -> None:
    """A heavy one by as many factors as its weight, an event that shares few leaves with it by less."""
    model = RollingBoostingClassifier(n_trees=60, ring_size=1_000, every=20, leaf_rates=(2.0,), hash_bits=8)
    for x, label, _ in events(2_000):
        model.learn_one(x, label)
    told = [x for x, _, _ in events(100, seed=3)]
    at = 8.0 if y is False else -8.0  # where the other label is sure
    before = [odds(model.predict_offset_one(x, at)) for x in told]
    model.step_one(told[0], y, at, w)
    moved = [odds(model.predict_offset_one(x, at)) / old for x, old in zip(told, before, strict=True)]
    factors = moved if y else [1.0 / each for each in moved]
    assert max(factors) == factors[0] == pytest.approx(20.0**w, rel=1e-6)
    assert min(factors) >= 1.0
    assert len({round(each, 6) for each in factors}) > 10


def test_one_positive_after_thousands_of_negatives_leaves_the_others_improbable() -> None:
    """The truth is 1 in 3,000 or less: mean P elsewhere is .0024 after it, and .001 when 50 negatives have followed."""
    for seed in range(3):
        rng = random.Random(seed)
        x = [{name: rng.gauss(0.0, 1.0) for name in "abcd"} for _ in range(3_251)]
        model = RollingBoostingClassifier(seed=seed)
        for each in x[:3_000]:
            model.learn_one(each, False)

        def elsewhere(model: Any = model, others: Any = x[-200:]) -> float:
            return float(np.mean([model.predict_proba_one(each)[True] for each in others]))

        assert elsewhere() < 0.0001
        model.learn_one(x[3_000], True)
        assert elsewhere() < 0.003, seed
        for each in x[3_001:3_051]:
            model.learn_one(each, False)
        assert elsewhere() < 0.0015, seed


def test_columns_are_bounded() -> None:
    model = taught(0, max_columns=7)
    for i in range(300):
        model.learn_one({f"n{i % 40}": float(i), f"s{i % 30}": "a", "x": float(i % 2)}, i % 2 == 0)
    assert len(model.__getstate__()["kernel"]["columns"]["field"]) <= 8 * 7
    assert 0.0 < model.predict_proba_one({"n1": 1.0, "new": 3.0})[True] < 1.0


def test_an_event_without_fields_is_learned() -> None:
    model = taught(0)
    for i in range(600):
        model.learn_one({}, i % 4 == 0)
    assert model.predict_proba_one({})[True] == pytest.approx(0.25, abs=0.1)


def test_a_configuration_names_it_and_its_companion() -> None:
    tables = tomllib.loads(
        """
        [learner]
        type = "RollingBoostingClassifier"
        ring_size = 2_000
        leaf_rates = [0.0, 0.5]
        companion = { type = "linear_model.LogisticRegression", hash_bits = 10 }
        """
    )
    read = read_model(tables)
    assert isinstance(read, Model)
    learner = assembled(read).classifier.classifier
    assert isinstance(learner, RollingBoostingClassifier)
    assert (learner.ring_size, learner.leaf_rates, learner.companion.hash_bits) == (2_000, (0.0, 0.5), 10)
