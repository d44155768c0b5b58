"""Pairs of fields in the additive learner of classes: what they learn, what they cost, and what they refuse.

`test_interactions.py` has the same of two classes; which fields are paired, and names of pairs, are the same code.
"""

from __future__ import annotations

import math
import pickle
import random
import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from streamimb.cli.model import assembled
from streamimb.config.model import Model
from streamimb.config.model import model as read_model
from streamimb.engine import snapshot
from streamimb.linear_model import SoftmaxGAM
from tests.linear_model.streams import mixed_stream

Event = dict[Any, Any]
SEEDS = (1, 2, 3)


def shares(rare: float, some: float) -> dict[str, float]:
    total = 1.0 + rare + some
    return {"common": 1.0 / total, "some": some / total, "rare": rare / total}


def word_and_number(rng: random.Random) -> tuple[Event, dict[str, float]]:
    x: Event = {"a": rng.choice("uv"), "b": rng.gauss(0.0, 1.0), "c": rng.gauss(0.0, 1.0)}
    z = x["b"] if x["a"] == "u" else -x["b"]
    return x, shares(0.06 * math.exp(1.5 * z), 0.1)


def exclusive_or(rng: random.Random) -> tuple[Event, dict[str, float]]:
    x: Event = {"a": rng.gauss(0.0, 1.0), "b": rng.gauss(0.0, 1.0), "c": rng.choice("uvwx")}
    apart = (x["a"] > 0.0) != (x["b"] > 0.0)
    return x, shares(0.4 if apart else 0.02, 0.02 if apart else 0.4)


def additive(rng: random.Random) -> tuple[Event, dict[str, float]]:
    x: Event = {name: rng.gauss(0.0, 1.0) for name in "abcd"}
    return x, shares(0.06 * math.exp(abs(x["a"])), 0.1 * math.exp(math.sin(2.0 * x["b"])))


def excess(truth: Callable[[random.Random], tuple[Event, Any]], seed: int, n: int, model: Any) -> float:
    """Mean divergence from the true probabilities, from event 2,000 on."""
    rng, total = random.Random(seed), 0.0
    for i in range(n):
        x, p = truth(rng)
        if i >= 2_000:
            q = model.predict_proba_one(x)
            total += sum(true * math.log(true / q[label]) for label, true in p.items())
        model.learn_one(x, rng.choices(list(p), list(p.values()))[0])
    return total / (n - 2_000)


def mean_and_error(values: list[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))


@pytest.mark.parametrize(
    ("truth", "interactions", "least"),
    [(word_and_number, "pairs", 0.5), (exclusive_or, [("b", "a")], 0.25)],
)
def test_learns_what_two_fields_do_together(truth: Any, interactions: Any, least: float) -> None:
    """This part of what curves alone miss, less 3 standard errors, is gained soon: at events 2,000 to 8,000."""
    gains = []
    for seed in SEEDS:
        alone = excess(truth, seed, 8_000, SoftmaxGAM())
        gains.append(1.0 - excess(truth, seed, 8_000, SoftmaxGAM(interactions=interactions)) / alone)
    mean, error = mean_and_error(gains)
    assert mean - 3 * error > least


def test_costs_little_where_the_truth_is_additive() -> None:
    """At most .003 nats of a divergence of some .02 at events 2,000 to 8,000, with two standard errors."""
    costs = []
    for seed in SEEDS:
        alone = excess(additive, seed, 8_000, SoftmaxGAM())
        costs.append(excess(additive, seed, 8_000, SoftmaxGAM(interactions="pairs")) - alone)
    mean, error = mean_and_error(costs)
    assert mean + 2 * error < 0.003


