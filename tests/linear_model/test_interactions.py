"""Pairs of fields in the additive learner: what they learn, what they cost, and what they refuse."""

from __future__ import annotations

import math
import pickle
import random
import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from streamimb import SampledClassifier, losses
from streamimb.cli.model import assembled
from streamimb.config.model import Model
from streamimb.config.model import model as read_model
from streamimb.engine import snapshot
from streamimb.engine.reason_names import reasons_of
from streamimb.linear_model import LogisticGAM
from tests.linear_model.streams import bits, mixed_stream

Event = dict[Any, Any]
SEEDS = (1, 2, 3)


def product(rng: random.Random) -> tuple[Event, float]:
    x: Event = {name: rng.gauss(0.0, 1.0) for name in "abc"}
    return x, 1 / (1 + math.exp(3.0 - 1.5 * x["a"] * x["b"]))


def exclusive_or(rng: random.Random) -> tuple[Event, float]:
    x: Event = {"a": rng.gauss(0.0, 1.0), "b": rng.gauss(0.0, 1.0), "c": rng.choice("uvwx")}
    return x, 0.25 if (x["a"] > 0.0) != (x["b"] > 0.0) else 0.02


def words(rng: random.Random) -> tuple[Event, float]:
    x: Event = {"a": rng.choice("uvwx"), "b": rng.choice("uvwx"), "c": rng.gauss(0.0, 1.0)}
    return x, 0.25 if x["a"] == x["b"] else 0.03


def word_and_number(rng: random.Random) -> tuple[Event, float]:
    x: Event = {"a": rng.choice("uv"), "b": rng.gauss(0.0, 1.0), "c": rng.gauss(0.0, 1.0)}
    return x, 1 / (1 + math.exp(3.0 - (1.5 if x["a"] == "u" else -1.5) * x["b"]))


def additive(rng: random.Random) -> tuple[Event, float]:
    x: Event = {name: rng.gauss(0.0, 1.0) for name in "abcde"}
    return x, 1 / (1 + math.exp(3.5 - abs(x["a"]) - math.sin(2.0 * x["b"]) - 0.5 * x["c"]))


def excess(truth: Callable[[random.Random], tuple[Event, float]], seed: int, n: int, model: Any) -> float:
    """Normalised entropy above that of the true probabilities, from event 2,000 on."""
    rng, total, base = random.Random(seed), 0.0, 0.0
    for i in range(n):
        x, p = truth(rng)
        if i >= 2_000:
            q = model.predict_proba_one(x)[True]
            total += p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))
            base += p
        model.learn_one(x, rng.random() < p)
    base /= n - 2_000
    return total / (n - 2_000) / -(base * math.log(base) + (1 - base) * math.log(1 - base))


def mean_and_error(values: list[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))


LISTED = [("b", "a")]


@pytest.mark.parametrize(
    ("truth", "interactions"),
    [(product, "pairs"), (exclusive_or, LISTED), (words, LISTED), (word_and_number, "pairs")],
)
def test_learns_what_two_fields_do_together(truth: Any, interactions: Any) -> None:
    """Normalised entropy is lower by .045 at least, less 3 standard errors, soon: at events 2,000 to 6,000."""
    gains = []
    for seed in SEEDS:
        alone = excess(truth, seed, 6_000, LogisticGAM())
        gains.append(alone - excess(truth, seed, 6_000, LogisticGAM(interactions=interactions)))
    mean, error = mean_and_error(gains)
    assert mean - 3 * error > 0.045


def test_costs_little_where_the_truth_is_additive() -> None:
    """At most .002 of normalised entropy at events 2,000 to 8,000, with two standard errors."""
    costs = []
    for seed in SEEDS:
        alone = excess(additive, seed, 8_000, LogisticGAM())
        costs.append(excess(additive, seed, 8_000, LogisticGAM(interactions="pairs")) - alone)
    mean, error = mean_and_error(costs)
    assert mean + 2 * error < 0.002


def test_a_loss_and_pairs_go_together() -> None:
    focal = [
        excess(words, 1, 6_000, LogisticGAM(loss=losses.Focal(), interactions=i)) for i in (None, "pairs")
    ]
    assert focal[1] < focal[0] - 0.05


# ------------------------------------------------------------------ contributions


def taught(n: int = 1_500, **parameters: Any) -> LogisticGAM:
    model = LogisticGAM(**{"hash_bits": 8, "interactions": "pairs", **parameters})
    for x, y in mixed_stream(n, 4):
        model.learn_one(x, y)
    return model


