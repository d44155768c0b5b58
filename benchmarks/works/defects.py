"""What makes an event differ from the perfect one: each changes the features of the i-th event in one place."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import nan

from benchmarks.messages import NUMBERS, Features

Change = Callable[[Features, int], Features]

FLAG = "discount_share"  # the field of bools
ORDERS = 8  # orders of the keys, as of as many producers


def _field(i: int) -> str:
    """Another field from event to event."""
    return NUMBERS[7 * i % len(NUMBERS)]


def null(x: Features, i: int) -> Features:
    return x | {_field(i): None}


def not_a_number(x: Features, i: int) -> Features:
    return x | {_field(i): nan}


def absent(x: Features, i: int) -> Features:
    return {name: value for name, value in x.items() if name != _field(i)}


def one_more(x: Features, i: int) -> Features:
    """The same field in every event."""
    return x | {"coupon_value": 1.5}


def one_new(x: Features, i: int) -> Features:
    """A field that no other event has."""
    return x | {f"coupon_{i}": 1.5}


def an_int(x: Features, i: int) -> Features:
    return x | {_field(i): 3}


def a_bool(x: Features, i: int) -> Features:
    return x | {_field(i): True}


def flag(x: Features, i: int) -> Features:
    return x | {FLAG: i % 3 == 0}


def reordered(x: Features, i: int) -> Features:
    names = list(x)
    random.Random(i % ORDERS).shuffle(names)
    return {name: x[name] for name in names}
