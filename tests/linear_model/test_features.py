"""What the default learner makes of a value: numbers, bools, words, what is missing, what is no feature."""

from __future__ import annotations

import math
import random
import subprocess
import sys

import numpy as np
import pytest

from streamimb import stats
from streamimb.linear_model import LogisticRegression
from tests.linear_model.plain import Plain, fnv1a
from tests.linear_model.streams import bits, mixed_stream

# ------------------------------------------------------------------ values


@pytest.mark.parametrize(
    "missing", [None, math.nan, math.inf, -math.inf, 1e16, 10**400, np.float64("nan")], ids=str
)
@pytest.mark.parametrize("first", [True, False])
def test_missing_is_missing_however_it_is_said(missing, first):
    """Absent, None, NaN and beyond 10^15 are one thing to the last bit, before the field is known too."""
    one, two = LogisticRegression(), LogisticRegression()
    for i, (x, y) in enumerate(mixed_stream(300, 4)):
        gone = i % 3 == 0 if first else i > 100 and i % 3 == 0
        x["n"] = float(i % 7)
        absent = {k: v for k, v in x.items() if not (gone and k == "n")}
        said = {**x, "n": missing} if gone else x
        assert one.predict_proba_one(said) == two.predict_proba_one(absent)
        one.learn_one(said, y)
        two.learn_one(absent, y)


def test_a_bool_is_a_number():
    one, two = LogisticRegression(), LogisticRegression()
    for i in range(200):
        one.learn_one({"a": i % 3 == 0, "b": np.True_, "c": i}, i % 5 == 0)
        two.learn_one({"a": float(i % 3 == 0), "b": 1, "c": np.float32(i)}, i % 5 == 0)
    assert bits(one) == bits(two)


def test_fault_19_minus_zero_and_denormals_are_zero():
    one, two = LogisticRegression(), LogisticRegression()
    rng = random.Random(1)
    for i in range(300):
        tiny = rng.choice([-0.0, 5e-324, -2.2e-308, 0])
        one.learn_one({"a": tiny if i % 2 else 1.0}, i % 3 == 0)
        two.learn_one({"a": 0.0 if i % 2 else 1.0}, i % 3 == 0)
    assert bits(one) == bits(two)


@pytest.mark.parametrize(
    "value", [1e308, -1e308, 1.0000001e15, 10**30, -(10**400), math.inf, math.nan], ids=str
)
def test_fault_14_and_18_beyond_belief_poisons_nothing(value):
    model = LogisticRegression()
    for x, y in mixed_stream(200, 5):
        model.learn_one(x, y)
    for y in (True, False) * 5:
        model.learn_one({"a": value, "b": 1.0}, y)
        assert 0.0 < model.predict_proba_one({"a": value})[True] < 1.0
    for x, y in mixed_stream(100, 6):
        assert 0.0 < model.predict_proba_one(x)[True] < 1.0
        model.learn_one(x, y)


def test_values_up_to_1e15_are_taken_and_stay_finite():
    model = LogisticRegression()
    rng = random.Random(1)
    for _ in range(500):
        model.learn_one({"a": rng.choice([-1e15, 1e15, 10**15, 0.0, 1e-300])}, rng.random() < 0.5)
        assert 0.0 < model.predict_proba_one({"a": 1e15})[True] < 1.0


@pytest.mark.parametrize("constant", [0.0, 7.0, 0.1, 1e15, -3.3e-300], ids=str)
def test_fault_25_a_constant_counts_for_nothing(constant):
    """Standardised it is 0, whatever it is; no division by 0."""
    one, two = LogisticRegression(), LogisticRegression()
    for i in range(300):
        x = {"a": float(i % 7)}
        one.learn_one({**x, "c": constant}, i % 7 == 6)
        two.learn_one(x, i % 7 == 6)
    for a in range(7):
        assert one.predict_proba_one({"a": float(a), "c": constant}) == two.predict_proba_one({"a": float(a)})
    assert 0.0 < one.predict_proba_one({"a": 1.0, "c": 99.0})[True] < 1.0


def test_the_soft_clip_lets_an_outlier_count_logarithmically():
    model = LogisticRegression(learning_rates=(0.05,))
    rng = random.Random(1)
    for _ in range(100):
        y = rng.random() < 0.5
        model.learn_one({"a": rng.gauss(y, 1)}, y)

    def margin(a):
        p = model.predict_proba_one({"a": a})[True]
        return math.log(p / (1 - p))

    steps = [margin(10.0**e) - margin(10.0 ** (e - 1)) for e in range(3, 8)]
    assert all(step == pytest.approx(steps[0], rel=0.02) for step in steps)


