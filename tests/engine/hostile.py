"""Events, ids, times and labels that no caller should send."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np


class Bomb(Exception):
    """What nothing but a hostile object raises."""


class Raises:
    """Every method that a dict, a comparison or a conversion calls raises."""

    def _raise(self, *_: Any) -> Any:
        raise Bomb

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = __index__ = __bool__ = __len__ = _raise
    __str__ = __repr__ = __iter__ = __getitem__ = __contains__ = __format__ = __array__ = _raise

    def __hash__(self) -> int:
        return 1


class RaisingStr(str):
    """A name that is equal to another, and raises when it is compared."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        raise Bomb


class RaisingDict(dict[Any, Any]):
    def __len__(self) -> int:
        raise Bomb

    def __iter__(self) -> Any:
        raise Bomb

    items = keys = values = __iter__


class RaisingFloat(float):
    def __le__(self, other: object) -> bool:
        raise Bomb

    __ge__ = __lt__ = __gt__ = __eq__ = __float__ = __le__  # type: ignore[assignment]
    __hash__ = float.__hash__


class Liar:
    """An object that raises when it is asked what it is."""

    @property  # type: ignore[misc]  # read only
    def __class__(self) -> Any:
        raise Bomb


class FalseNumber(np.float64):
    """A subclass of a number of numpy's that does not behave as one."""

    @property
    def dtype(self) -> Any:
        raise Bomb

    item = __float__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = dtype
    __hash__ = np.float64.__hash__


class Clears:
    """A value whose conversion empties the dict it is in."""

    def __init__(self, x: dict[Any, Any]) -> None:
        self.x = x

    def __float__(self) -> float:
        self.x.clear()
        return 1.0

    __int__ = __index__ = __str__ = __repr__ = __float__  # type: ignore[assignment]


def clearing() -> dict[Any, Any]:
    x: dict[Any, Any] = {"a": 1.0}
    x["amount"] = Clears(x)
    return x


class Plain(dict[Any, Any]):
    """A dict of another type."""


def meddle(name: Any) -> None:
    """Change the dict that a name is in once, or raise each time."""
    x = name.x
    if x is None:
        return
    if name.how == "raise":
        raise Bomb
    name.x = None
    if name.how == "clear":
        x.clear()
    else:
        x.update({f"n{i}": 1.0 for i in range(100)})


class MeddlingStr(str):
    """A name whose hash changes the dict it is in, or raises, once it is in one."""

    x: Any = None
    how = ""

    def __hash__(self) -> int:
        meddle(self)
        return str.__hash__(self)


class MeddlingBytes(bytes):
    """The same, of a name that is no string."""

    x: Any = None
    how = ""

    def __hash__(self) -> int:
        meddle(self)
        return bytes.__hash__(self)


def meddling(name: Any, how: str, kind: Any = dict) -> dict[Any, Any]:
    """An event with a name that does this when it is hashed again."""
    x: dict[Any, Any] = kind(a=1.0)
    x[name], x["b"] = 0.5, 0.5
    name.x, name.how = x, how
    return x


MEDDLING: list[Any] = [
    lambda name=name, how=how, kind=kind: meddling(name(), how, kind)
    for name in (lambda: MeddlingStr("c"), lambda: MeddlingStr("amount"), lambda: MeddlingBytes(b"c"))
    for how in ("clear", "grow", "raise")
    for kind in (dict, Plain)
]


HUGE = 10**400
FEATURES: list[Any] = [
    None, 1, "x", [], [("a", 1.0)], Raises(), RaisingDict(a=1.0), {"a": Raises()}, {Raises(): 1.0},
    {RaisingStr("a"): 1.0, "b": 0.5}, {"a": RaisingFloat(1.0)}, {"a": HUGE}, {HUGE: 1.0}, {"a": "\ud800"},
    {"\ud800": 1.0}, {("a", 1): 1.0}, {None: 1.0}, {math.nan: 1.0}, {"a": Decimal("NaN")}, {"a": Fraction(1, 3)},
    {"a": np.array([1.0, 2.0])}, {"a": np.float64("nan")}, {"a": {"b": 1}}, {b"a": b"a"}, {"a": 1j}, {},
    Liar(), {"a": Liar()}, {Liar(): 1.0}, {"a": FalseNumber(1.0)}, {"b": Liar(), "a": 1.0},
]  # fmt: skip
IDS: list[Any] = [
    None,
    "",
    1,
    1.5,
    b"a",
    Raises(),
    RaisingStr("a"),
    "\ud800",
    "x" * 300,
    ["a"],
    ("a",),
    Liar(),
]
TIMES: list[Any] = [
    None, "1", math.nan, math.inf, -math.inf, HUGE, -HUGE, True, Raises(), RaisingFloat(1.0), 1j, Decimal(1), [],
    1.7e308, -1.7e308, np.float64(5.0), np.int64(5), np.array([1.0]), np.float64("nan"), 5, Liar(), FalseNumber(1.0),
]  # fmt: skip
LABELS: list[Any] = [
    1,
    0,
    "True",
    Raises(),
    math.nan,
    np.bool_(True),
    np.array([True]),
    [],
    HUGE,
    RaisingStr("a"),
    Liar(),
    FalseNumber(1.0),
]
