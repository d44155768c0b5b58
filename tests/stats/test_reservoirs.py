"""Reservoirs: who is held, by the law of each, and a saved state that is checked before it is used."""

from __future__ import annotations

import copy
import math
import pickle
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.engine.snapshot import dumps, loads
from streamimb.stats import RecencyReservoir, UniformReservoir, WeightedReservoir
from streamimb.stats.event_data import decoded, encoded
from tests.laws.table import RESERVOIRS

VALUES = st.one_of(
    st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.text(max_size=5)
)
EVENTS = st.dictionaries(st.one_of(st.text(max_size=5), st.integers(-5, 5)), VALUES | st.none(), max_size=6)
SEEDS = 400


def positions(
    make: Callable[[int], Any], n: int, weight: Callable[[int], float] | None = None
) -> Counter[int]:
    """How often each of n events is held, over `SEEDS` seeds."""
    found: Counter[int] = Counter()
    for seed in range(SEEDS):
        reservoir = make(seed)
        for i in range(n):
            if weight is None:
                reservoir.update({"i": i})
            else:
                reservoir.update({"i": i}, weight(i))
        found.update(x["i"] for x in reservoir.get())
    return found


def z_squares(observed: list[float], expected: list[float]) -> float:
    """The mean square of the standardised differences of counts of independent seeds: about 1."""
    squares = [
        (seen - SEEDS * p) ** 2 / (SEEDS * p * (1 - p)) for seen, p in zip(observed, expected, strict=True)
    ]
    return sum(squares) / len(squares)


def test_every_event_is_held_with_the_same_probability() -> None:
    held = positions(lambda seed: UniformReservoir(size=10, seed=seed), 100)
    assert sum(held.values()) == 10 * SEEDS
    square = z_squares([held[i] for i in range(100)], [0.1] * 100)
    assert 1 - 4 * math.sqrt(2 / 100) < square < 1 + 4 * math.sqrt(2 / 100)


@pytest.mark.parametrize(("first", "second"), [(60, 40), (5, 95), (95, 5)])
def test_a_merged_uniform_sample_is_one_of_both_streams(first: int, second: int) -> None:
    def merged(seed: int) -> Any:
        head, tail = UniformReservoir(size=10, seed=2 * seed), UniformReservoir(size=10, seed=2 * seed + 1)
        for i in range(first + second):
            (head if i < first else tail).update({"i": i})
        head.merge(tail)
        return head

    held: Counter[int] = Counter()
    for seed in range(SEEDS):
        held.update(x["i"] for x in merged(seed).get())
    square = z_squares([held[i] for i in range(100)], [0.1] * 100)
    assert 1 - 4 * math.sqrt(2 / 100) < square < 1 + 4 * math.sqrt(2 / 100)


def test_an_event_counts_half_after_the_half_life() -> None:
    held = positions(lambda seed: RecencyReservoir(half_life=50, size=20, seed=seed), 400)
    enters = 20 * math.log(2) / 50
    for low in (0, 50, 100, 150):  # ages
        seen = sum(held[399 - age] for age in range(low, low + 50)) / SEEDS
        wanted = sum(enters * 2 ** (-age / 50) for age in range(low, low + 50))
        # A place is held or not: the variance of a number of them is at most its mean.
        assert abs(seen - wanted) < 4 * math.sqrt(wanted / SEEDS)


def test_a_half_life_too_short_for_the_size_is_refused_with_the_least_one() -> None:
    with pytest.raises(ValueError, match=r"^half_life=69: expected at least 70 events for size=100"):
        RecencyReservoir(half_life=69, size=100)
    RecencyReservoir(half_life=70, size=100)


def first_of_three(seed: int, reservoir: Any) -> Any:
    reservoir.update({"i": 0}, 1.0)
    reservoir.update({"i": 1}, 2.0)
    reservoir.update({"i": 2}, 5.0)
    return reservoir.get()[0]["i"]


def test_one_of_three_is_drawn_in_proportion_to_its_weight() -> None:
    n = 4_000
    drawn = Counter(first_of_three(seed, WeightedReservoir(size=1, seed=seed)) for seed in range(n))
    for i, share in enumerate((0.125, 0.25, 0.625)):
        assert abs(drawn[i] / n - share) < 4 * math.sqrt(share * (1 - share) / n)