@pytest.mark.parametrize(
    "value", [b"x", bytearray(b"x"), [1.0], (), {}, {1}, object(), 1j, math], ids=lambda v: type(v).__name__
)
@pytest.mark.parametrize("name", ["a", "new"])
def test_what_is_no_feature_is_refused_and_nothing_learned(value, name):
    model = LogisticRegression()
    for x, y in mixed_stream(100, 5):
        model.learn_one(x, y)
    before = bits(model)
    for method in (lambda x: model.learn_one(x, True), lambda x: model.observe_one(x, True, 0.0)):
        with pytest.raises(TypeError, match=f"feature '{name}' is .*: a number, a string, a bool or None"):
            method({"early": 1.0, "word": "new", name: value, "later": 2.0})
    with pytest.raises(TypeError, match="feature"):
        model.predict_proba_one({name: value})
    assert bits(model) == before


@pytest.mark.parametrize("y", ["True", "1", 2, -1, 0.5, None, math.nan, "fraud"], ids=str)
def test_fault_43_a_label_that_is_neither_true_nor_false_is_refused(y):
    model = LogisticRegression()
    model.learn_one({"a": 1.0}, True)
    before = bits(model)
    with pytest.raises(ValueError, match="expected True or False"):
        model.learn_one({"a": 2.0, "new": 1.0}, y)
    assert bits(model) == before


@pytest.mark.parametrize("y", [1, 1.0, np.True_, np.int64(1), np.float32(1)])
def test_fault_43_one_is_true(y):
    one, two = LogisticRegression(), LogisticRegression()
    one.learn_one({"a": 1.0}, y)
    two.learn_one({"a": 1.0}, True)
    assert bits(one) == bits(two)


@pytest.mark.parametrize("offset", [math.nan, math.inf, -math.inf])
def test_an_offset_is_finite(offset):
    model = LogisticRegression()
    before = bits(model)
    for ask in (
        lambda: model.learn_one({"new": 1.0}, True, offset=offset),
        lambda: model.predict_offset_one({"new": 1.0}, offset),
        lambda: model.observe_one({"new": 1.0}, True, offset),
        lambda: model.step_one({}, True, offset),
        lambda: model.predict_proba_one({"new": 1.0}, offset=offset),
    ):
        with pytest.raises(ValueError, match="offset"):
            ask()
    assert bits(model) == before


# ------------------------------------------------------------------ words


def test_words_are_hashed_by_fnv1a_over_code_points():
    assert fnv1a("") == ((0xCBF29CE484222325 ^ (0xCBF29CE484222325 >> 32)) * 0x9E3779B97F4A7C15) % 2**64
    model = LogisticRegression(hash_bits=18)
    model.learn_one({"word": "blå"}, False)
    slots, _ = model.__getstate__()["kernel"]["experts"]["weights"]["table"]
    h = fnv1a("word")
    for c in "blå":
        h = ((h ^ ord(c)) * 0x100000001B3) % 2**64
    h = ((h ^ (h >> 32)) * 0x9E3779B97F4A7C15) % 2**64
    assert np.frombuffer(slots, np.int64).tolist() == [h >> (64 - 18)] == [PINNED]


PINNED = 126378  # the slot of blå under word, for ever: saved models depend on it


def test_slots_are_the_same_in_every_process():
    program = (
        "from streamimb.linear_model import LogisticRegression as L; m = L(hash_seed=7)\n"
        "m.learn_one({'word': 'blå', 'other': 'red'}, False); "
        "print(m.__getstate__()['kernel']['experts']['weights']['table'][0].hex())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    other = LogisticRegression(hash_seed=8)
    other.learn_one({"word": "blå", "other": "red"}, False)
    assert other.__getstate__()["kernel"]["experts"]["weights"]["table"][0].hex() + "\n" not in found


def test_names_keep_equal_words_apart_and_types_keep_apart():
    model = LogisticRegression()
    for i in range(300):
        model.learn_one({"a": "red" if i % 2 else "blue", "b": "blue" if i % 2 else "red"}, i % 2 == 1)
    assert model.predict_proba_one({"a": "red"})[True] > 0.5 > model.predict_proba_one({"b": "red"})[True]
    one, two = LogisticRegression(), LogisticRegression()
    one.learn_one({"a": "1"}, True)
    two.learn_one({"a": 1}, True)
    assert bits(one) != bits(two)


def test_a_field_may_bring_a_number_now_and_a_word_then():
    model, plain, prior = LogisticRegression(), Plain(), stats.ClassPrior()
    rng = random.Random(1)
    for _ in range(300):
        x, y = {"a": rng.choice([1.0, "one", 2.0, "two", None])}, rng.random() < 0.5
        assert model.predict_proba_one(x)[True] == pytest.approx(plain.predict(x, prior.logit), rel=1e-9)
        model.learn_one(x, y)
        plain.learn(x, y, prior.logit)
        prior.update(y)
