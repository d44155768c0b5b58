"""The default learner against its equations: steps, mixture, moments, missing values, words, weights."""

from __future__ import annotations

import copy
import math
import pickle
import random
from enum import Enum
from typing import Any

import pytest

from streamimb import stats
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.linear_model.plain import Plain
from tests.linear_model.streams import bits, mixed_stream

# ------------------------------------------------------------------ the equations


@pytest.mark.parametrize(
    "rates", [(0.05, 0.2, 0.8), (0.2,), (0.01, 0.05, 0.2, 0.5, 1.25), (0.1, 0.4)], ids=len
)
def test_is_what_the_equations_say(rates):
    model, plain, prior = LogisticRegression(learning_rates=rates), Plain(rates), stats.ClassPrior()
    for i, (x, y) in enumerate(mixed_stream(1500, 1)):
        expected = plain.predict(x, prior.logit)
        assert model.predict_proba_one(x)[True] == pytest.approx(expected, rel=1e-9), f"event {i}"
        model.learn_one(x, y)
        plain.learn(x, y, prior.logit, copies=float(not y or prior.knows(False)))
        prior.update(y)


def test_with_an_offset_and_a_shift_is_what_the_equations_say():
    """Every event teaches moments and mixture; a step is taken on g + offset + shift, of the event read again."""
    model, plain = LogisticRegression(), Plain()
    rng = random.Random(2)
    for x, y in mixed_stream(1000, 2):
        offset, shift = rng.gauss(-3, 1), rng.gauss(1, 1)
        w = rng.choice([0.0, 1.0, 0.5])
        assert model.predict_offset_one(x, offset) == pytest.approx(plain.predict(x, offset), rel=1e-9)
        model.observe_one(x, y, offset)
        model.step_one(x, y, offset + shift, w)
        plain.observe(x, y, offset)
        plain.step(x, y, offset + shift, w)


def test_asking_before_learning_changes_nothing():
    one, two = LogisticRegression(), LogisticRegression()
    for x, y in mixed_stream(300, 3):
        one.predict_offset_one(x, -2.0)
        for model in (one, two):
            model.observe_one(dict(x), y, -2.0)
            model.step_one(dict(x), y, -1.0)
    assert bits(one) == bits(two)


def test_a_step_needs_an_event_that_was_observed():
    model = LogisticRegression()
    model.learn_one({"a": 1.0}, True)
    before = bits(model)
    for x in ({"a": 1.0, "new": 1.0}, {"a": "word"}):
        with pytest.raises(ValueError, match=r"^step_one: .* observe_one"):
            model.step_one(x, True, 0.0)
    assert bits(model) == before


def test_an_offset_given_leaves_the_own_prior_unread_and_untouched():
    one, two = LogisticRegression(), LogisticRegression()
    for _ in range(500):
        two.learn_one({}, True, w=1.0)  # a prior of its own, far away
    prior = two.__getstate__()["kernel"]["prior"].logit
    fresh = LogisticRegression()
    for x, y in mixed_stream(200, 3):
        assert one.predict_proba_one(x, offset=-1.0) == fresh.predict_proba_one(x, offset=-1.0)
        one.learn_one(x, y, offset=-1.0)
        fresh.learn_one(x, y, offset=-1.0)
        fresh.predict_offset_one(x, -1.0)
        two.learn_one(x, y, offset=0.0)
    assert bits(one) == bits(fresh)
    assert two.__getstate__()["kernel"]["prior"].logit == prior
    assert one.__getstate__()["kernel"]["prior"].logit == stats.ClassPrior().logit
    assert one.predict_proba_one({"a": 1.0}, offset=0.0) != one.predict_proba_one({"a": 1.0})  # None is not 0


# ------------------------------------------------------------------ the rest of a classifier


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rates": ()}, "learning_rates"),
        ({"learning_rates": (0.1, 0.0)}, "learning_rates"),
        ({"learning_rates": (math.inf,)}, "learning_rates"),
        ({"learning_rates": (math.nan,)}, "learning_rates"),
        ({"hash_bits": 0}, "hash_bits=0: expected a whole number from 1 to 28"),
        ({"hash_bits": 29}, "hash_bits=29: expected a whole number from 1 to 28"),
        ({"hash_seed": -1}, "hash_seed=-1"),
        ({"hash_seed": 2**64}, "hash_seed"),
    ],
)
def test_a_parameter_out_of_range_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LogisticRegression(**options)


@pytest.mark.parametrize("keyword", ["weight", "offsets", "ww"])
def test_a_misspelt_keyword_is_refused(keyword):
    model: Any = LogisticRegression()
    with pytest.raises(TypeError, match=keyword):
        model.learn_one({"a": 1.0}, True, **{keyword: 1.0})
    with pytest.raises(TypeError, match=keyword):
        model.predict_proba_one({"a": 1.0}, **{keyword: 1.0})