def test_a_pair_has_a_row_of_its_own_and_the_rows_sum_exactly() -> None:
    model = taught(interactions=[("word", "a"), ("a", "b"), ("b", "nowhere")])
    for x, _ in mixed_stream(50, 5):
        rows, p = model.contributions_one(x), model.predict_proba_one(x)[True]
        assert math.fsum(rows.values()) == pytest.approx(math.log(p / (1 - p)), rel=1e-12)
        both = {pair for pair in ("word*a", "a*b") if all(x.get(f) is not None for f in pair.split("*"))}
        assert {name for name in rows if "*" in name} == both
    assert abs(rows.get("a*b", 1.0)) > 0.0


def test_a_pair_of_columns_without_names_is_called_by_their_numbers() -> None:
    model = LogisticGAM(hash_bits=8, interactions=((1, 0),))
    rng = np.random.default_rng(1)
    model.learn_many(rng.normal(size=(300, 2)), rng.random(300) < 0.3)
    assert "1*0" in model.contributions_one({0: 0.5, 1: 0.5})


def test_a_pair_has_no_curve_and_its_fields_have_their_own() -> None:
    model = taught()
    with pytest.raises(LookupError, match=r"has no curve: what a pair adds .* contributions_one"):
        model.shape_one(("a", "b"))
    value, added, _ = model.shape_one("a")[3]
    assert model.contributions_one({"a": value})["a"] == pytest.approx(added)


def test_a_pair_is_a_reason_of_its_own_also_where_its_name_begins_with_another_field() -> None:
    x = {"amount": 1.0, "amount_eur": 2.0, "hour": 3.0}
    added = {"amount": 0.5, "amount_eur*hour": 1.0}
    assert reasons_of(added, x, 3, {}) == ("amount_eur*hour", "amount")
    assert reasons_of(added, x, 1, {"amount_eur*hour": "R7"}) == ("R7",)
    sampled = SampledClassifier(taught(), seed=1)
    assert "a*b" in sampled.contributions_one({"a": 1.0, "b": 1.0})


# ------------------------------------------------------------------ which pairs


def pairs_of(model: LogisticGAM, x: Event) -> set[str]:
    return {name for name in model.contributions_one(x) if "*" in str(name)}


def test_all_pairs_are_those_of_the_16_fields_that_are_present_most_often() -> None:
    """The first 17 fields come once; from 200 labelled events on the pairs are those of the frequent ones."""
    rng, model = random.Random(1), LogisticGAM(hash_bits=8, interactions="pairs", max_basis_fields=64)
    early = {f"early{i}": "u" for i in range(17)}
    late = {f"late{i}": rng.choice("uv") for i in range(15)}
    model.learn_one(early, False)
    assert len(pairs_of(model, early)) == 120
    for i in range(600):
        model.learn_one({**late, "n": rng.gauss(0.0, 1.0), **({"early3": "u"} if i == 5 else {})}, i % 7 == 0)
    x = {**early, **late, "n": 0.5}
    found = pairs_of(model, x)
    assert len(found) == 120
    assert not any("early" in pair for pair in found)


def test_the_order_of_a_listed_pair_is_that_of_its_name_alone() -> None:
    one, two = taught(interactions=[("a", "word")]), taught(interactions=[("word", "a")])
    x = {"a": 0.5, "b": 1.0, "word": "red"}
    assert pairs_of(one, x) == {"a*word"}
    assert pairs_of(two, x) == {"word*a"}


# ------------------------------------------------------------------ batches, weights, states


def test_a_batch_learns_as_the_loop_does() -> None:
    rng = np.random.default_rng(2)
    x, y, w = rng.normal(size=(900, 4)), rng.random(900) < 0.2, rng.choice([0.5, 1.0, 3.0], 900)
    x[rng.random(x.shape) < 0.1] = math.nan
    many, loop = (LogisticGAM(hash_bits=8, interactions="pairs") for _ in range(2))
    many.learn_many(x, y, w)
    for row, label, weight in zip(x.tolist(), y.tolist(), w.tolist(), strict=True):
        loop.learn_one(dict(enumerate(row)), label, w=weight)
    assert bits(many) == bits(loop)


@pytest.mark.parametrize(("h", "bound"), [(3.0, 0.01), (20.0, 0.02)])
def test_a_weight_is_the_limit_of_small_steps_in_cells_too(h: float, bound: float) -> None:
    """An explicit step up to weight 1, then as many steps of a thousandth; difference of log-odds."""
    one = taught(800, hash_bits=10)
    many = pickle.loads(pickle.dumps(one))
    x = {"a": 0.5, "b": 1.0, "word": "red", "count": 2, "flag": True, "late": 0.3}
    one.step_one(x, True, -1.0, h)
    many.step_one(x, True, -1.0, 1.0)
    for _ in range(round(1_000 * (h - 1.0))):
        many.step_one(x, True, -1.0, 0.001)
    p, q = (model.predict_offset_one(x, -1.0) for model in (one, many))
    assert abs(math.log(p / (1 - p)) - math.log(q / (1 - q))) < bound