def taught(n: int = 900, **parameters: Any) -> SoftmaxGAM:
    """A model of four classes, one of which comes late."""
    model, rng = SoftmaxGAM(**{"hash_bits": 7, "interactions": "pairs", **parameters}), random.Random(7)
    for i, (x, y) in enumerate(mixed_stream(n, 4)):
        model.learn_one(x, rng.choice("ab" if i < n // 2 else "abc") if y else "often")
    return model


def test_a_pair_has_a_row_in_each_class_and_the_rows_sum_exactly() -> None:
    model = taught(interactions=[("word", "a"), ("a", "b"), ("b", "nowhere")])
    for x, _ in mixed_stream(50, 5):
        rows, said = model.contributions_one(x), model.predict_proba_one(x)
        both = {pair for pair in ("word*a", "a*b") if all(x.get(f) is not None for f in pair.split("*"))}
        for label, p in said.items():
            assert math.fsum(rows[label].values()) == pytest.approx(math.log(p), rel=1e-12)
            assert {name for name in rows[label] if "*" in name} == both
    with pytest.raises(LookupError, match=r"has no curve: what a pair adds .* contributions_one"):
        model.shape_one(("a", "b"))


def test_a_batch_learns_as_the_loop_does() -> None:
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(700, 4)), rng.choice([0.5, 1.0, 3.0], 700)
    y = [("a", "b", "c")[i] for i in rng.integers(0, 3, 700)]
    x[rng.random(x.shape) < 0.1] = math.nan
    many, loop = (SoftmaxGAM(hash_bits=8, interactions=[(0, 1), (3, 2)]) for _ in range(2))
    many.learn_many(x, y, w)
    for row, label, weight in zip(x.tolist(), y, w.tolist(), strict=True):
        loop.learn_one(dict(enumerate(row)), label, w=weight)
    assert snapshot.dumps(many) == snapshot.dumps(loop)


@pytest.mark.parametrize(("h", "bound"), [(3.0, 0.01), (20.0, 0.02)])
def test_a_weight_is_the_limit_of_small_steps_in_cells_too(h: float, bound: float) -> None:
    """An explicit step up to weight 1, then as many of a hundredth; mean difference of log-odds over 20 events."""
    model, offsets = taught(600), {"often": -0.5, "a": -1.5, "b": -1.5, "c": -2.0}
    differences = []
    for i, (x, _) in enumerate(mixed_stream(20, 9)):
        label = "abc"[i % 3]
        one, many = pickle.loads(pickle.dumps(model)), pickle.loads(pickle.dumps(model))
        for each in (one, many):
            each.observe_one(x, label, offsets)
        one.step_one(x, label, offsets, h)
        many.step_one(x, label, offsets, 1.0)
        for _ in range(round(100 * (h - 1.0))):
            many.step_one(x, label, offsets, 0.01)
        p, q = (each.predict_offsets_one(x, offsets)[label] for each in (one, many))
        differences.append(abs(math.log(p / (1 - p)) - math.log(q / (1 - q))))
    assert sum(differences) / len(differences) < bound


@pytest.mark.parametrize("interactions", ["pairs", [("a", "b"), ("word", "late")]], ids=["pairs", "listed"])
@pytest.mark.parametrize("n", [0, 150, 900])
def test_a_restored_model_goes_on_to_the_last_bit(n: int, interactions: Any) -> None:
    model = taught(n, interactions=interactions)
    other = snapshot.loads(snapshot.dumps(model))
    for i, (x, y) in enumerate(mixed_stream(300, 6)):
        assert model.predict_proba_one(x) == other.predict_proba_one(x)
        label = "new" if i % 50 == 49 else "a" if y else "often"
        model.learn_one(x, label)
        other.learn_one(x, label)
    assert snapshot.dumps(model) == snapshot.dumps(other)


def words_of(*values: int) -> bytes:
    return np.array(values, dtype=np.int64).tobytes()


DAMAGE: list[tuple[tuple[str, ...], Any]] = [
    (("present",), lambda _: None),
    (("present", "chosen"), lambda _: words_of(0, 99)),
    (("present", "chosen"), lambda _: words_of(1, 1)),
    (("present", "events"), lambda saved: saved[:-8]),
    (("weights", "blocks", "cells"), lambda _: None),
    (("weights", "blocks", "cells"), lambda saved: words_of(128) + saved[8:]),
    (("weights", "blocks", "cells"), lambda saved: words_of(-1) + saved[8:]),
    (("weights", "blocks", "cells"), lambda saved: saved[8:16] + saved[8:]),
    (("weights", "blocks", "cells"), lambda saved: saved[:-8]),
    (("weights", "blocks", "bits"), lambda saved: saved - 1),
]


@pytest.mark.parametrize(("place", "edit"), DAMAGE)
def test_a_damaged_state_is_refused_whole(place: tuple[str, ...], edit: Any) -> None:
    state = taught(300).__getstate__()
    entry = state["kernel"]["additive"]
    for name in place[:-1]:
        entry = entry[name]
    entry[place[-1]] = edit(entry[place[-1]])
    model = taught(250)
    before = snapshot.dumps(model)
    with pytest.raises((ValueError, TypeError)):
        model.__setstate__(state)
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize("other", [{"interactions": None}, {"learning_rates": (0.2,)}, {"hash_bits": 8}])
def test_a_state_of_a_learner_with_other_parameters_is_refused(other: dict[str, Any]) -> None:
    state = taught(300).__getstate__()
    state["params"] |= other
    with pytest.raises(ValueError, match=r"^state: "):
        SoftmaxGAM().__setstate__(state)


def test_memory_of_cells_grows_with_those_that_were_learned() -> None:
    model = taught(hash_bits=16)
    assert model.memory_bytes() < 4 * (1 << 17) + 8_000_000 < model.memory_budget_bytes


def test_toml_gives_pairs_to_the_recipe_of_classes() -> None:
    text = '[learner]\ninteractions = [["a", "b"]]\n[labels]\nclasses = ["x", "y", "z"]'
    read = read_model(tomllib.loads(text))
    assert isinstance(read, Model)
    learner: Any = assembled(read).classifier
    assert learner.classifier.interactions == (("a", "b"),)
