"""The checks of saved states: what passes comes back as Python's own, everything else is a ValueError in words."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import pytest

from streamimb._kernels import saved

NAN, INF = math.nan, math.inf


class Float(float):
    pass


class Str(str):
    __slots__ = ()


def doubles(*values: float) -> bytes:
    return struct.pack(f"={len(values)}d", *values)


def integers(*values: int) -> bytes:
    return struct.pack(f"={len(values)}q", *values)


Check = Callable[[dict[str, Any], str], Any]
CHECKS: dict[str, tuple[Check, list[tuple[Any, Any]], list[Any]]] = {
    # what is checked: how; (what passes, what comes of it); what is refused
    "number": (
        lambda state, name: saved.number(state, name, 0.0, 1.0),
        [(0.0, 0.0), (1, 1.0), (0.5, 0.5)],
        [NAN, INF, -0.1, 1.1, 10**400, True, None, "0.5", b"", Float(0.5), [0.5]],
    ),
    "any number": (
        saved.number,
        [(-1.7e308, -1.7e308), (3, 3.0)],
        [NAN, INF, -INF, 10**400, -(10**400)],
    ),
    "whole": (
        lambda state, name: saved.whole(state, name, 0, 10),
        [(0, 0), (10, 10)],
        [-1, 11, 2**70, 1.0, NAN, True, None, "1"],
    ),
    "switch": (saved.switch, [(True, True), (False, False)], [0, 1, None, "True", NAN]),
    "text": (
        lambda state, name: saved.text(state, name, 3),
        [("", ""), ("abc", "abc")],
        ["abcd", b"abc", None, Str("a")],
    ),
    "numbers": (
        lambda state, name: saved.numbers(state, name, 2, 0.0).tolist(),
        [(doubles(0.0, 1.0), [0.0, 1.0])],
        [
            b"",
            doubles(0.0),
            doubles(0.0, 1.0, 2.0),
            doubles(0.0, 1.0)[:-1],
            doubles(0.0, NAN),
            doubles(INF, 0.0),
            doubles(-1.0, 0.0),
            [0.0, 1.0],
            bytearray(16),
            None,
            "0" * 16,
        ],
    ),
    "any number of numbers": (
        lambda state, name: saved.numbers(state, name).tolist(),
        [(b"", []), (doubles(-1.0), [-1.0])],
        [b"\0", doubles(NAN), doubles(INF)],
    ),
    "wholes": (
        lambda state, name: saved.wholes(state, name, 2, 0, 5).tolist(),
        [(integers(0, 5), [0, 5])],
        [b"", integers(0), integers(0, 6), integers(-1, 0), integers(2**62, 0), [0, 5], None],
    ),
    "flags": (
        lambda state, name: saved.flags(state, name, 2).tolist(),
        [(b"\0\1", [0, 1])],
        [b"", b"\0", b"\0\2", [0, 1], None],
    ),
    "listed": (
        lambda state, name: saved.listed(state, name, 2),
        [([1, "a"], [1, "a"]), ((1, 2), [1, 2])],
        [[], [1], [1, 2, 3], {1: 2, 3: 4}, "ab", b"ab", None],
    ),
    "row": (
        lambda state, name: saved.row(state, name, 2, 0.0),
        [([1, 0.5], [1.0, 0.5]), ((0, 0), [0.0, 0.0])],
        [[1.0], [1.0, NAN], [1.0, -1.0], [1.0, "1"], [True, 1.0], None],
    ),
    "distinct": (
        saved.distinct,
        [(["a", 1, None, ("a", 2.5)], ["a", 1, None, ("a", 2.5)]), ([], [])],
        [
            ["a", "a"],
            [1, True],
            [1, 1.0],
            [NAN],
            [(1, NAN), (1, NAN), []],
            [[]],
            [("a", [])],
            [Str("a")],
            None,
        ],
    ),
}


@pytest.mark.parametrize(
    ("check", "given", "found"),
    [(check, given, found) for check, passes, _ in CHECKS.values() for given, found in passes],
)
def test_what_is_right_comes_back(check: Check, given: Any, found: Any) -> None:
    value = check({"entry": given}, "entry")
    assert value == found
    assert type(value) is type(found)


@pytest.mark.parametrize(
    ("check", "given"), [(check, given) for check, _, wrong in CHECKS.values() for given in wrong], ids=repr
)
def test_what_is_wrong_is_refused_by_name(check: Check, given: Any) -> None:
    with pytest.raises(ValueError, match="state: entry: expected"):
        check({"entry": given}, "entry")


def test_a_tuple_that_nests_without_end_is_no_name() -> None:
    name: Any = ()
    for _ in range(1_000):
        name = (name,)
    with pytest.raises(ValueError, match="strings, numbers"):
        saved.distinct({"entry": [name]}, "entry")


@pytest.mark.parametrize(
    ("state", "match"),
    [
        ({}, "entry a is missing"),
        ({"a": 1}, "entry b is missing"),
        ({"a": 1, "b": 2, "c": 3}, "no other entries than a, b"),
        ([("a", 1), ("b", 2)], "a dict, not list"),
        (None, "a dict, not NoneType"),
    ],
)
def test_a_state_has_these_entries_and_no_others(state: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        saved.entries(state, "a", "b")


def test_entries_are_a_dict_of_their_own() -> None:
    state = {"a": 1}
    assert saved.entries(state, "a") == state
    assert saved.entries(state, "a") is not state


def test_a_range_stands_in_the_message_and_no_value() -> None:
    with pytest.raises(ValueError, match=r"^state: n: expected a number in \[0, 1\]$"):
        saved.number({"n": 4539.25}, "n", 0.0, 1.0)