@pytest.mark.parametrize("interactions", ["pairs", [("a", "b"), ("word", "late")]], ids=["pairs", "listed"])
@pytest.mark.parametrize("n", [0, 150, 1_500])
def test_a_restored_model_goes_on_to_the_last_bit(n: int, interactions: Any) -> None:
    model = taught(n, interactions=interactions)
    other = snapshot.loads(snapshot.dumps(model))
    for x, y in mixed_stream(300, 6):
        assert model.predict_proba_one(x) == other.predict_proba_one(x)
        model.learn_one(x, y)
        other.learn_one(x, y)
    assert bits(model) == bits(other)


def words_of(*values: int) -> bytes:
    return np.array(values, dtype=np.int64).tobytes()


DAMAGE: list[tuple[tuple[str, ...], Any]] = [
    (("pairs",), lambda _: None),
    (("pairs",), lambda saved: {**saved, "more": 1}),
    (("pairs", "present"), lambda _: None),
    (("pairs", "present", "chosen"), lambda _: words_of(0, 99)),
    (("pairs", "present", "chosen"), lambda _: words_of(-1, 0)),
    (("pairs", "present", "chosen"), lambda _: words_of(1, 0)),
    (("pairs", "present", "chosen"), lambda _: words_of(1, 1)),
    (("pairs", "present", "events"), lambda saved: saved[:-8]),
    (("pairs", "present", "events"), lambda saved: words_of(-1) + saved[8:]),
    (("pairs", "present", "events"), lambda saved: words_of(0) + saved[8:]),
    (("pairs", "present", "labelled"), lambda _: -1),
    (("pairs", "present", "renewal"), lambda _: 0),
    (("pairs", "cells"), lambda _: 7),
    (("pairs", "cells"), lambda saved: (words_of(256) + saved[0][8:], saved[1])),
    (("pairs", "cells"), lambda saved: (saved[0], saved[1][:-8])),
    (("pairs", "cells"), lambda saved: (saved[0], np.float64(math.nan).tobytes() + saved[1][8:])),
]


@pytest.mark.parametrize(("place", "edit"), DAMAGE)
def test_a_damaged_state_is_refused_whole(place: tuple[str, ...], edit: Any) -> None:
    state = taught(300).__getstate__()
    entry = state["kernel"]["experts"]
    for name in place[:-1]:
        entry = entry[name]
    entry[place[-1]] = edit(entry[place[-1]])
    model = taught(250)
    before = bits(model)
    with pytest.raises((ValueError, TypeError)):
        model.__setstate__(state)
    assert bits(model) == before


@pytest.mark.parametrize("other", [{"interactions": None}, {"learning_rates": (0.2,) * 4}, {"hash_bits": 7}])
def test_a_state_of_a_learner_with_other_parameters_is_refused(other: dict[str, Any]) -> None:
    state = taught(300).__getstate__()
    state["params"] |= other
    with pytest.raises(ValueError, match=r"^state: "):
        LogisticGAM().__setstate__(state)


# ------------------------------------------------------------------ parameters


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("all", 'expected None, "pairs", or a list of pairs'),
        ([], "1 to 1000 of them"),
        ([("a", "b", "c")], "a list of pairs of two names"),
        ([("a", 0.5)], "a list of pairs of two names"),
        (["ab"], "a list of pairs of two names"),
        ([("a", "b"), ("c", "c")], r"two different fields in a pair: leave out \('c', 'c'\)"),
        ([("a", "b"), ("b", "a")], r"each pair once, in either order: leave out one \('b', 'a'\)"),
        ([("a", "b"), ["a", "b"]], r"each pair once, in either order: leave out one \('a', 'b'\)"),
    ],
)
def test_what_is_no_list_of_pairs_is_refused_with_the_fix(given: Any, words: str) -> None:
    with pytest.raises(ValueError, match=rf"^interactions=.*{words}"):
        LogisticGAM(interactions=given)


def test_a_list_that_is_changed_later_changes_no_learner() -> None:
    given = [("a", "b")]
    model = LogisticGAM(interactions=given)
    assert model.interactions == given
    given.append(("a", "a"))
    assert pickle.loads(pickle.dumps(model)).interactions == [("a", "b")]


@pytest.mark.parametrize(("text", "found"), [('"pairs"', "pairs"), ('[["a", "b"]]', (("a", "b"),))])
def test_toml_gives_pairs_as_a_word_or_as_lists(text: str, found: Any) -> None:
    read = read_model(tomllib.loads(f'[learner]\ntype = "LogisticGAM"\ninteractions = {text}'))
    assert isinstance(read, Model)
    learner: Any = assembled(read).classifier
    assert learner.classifier.interactions == found
