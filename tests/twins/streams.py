"""Streams that are hard on arithmetic, and how two twins are driven through them side by side."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st

INF = float("inf")
NAN = float("nan")
HOSTILE = [0.0, -0.0, 5e-324, 2.3e-308, 1e-300, 1e15, 1.1e15, 1e100, 1.7e308, -1.7e308, INF, -INF, NAN]

NUMBERS = st.one_of(
    st.floats(),
    st.sampled_from(HOSTILE),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.floats(width=32).map(np.float32),
    st.integers(-(2**60), 2**60).map(np.int64),
)
VALUES = st.one_of(NUMBERS, st.text(max_size=4), st.none(), st.just(b"bytes are refused"))
NAMES = st.one_of(st.sampled_from("abcdefghijklmnop"), st.integers(0, 3))
FEATURES = st.dictionaries(NAMES, VALUES, max_size=12)
PROBABILITIES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 5e-324, 1e-300, 1e-9, 0.5, 1 - 1e-16, 1.0]))
WEIGHTS = st.one_of(
    st.just(1.0), st.just(0.0), st.floats(0, 50), st.floats(0, 1e300), st.sampled_from([INF, NAN, -1.0])
)


def mixed_events(count: int, seed: int = 0) -> Iterator[tuple[dict[str, Any], bool, float, float]]:
    """(x, y, w, offset): skewed, gappy, shuffled, sometimes not finite; the set of names drifts."""
    rng = random.Random(seed)
    for t in range(count):
        names = [f"f{i}" for i in range(t // 1000, t // 1000 + 12) if rng.random() < 0.9]
        if rng.random() < 0.1:
            rng.shuffle(names)
        x: dict[str, Any] = {name: rng.gauss(0, 1) * 10 ** rng.uniform(-6, 6) for name in names}
        x["word"] = f"w{int(rng.expovariate(0.01))}"
        x["flag"] = rng.random() < 0.3
        if names and rng.random() < 0.05:
            x[names[0]] = rng.choice([NAN, INF, -INF, None, 10**40, np.float64(2.5)])
        yield x, rng.random() < 0.02, rng.choice([0.0, 1.0, rng.expovariate(1), 250.0]), rng.gauss(0, 3)


def exact(value: Any) -> Any:
    """Something that compares equal only where every bit of every float does."""
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(item) for item in value]
    if isinstance(value, array):
        return value.tobytes()
    if hasattr(value, "__getstate__") and type(value).__module__.startswith("streamimb"):
        return exact(value.__getstate__())
    return value


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives, to the last bit, or what kind of thing it raises."""
    try:
        return exact(call(*arguments))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        return type(error).__name__
