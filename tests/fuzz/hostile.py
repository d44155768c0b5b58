"""Values and events that no caller should send, made from a random generator alone: a seed makes them again."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

NUMBERS: list[Any] = [
    0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 1e-300, 5e-324, 1e15, 1e308, -1e308, math.nan, math.inf, -math.inf,
    0, 1, -1, 2, 255, 2**31, -(2**31), 2**40, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64, 10**400, -(10**400),
]  # fmt: skip


class Float(float):
    """A subclass: `type(value) is float` is False."""


class Int(int):
    """A subclass of int."""


class Str(str):
    """A subclass of str."""


class Raising(Exception):
    """What only these values raise."""


class Raises:
    """Every conversion and comparison raises."""

    def _raise(self, *_: Any) -> Any:
        raise Raising

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = __index__ = __bool__ = __len__ = _raise
    __iter__ = __getitem__ = __contains__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = (
        _raise
    )

    def __hash__(self) -> int:
        return 7


def meddle(x: dict[Any, Any], how: int) -> None:
    """Changes a dict in one of several ways, while it may be read."""
    name = next(iter(x), None)
    if how == 0:
        x.clear()
    elif how == 1 and name is not None:
        x[name] = x.pop(name)  # the same size, another place
    elif how == 2:
        x.update({f"n{i}": 1.0 for i in range(200)})
    elif how == 3:
        x["more"] = 1.0
    elif how == 4 and name is not None:
        del x[name]
    elif how == 5 and name is not None:
        x[name] = "another"


class Meddles:
    """A value whose conversion changes the dict it is in."""

    def __init__(self, x: dict[Any, Any], how: int) -> None:
        self.x, self.how = x, how

    def __float__(self) -> float:
        meddle(self.x, self.how)
        return 1.0

    def __index__(self) -> int:
        meddle(self.x, self.how)
        return 1


class MeddlesFloat(float):
    """A float of a kind of its own that does the same."""

    x: dict[Any, Any]
    how: int

    def __float__(self) -> float:
        meddle(self.x, self.how)
        return 1.0

    def __le__(self, other: object) -> bool:
        meddle(self.x, self.how)
        return True

    __ge__ = __lt__ = __le__


class MeddlesName(str):
    """A name whose comparison changes the dict it is in."""

    x: dict[Any, Any]
    how: int

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and self.how >= 0:
            how, self.how = self.how, -1
            meddle(self.x, how)
        return str.__eq__(self, other)


class MeddlesHash(str):
    """A name whose hash does the same, or raises, once it is in the dict."""

    x: dict[Any, Any] | None = None
    how: int

    def __hash__(self) -> int:
        if self.x is not None and self.how >= 6:
            raise Raising
        x, self.x = self.x, None
        if x is not None:
            meddle(x, self.how)
        return str.__hash__(self)


class OddDict(dict[Any, Any]):
    """A dict of another type."""


class Back:
    """What values and parts of `Calls...` do when they are called: a child sets it to call the part in hand."""

    act: Callable[[], object] | None = None
    depth = 0

    @classmethod
    def call(cls) -> None:
        """Act, at most one call inside another."""
        if cls.act is not None and cls.depth < 2:
            cls.depth += 1
            try:
                cls.act()
            finally:
                cls.depth -= 1


class Calls:
    """A value whose conversion calls the part that reads it."""

    def __float__(self) -> float:
        Back.call()
        return 1.0

    __index__ = __float__  # raises TypeError after the call


class CallsName(str):
    """A name whose hash and comparison do the same."""

    def __hash__(self) -> int:
        Back.call()
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        Back.call()
        return str.__eq__(self, other)


class ListName(str):
    """A name whose hash changes the list it is in."""

    names: list[Any]

    def __hash__(self) -> int:
        self.names.clear()
        return str.__hash__(self)


def roomy() -> dict[Any, Any]:
    """An empty dict with room for many entries: it is not moved when it grows."""
    x: dict[Any, Any] = dict.fromkeys(range(2_000), 1.0)
    for name in range(2_000):
        del x[name]
    return x


def value(rng: Random) -> Any:
    """Any value at all."""
    what = rng.randrange(16)
    if what < 6:
        return rng.choice(NUMBERS)
    if what == 6:
        return rng.choice([Float(rng.choice(NUMBERS[:14])), Int(rng.choice([0, 1, 2**70])), Str("a")])
    if what == 7:
        return rng.choice([True, False, None])
    if what == 8:
        return rng.choice(["", "a", "é", "日本", "\ud800", "x\udfff", "x" * 20_000, "nan", "1"])
    if what == 9:
        return rng.choice(
            [b"", b"a", bytearray(8), [], [1.0], (), (1.0, True), {}, {"a": 1.0}, set(), frozenset()]
        )
    if what == 10:
        return rng.choice([Decimal("NaN"), Decimal("0.5"), Fraction(1, 3), 1j, object(), type, len])
    if what == 11:
        return rng.choice([np.float64(0.5), np.float32("nan"), np.int64(3), np.bool_(True), np.str_("a")])
    if what == 12:
        return rng.choice([np.zeros(0), np.zeros(3), np.ones((2, 2)), np.array(["a"]), np.array(0.5)])
    if what == 13:
        return Raises()
    if what == 14:
        return rng.random()
    return features(rng)


def memo(rng: Random) -> Any:
    """A memo that no model gave, or anything else."""
    if rng.random() < 0.3:
        return value(rng)
    numbers = [
        rng.choice([0.0, 3.0, 0.5, 0.5, 0.5, 2.0, -1.0, 1e308, math.nan]) for _ in range(rng.randrange(24))
    ]
    return tuple(numbers) if rng.random() < 0.8 else numbers


def name(rng: Random) -> Any:
    """A name of a feature, or of none."""
    what = rng.randrange(10)
    if what < 4:
        return rng.choice("abcde")
    if what == 4:
        return rng.choice(["amount", "user", "at", Str("amount")])
    if what == 5:
        return f"f{rng.randrange(1_000)}"
    if what == 6:
        return rng.choice([0, 1, True, None, 1.5, math.nan, (), ("a", 1), b"a", 2**70, -1])
    if what == 7:
        return rng.choice([Str("a"), np.str_("b"), Int(3), "\ud800", "x" * 300, ""])
    return rng.choice("abcde")


def features(rng: Random) -> Any:
    """An event: good values, hostile ones, ones that change it while it is read; now and then none at all."""
    what = rng.randrange(40)
    if what == 0:
        return rng.choice([None, 1, "a", [], Raises(), b"", np.zeros(3)])
    if what == 1:
        return {f"f{i}": 1.0 for i in range(rng.choice([0, 100, 1_001, 3_000]))}
    x = roomy() if what == 2 else OddDict() if what == 3 else {}
    armed: list[Any] = []
    for _ in range(rng.randrange(8)):
        kind = rng.randrange(8)
        if kind < 4:
            x[name(rng)] = rng.choice([rng.gauss(0, 1), float(rng.randrange(9)), "text", True, None])
        elif kind < 6:
            made = (
                rng.choice(NUMBERS)
                if rng.random() < 0.7
                else rng.choice([Raises(), Str("a"), "\udc00", [], object()])
            )
            x[name(rng)] = made
        elif kind == 6 and rng.random() < 0.3:
            x[name(rng)] = Calls()
        elif kind == 6:
            how = rng.randrange(6)
            odd = MeddlesFloat(1.0)
            odd.x, odd.how = x, how
            x[name(rng)] = rng.choice([Meddles(x, how), odd])
        elif rng.random() < 0.3:
            x[CallsName(rng.choice("abcde"))] = 1.0
        else:
            text = rng.choice(["a", "b", "c", "d", "e", "amount"])
            odd_name = rng.choice([MeddlesName, MeddlesHash])(text)
            odd_name.how = -1
            x[odd_name] = 1.0
            armed.append((odd_name, rng.randrange(7)))
    for odd_name, how in armed:  # once the event is made
        odd_name.x, odd_name.how = x, how
    return x


def many_names(rng: Random) -> dict[str, float]:
    """An event of 100,000 names."""
    return {f"f{i}": 1.0 for i in range(100_000)}
