from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import FEATURES, WEIGHTS, exact, mixed_events, outcome

THREE = (0.05, 0.2, 0.8)
LABELS = st.sampled_from([True, False, "a", "b", 7, 1])
OFFSETS = st.dictionaries(LABELS, st.floats(-50, 50), min_size=1, max_size=4)
STREAM = st.lists(st.tuples(FEATURES, LABELS, WEIGHTS), max_size=25)


def model(
    kernel: Any, rates: tuple[float, ...] = THREE, bits: int = 6, basis: int = 2, interactions: Any = None
) -> Any:
    """A learner whose first two numbers have a basis."""
    shares = kernel("class_shares").ClassShares()
    return kernel("softmax").Softmax(shares, rates, bits, 3, None, basis, interactions)


@pytest.mark.parametrize(
    ("rates", "basis", "interactions"),
    [
        (THREE, 0, None),
        (THREE, 2, None),
        ((0.2,), 50, [("f0", "word"), ("f1", "f2")]),
        ((0.01, 0.1, 0.5, 2.0), 0, None),
        ((0.05, 0.8), 2, "pairs"),
    ],
)
def test_thousands_of_events_agree_bit_for_bit(
    rates: tuple[float, ...], basis: int, interactions: Any
) -> None:
    native, twin = (
        model(kernel, rates, basis=basis, interactions=interactions) for kernel in (compiled, interpreted)
    )
    rng = random.Random(5)
    for t, (x, y, w, _) in enumerate(mixed_events(1_500)):
        label = "rare" if y else rng.choice("abc"[: 1 + t // 300])
        assert exact(native.predict_proba_one(x)) == exact(twin.predict_proba_one(x))
        native.learn_one(x, label, w)
        twin.learn_one(x, label, w)
    assert exact(native.parts_one(x, "a")) == exact(twin.parts_one(x, "a"))
    assert exact(native.norms()) == exact(twin.norms())
    assert exact(native) == exact(twin)


def _grid(learner: Any, name: str) -> Any:
    try:
        return exact(learner._grid_of(name))
    except LookupError as error:
        return str(error)


def test_memos_and_grids_agree_bit_for_bit() -> None:
    native, twin = model(compiled), model(interpreted)
    rng, served = random.Random(6), []
    for x, y, w, _ in mixed_events(900):
        label = "rare" if y else rng.choice("abcdefghij")
        memo = native.scores_one(x)[1]
        assert exact(memo) == exact(twin.scores_one(x)[1])
        served.append((x, label, w, memo))
        if len(served) > 50:
            event, label, w, memo = served.pop(0)
            native.learn_one(event, label, w, memo)
            twin.learn_one(event, label, w, memo)
    assert exact(native) == exact(twin)
    found = [[_grid(one, name) for name in ("f0", "f1", "f2", "word", "unknown")] for one in (native, twin)]
    assert found[0] == found[1]


@settings(max_examples=80, deadline=None)
@given(STREAM)
def test_any_events_agree_bit_for_bit(stream: list[Any]) -> None:
    native, twin = model(compiled), model(interpreted)
    for x, y, w in stream:
        assert outcome(native.predict_proba_one, x) == outcome(twin.predict_proba_one, x)
        assert outcome(native.learn_one, x, y, w) == outcome(twin.learn_one, x, y, w)
        assert outcome(native.parts_one, x, y) == outcome(twin.parts_one, x, y)
    assert exact(native) == exact(twin)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FEATURES, LABELS, OFFSETS, OFFSETS, WEIGHTS, WEIGHTS), max_size=20))
def test_any_offset_events_agree_bit_for_bit(stream: list[Any]) -> None:
    native, twin = model(compiled), model(interpreted)
    for x, y, offsets, shifts, w, copies in stream:
        for call, *arguments in (
            ("observe_one", x, y, offsets, w),
            ("step_one", x, y, shifts, copies),
            ("predict_offsets_one", x, offsets),
        ):
            assert outcome(getattr(native, call), *arguments) == outcome(getattr(twin, call), *arguments)
    assert exact(native) == exact(twin)


def test_batches_agree_bit_for_bit() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(300, 10)), rng.exponential(size=300)
    y = [int(label) for label in rng.integers(2, 6, 300)]
    x[rng.random(x.shape) < 0.01] = np.nan
    results = []
    for kernel in (compiled, interpreted):
        learner = model(kernel)
        learner.learn_rows([f"f{i}" for i in range(10)], x, y, w)
        results.append((exact(learner), exact(learner.predict_rows(None, x))))
    assert results[0] == results[1]


def test_a_state_moves_between_the_twins() -> None:
    native, twin = model(compiled), model(interpreted)
    for t, (x, y, w, _) in enumerate(mixed_events(300)):
        native.learn_one(x, "rare" if y else "ab"[t % 2], w)
    state = native.__getstate__()
    twin.__setstate__({**state, "prior": twin.__getstate__()["prior"]})
    for part in ("reader", "moments", "weights", "additive", "share"):
        assert exact(native.__getstate__()[part]) == exact(twin.__getstate__()[part])
    offsets = {"a": 0.0, "b": 1.0, "rare": -3.0}
    for x, y, w, _ in mixed_events(100, seed=1):
        for part in (native, twin):
            part.observe_one(x, "rare" if y else "a", offsets, w)
            part.step_one(x, "rare" if y else "a", offsets, w)
        assert exact(native.predict_offsets_one(x, offsets)) == exact(twin.predict_offsets_one(x, offsets))