def test_a_merged_weighted_sample_is_by_the_weights_of_both() -> None:
    n = 4_000
    drawn: Counter[int] = Counter()
    for seed in range(n):
        head, tail = WeightedReservoir(size=1, seed=2 * seed), WeightedReservoir(size=1, seed=2 * seed + 1)
        head.update({"i": 0}, 1.0)
        head.update({"i": 1}, 2.0)
        tail.update({"i": 2}, 5.0)
        head.merge(tail)
        drawn[head.get()[0]["i"]] += 1
    for i, share in enumerate((0.125, 0.25, 0.625)):
        assert abs(drawn[i] / n - share) < 4 * math.sqrt(share * (1 - share) / n)


def test_weights_are_checked_and_0_is_no_event() -> None:
    reservoir = WeightedReservoir(size=2)
    reservoir.update({"a": 1.0}, 0.0)
    assert reservoir.get() == []
    for w in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=r"^w="):
            reservoir.update({"a": 1.0}, w)
    for w in (5e-324, 1.7e308):
        reservoir.update({"w": w}, w)
    assert len(pickle.loads(pickle.dumps(reservoir)).get()) == 2


def test_streams_of_other_parameters_do_not_merge() -> None:
    for kind in (UniformReservoir, WeightedReservoir):
        for other in (kind(size=3), kind(size=2, event_bytes=7), RecencyReservoir(size=2)):
            with pytest.raises(ValueError, match=r"merge with|expected a"):
                kind(size=2).merge(other)  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(events=st.lists(EVENTS, max_size=12))
def test_events_come_back_as_they_were(events: list[dict[Any, Any]]) -> None:
    for make in RESERVOIRS.values():
        reservoir = make().clone({"size": 30})
        before = copy.deepcopy(events)
        for x in events:
            reservoir.update(x)
        assert events == before
        held = reservoir.get()
        assert all(any(repr(x) == repr(one) for one in events) for x in held)
        again = loads(dumps(reservoir))
        assert repr(again.get()) == repr(held)
        for x in events:
            reservoir.update(x)
            again.update(x)
        assert repr(again.get()) == repr(reservoir.get())


def test_what_is_no_plain_data_is_left_out() -> None:
    x = {
        "a": np.float32(0.5), "b": np.int64(3), "c": np.True_, "d": [1], "e": {"f": 1}, "g": 2**70, "h": "\ud800",
        ("i",): 1.0, "j": math.nan, None: 1.0, "k": b"bytes",
    }  # fmt: skip
    assert repr(decoded(encoded(x, 1_000))) == "{'a': 0.5, 'b': 3, 'c': True, 'j': nan}"


GOOD = UniformReservoir(size=3, event_bytes=50)
for _i in range(5):
    GOOD.update({"i": _i})


@pytest.mark.parametrize(
    "change",
    [
        {"kept": [b"\xff"] * 3},
        {"kept": [b"\xc1"] * 3},
        {"kept": [encoded({"i": 1}, 50)[:-1]] * 3},
        {"kept": [b"\x91\x01"] * 3},  # a list
        {"kept": [b"\x81\x01\x91\x01"] * 3},  # a list inside
        {"kept": [b"\x91" * 100_000] * 3},
        {"kept": [encoded({"i": "x" * 60}, 100)] * 3},  # longer than event_bytes
        {"kept": ["text"] * 3},
        {"kept": [b""] * 4},
        {"kept": []},
        {"n": 2},
        {"n": -1},
        {"n": 5.0},
        {"size": 0},
        {"size": 2},
        {"event_bytes": 1},
        {"seed": -1},
        {"draw": {"state": -1}},
        {"draw": {}},
        {"more": 1},
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(change: dict[str, Any]) -> None:
    state = {**GOOD.__getstate__(), **change}
    other = GOOD.clone(include_attributes=True)
    with pytest.raises(ValueError):
        other.__setstate__(state)
    assert other.get() == GOOD.get()


def test_damaged_keys_of_a_weighted_sample_are_refused() -> None:
    good = WeightedReservoir(size=2)
    good.update({"i": 1})
    for keys in ([], [0.5], [math.nan], [-1.0, -2.0], ["a"], [-1], None):
        with pytest.raises(ValueError, match="keys"):
            good.clone().__setstate__({**good.__getstate__(), "keys": keys})