def test_contributions_sum_exactly_to_the_served_log_odds():
    model = LogisticRegression()
    for x, y in mixed_stream(800, 7):
        model.learn_one(x, y)
    for x, _ in mixed_stream(100, 8):
        rows = model.contributions_one(x)
        p = model.predict_proba_one(x)[True]
        assert math.fsum(rows.values()) == math.log(p) - math.log1p(-p)
        assert {"(intercept)", "(anchor)", "(mixture)"} <= set(rows)
        known = {name for name, value in x.items() if value is not None}
        assert known | {"a", "b", "flag", "count", "late"} == set(rows) - {
            "(intercept)",
            "(anchor)",
            "(mixture)",
        }


def test_with_one_rate_contributions_are_weights_times_values():
    model, plain, prior = LogisticRegression(learning_rates=(0.2,)), Plain((0.2,)), stats.ClassPrior()
    for x, y in mixed_stream(300, 7):
        model.learn_one(x, y)
        plain.learn(x, y, prior.logit)
        prior.update(y)
    x = {"a": 1.5, "b": None, "flag": True, "count": 3, "word": "red"}
    rows, z = model.contributions_one(x), plain.z(x)
    for name in ("a", "flag", "count"):
        assert rows[name] == pytest.approx(plain.w[name][0] * z[name], rel=1e-8)
    for name in ("b", "late"):
        assert rows[name] == pytest.approx(plain.w["gap", name][0], rel=1e-8)
    assert rows["(intercept)"] == pytest.approx(plain.w[None][0], rel=1e-8)
    assert rows["(anchor)"] == prior.logit
    assert abs(rows["(mixture)"]) < 1e-12


def test_contributions_of_features_that_change_while_they_are_read():
    class Changing(dict[str, Any]):  # its values are no strings when they are read a second time
        def __getitem__(self, name):
            return 1.0

    model = LogisticRegression()
    for i in range(100):
        model.learn_one({"a": "red", "b": "blue"}, i % 2 == 0)
    with pytest.raises(ValueError, match="changed while it was read"):
        model.contributions_one(Changing(a="red", b="blue"))


def test_contributions_of_a_number_that_comes_as_a_string():
    model = LogisticRegression(learning_rates=(0.2,))
    for i in range(200):
        model.learn_one({"a": "word" if i % 4 == 3 else float(i)}, i % 4 == 3)
    rows = model.contributions_one({"a": "word"})
    assert abs(rows["(mixture)"]) < 1e-12
    assert rows["a"] == pytest.approx(2 * model.contributions_one({})["a"])  # word and indicator


def test_before_anything_was_learned():
    model = LogisticRegression()
    assert model.predict_proba_one({"a": 1.0, "b": "c"}) == pytest.approx({False: 0.95, True: 0.05})
    assert model.predict_one({}) is False
    before = bits(model)
    model.predict_proba_one({f"n{i}": 1.0 for i in range(100)})
    assert bits(model) == before


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), lambda m: snapshot.loads(snapshot.dumps(m))],
    ids=["deepcopy", "pickle", "snapshot"],
)
@pytest.mark.parametrize("rates", [(0.2,), (0.05, 0.2, 0.8), (0.01, 0.05, 0.2, 0.5, 1.25)], ids=len)
def test_a_copy_goes_on_alike(duplicate, rates):
    one = LogisticRegression(rates, hash_bits=10, hash_seed=3)
    data = mixed_stream(400, 9)
    for x, y in data[:200]:
        one.learn_one(x, y)
    two = duplicate(one)
    assert two._get_params() == one._get_params()
    for x, y in data[200:]:
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert bits(one) == bits(two)


class Name(str, Enum):  # noqa: UP042  # a StrEnum is its own text
    A = "a"


@pytest.mark.parametrize(
    ("first", "alike"), [("a", Name.A), (1, True), (1, 1.0)], ids=["enum", "bool", "float"]
)
def test_an_equal_name_asked_about_is_not_kept(first, alike):
    model = LogisticRegression(hash_bits=10)
    for i in range(50):
        model.learn_one({first: "left" if i % 3 else "right"}, i % 3 == 0)
    before = bits(model)
    p = model.predict_proba_one({alike: "right"})  # its hash is of another text
    assert bits(model) == before
    assert snapshot.loads(before).predict_proba_one({first: "right"}) == p


def test_the_table_is_there_from_the_first_word_and_saved_sparse():
    model = LogisticRegression(hash_bits=18)
    model.learn_one({"a": 1.0}, True)
    without = model._raw_memory_usage
    model.predict_proba_one({"a": "word"})
    assert model._raw_memory_usage == without < 20_000
    model.learn_one({"a": "word"}, True)
    assert model._raw_memory_usage > 8 * 4 * 2**18
    assert len(bits(model)) < 3000
