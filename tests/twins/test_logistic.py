from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import FEATURES, WEIGHTS, exact, mixed_events, outcome

THREE = (0.05, 0.2, 0.8)
OFFSETS = st.one_of(st.none(), st.floats(-50, 50), st.floats())
EVENTS = st.lists(st.tuples(FEATURES, st.booleans(), WEIGHTS, OFFSETS), max_size=25)


def model(
    kernel: Any,
    rates: tuple[float, ...] = THREE,
    bits: int = 6,
    seed: int = 3,
    basis: int = 2,
    interactions: Any = None,
) -> Any:
    """A learner whose first two numbers have a basis."""
    tracker = (compiled if kernel is compiled else interpreted)("prior_bank").PriorBank()
    return kernel("logistic").Logistic(tracker, rates, bits, seed, basis, None, interactions)


@pytest.mark.parametrize(
    ("rates", "basis", "interactions"),
    [
        (THREE, 0, None),
        (THREE, 2, None),
        (THREE, 50, "pairs"),
        ((0.2,), 50, (("f1", "f3"), ("word", "f2"), ("flag", "f1"))),
        ((0.01, 0.1, 0.5, 2.0), 0, None),
    ],
)
def test_thousands_of_events_agree_bit_for_bit(
    rates: tuple[float, ...], basis: int, interactions: Any
) -> None:
    native, twin = (
        model(kernel, rates, basis=basis, interactions=interactions) for kernel in (compiled, interpreted)
    )
    for t, (x, y, w, offset) in enumerate(mixed_events(3_000)):
        anchor = None if t % 3 else offset
        assert exact(native.predict_proba_one(x, anchor)) == exact(twin.predict_proba_one(x, anchor))
        native.learn_one(x, y, w, anchor)
        twin.learn_one(x, y, w, anchor)
    assert exact(native) == exact(twin)


def test_offset_events_agree_bit_for_bit() -> None:
    native, twin = model(compiled), model(interpreted)
    for t, (x, y, w, offset) in enumerate(mixed_events(3_000, seed=2)):
        if t % 2:
            assert native.predict_offset_one(x, offset).hex() == twin.predict_offset_one(x, offset).hex()
        native.observe_one(x, y, offset, 1.0)
        twin.observe_one(x, y, offset, 1.0)
        assert outcome(native.step_one, x, y, offset / 2, w) == outcome(twin.step_one, x, y, offset / 2, w)
    assert exact(native) == exact(twin)


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_any_events_agree_bit_for_bit(stream: list[Any]) -> None:
    native, twin = model(compiled, interactions="pairs"), model(interpreted, interactions="pairs")
    for x, y, w, offset in stream:
        assert outcome(native.predict_proba_one, x, offset) == outcome(twin.predict_proba_one, x, offset)
        assert outcome(native.learn_one, x, y, w, offset) == outcome(twin.learn_one, x, y, w, offset)
        assert outcome(native.parts_one, x) == outcome(twin.parts_one, x)
    assert exact(native) == exact(twin)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FEATURES, st.booleans(), st.floats(), st.floats(), WEIGHTS, WEIGHTS), max_size=20))
def test_any_offset_events_agree_bit_for_bit(stream: list[Any]) -> None:
    native, twin = model(compiled), model(interpreted)
    for x, y, offset, shift, w, copies in stream:
        memo = outcome(native.memo_one, x, offset)
        assert memo == outcome(twin.memo_one, x, offset)
        assert outcome(native.observe_one, x, y, offset, w) == outcome(twin.observe_one, x, y, offset, w)
        assert outcome(native.step_one, x, y, shift, copies) == outcome(twin.step_one, x, y, shift, copies)
        assert outcome(native.predict_offset_one, x, offset) == outcome(twin.predict_offset_one, x, offset)
    assert exact(native) == exact(twin)


WORDS = st.text(st.sampled_from(["a", "z", "\x00", "é", "ÿ", "\u0100", "日", "\U0001f600"]), max_size=9)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.lists(WORDS, min_size=7, max_size=7), st.booleans()), min_size=2, max_size=12))
def test_words_of_any_width_and_length_agree_bit_for_bit(stream: list[Any]) -> None:
    """Compiled, words of one byte a character are hashed four at a time."""
    native, twin = model(compiled, bits=16), model(interpreted, bits=16)
    for words, y in stream:
        x: dict[str, Any] = {f"w{i}": "".join([*word]) for i, word in enumerate(words)}
        assert exact(native.predict_proba_one(x)) == exact(twin.predict_proba_one(x))
        native.learn_one(x, y)
        twin.learn_one(x, y)
    assert exact(native) == exact(twin)


def test_rows_agree_bit_for_bit() -> None:
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=(500, 30)), rng.random(500) < 0.1, rng.exponential(size=500)
    x[rng.random(x.shape) < 0.01] = np.nan
    names = [f"f{i}" for i in range(30)]
    results = []
    for kernel in (compiled, interpreted):
        learner, out = model(kernel), np.empty(500)
        learner.learn_rows(names, x, memoryview(y.astype(np.uint8).tobytes()), w)
        learner.predict_rows(names, x, out)
        results.append((exact(learner), out.tobytes()))
    assert results[0] == results[1]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda kernel: pickle.loads(pickle.dumps(kernel))])
def test_a_duplicate_learns_alone_and_alike(duplicate: Any) -> None:
    original = model(compiled)
    for x, y, w, _ in mixed_events(300):
        original.learn_one(x, y, w)
    other = duplicate(original)
    frozen = pickle.dumps(original)
    for x, y, w, _ in mixed_events(200, seed=1):
        other.learn_one(x, y, w)
    assert pickle.dumps(original) == frozen
    for x, y, w, _ in mixed_events(200, seed=1):
        original.learn_one(x, y, w)
    assert exact(original) == exact(other)


def test_a_state_moves_between_the_twins() -> None:
    native, twin = model(compiled), model(interpreted)
    for x, y, w, _ in mixed_events(300):
        native.learn_one(x, y, w)
    state, prior = native.__getstate__(), twin.__getstate__()["prior"]
    prior.__setstate__(state["prior"].__getstate__())
    twin.__setstate__({**state, "prior": prior})
    for x, y, w, _ in mixed_events(300, seed=1):
        native.learn_one(x, y, w)
        twin.learn_one(x, y, w)
    assert exact(native) == exact(twin)
