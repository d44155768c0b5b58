"""A saved K-class learner goes on to the last bit, a damaged state is refused whole, and memory is bounded."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

from streamimb.engine import snapshot
from streamimb.linear_model import SoftmaxRegression
from tests.linear_model.test_softmax_regression import stream


def taught(n: int = 150) -> SoftmaxRegression:
    model = SoftmaxRegression(hash_bits=4)
    for i, (x, y, _) in enumerate(stream(n)):
        model.learn_one({**x, "word": f"w{i % 9}"} if i % 5 else {"f0": 1.0}, y)
    return model


def test_a_restored_model_goes_on_to_the_last_bit() -> None:
    model = taught()
    for other in (pickle.loads(pickle.dumps(model)), snapshot.loads(snapshot.dumps(model))):
        for x, y, _ in stream(50, seed=9):
            other.learn_one({**x, "word": "new"}, y)
        own = copy.deepcopy(model)
        for x, y, _ in stream(50, seed=9):
            own.learn_one({**x, "word": "new"}, y)
        assert snapshot.dumps(own) == snapshot.dumps(other)


def edits() -> dict[str, Any]:
    def floats(place: int, value: float) -> Any:
        def edit(saved: bytes) -> bytes:
            values = np.frombuffer(saved).copy()
            values[place] = value
            return values.tobytes()

        return edit

    def slots(place: int, value: int) -> Any:
        def edit(saved: bytes) -> bytes:
            values = np.frombuffer(saved, dtype=np.int64).copy()
            values[place] = value
            return values.tobytes()

        return edit

    def twice(saved: bytes) -> bytes:
        return saved[:8] + saved[:8] + saved[16:]

    return {
        "bits": [lambda _: 0, lambda _: 29, lambda _: 4.0, lambda _: 3],
        "classes": [
            lambda saved: saved[:-1],
            lambda saved: [*saved, saved[0]],
            lambda saved: [*saved[:-1], 2.5],
            lambda saved: [*saved[:-1], None],
            lambda _: "abc",
        ],
        "numbers": [slots(0, -1), slots(0, 4), twice, lambda saved: saved[:-8], lambda saved: saved[:-1]],
        "gaps": [slots(0, -1), slots(0, 4), lambda saved: saved[:-8]],
        "texts": [slots(0, -1), slots(0, 16), twice, lambda saved: saved[:-8], lambda _: None],
        "weight": [
            floats(0, math.nan),
            floats(3, math.inf),
            floats(9, -1.0),  # G of the intercept
            lambda saved: saved[:-8],
            lambda _: b"",
        ],
    }


@pytest.mark.parametrize(
    ("name", "edit"), [(name, edit) for name, found in edits().items() for edit in found]
)
def test_a_damaged_state_is_refused_whole(name: str, edit: Any) -> None:
    state = taught().__getstate__()
    blocks = state["kernel"]["weights"]["blocks"]
    blocks[name] = edit(blocks[name])
    model = taught(40)
    before = pickle.dumps(model)
    with pytest.raises(ValueError, match="state"):
        model.__setstate__(state)
    assert pickle.dumps(model) == before


@pytest.mark.parametrize("share", [b"", bytes(24), np.array([0.5, 0.25, 0.2499]).tobytes(), None])
def test_damaged_shares_of_the_rates_are_refused(share: Any) -> None:
    state = taught().__getstate__()
    state["kernel"]["share"] = share
    with pytest.raises((ValueError, TypeError)):
        SoftmaxRegression().__setstate__(state)


@pytest.mark.parametrize("alpha", [b"", bytes(8), np.array([0.1, 0.2]).tobytes(), b"abc", None])
def test_damaged_learning_rates_are_refused(alpha: Any) -> None:
    state = taught().__getstate__()
    state["kernel"]["weights"]["alpha"] = alpha
    with pytest.raises(ValueError, match="state"):
        SoftmaxRegression().__setstate__(state)


def test_memory_grows_with_what_was_learned() -> None:
    model = SoftmaxRegression()
    for i in range(100):
        model.learn_one({"word": f"w{i}"}, f"c{i % 5}")
    assert model._raw_memory_usage < 1.3e6  # 2^18 slots of 4 bytes, 128 blocks of 20 floats
