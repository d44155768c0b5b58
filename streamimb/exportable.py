"""Which readings can be exported: valid names, texts, labels and numbers, each name once, the same at every reading.

The readings of a third party's part pass through here, so that a wrong one is left out and breaks nothing.
"""

import math
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, get_args, get_type_hints

import msgspec

from streamimb.protocols import Readable, Reading

MOST_READINGS = 100  # of one part
MOST_LABEL_VALUES = 200  # of one reading
MOST_TEXT = 1_000  # characters of a help text, a title, a value of a label
BOUNDS = ("value", "low", "high")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_HINTS = get_type_hints(Reading)
_KINDS, _UNITS = get_args(_HINTS["kind"]), get_args(_HINTS["unit"])


def fit(reading: object, most: int = MOST_LABEL_VALUES) -> Reading:
    """Return a copy of a reading that can be exported; its numbers do not change later.

    `most` is the largest number of values of its labels together.

    Cost: O(values of its labels).

    Raises
    ------
    ValueError
        What is wrong; the message has neither a number nor a value of a label.

    Examples
    --------
    >>> fit(Reading("cost", "Cost.", {"miss": 2}, labels=("kind",))).value
    {'miss': 2}
    >>> fit(Reading("cost", "Cost.", "2.5"))
    Traceback (most recent call last):
    ValueError: 'cost' has a value of type str: expected a number
    """
    if type(reading) is not Reading:
        raise ValueError(f"a reading is a {type(reading).__name__}: expected streamimb.protocols.Reading")
    name = reading.name
    if not _is_name(name):
        raise ValueError(
            "a reading has an invalid name: expected lower case letters, digits and _, a letter first, at most 100"
        )
    if name.endswith("_total"):
        raise ValueError(f"'{name}' ends in _total, which an exporter adds: leave it out")
    if not (_is_text(reading.help) and reading.help.endswith(".")):
        raise ValueError(f"'{name}' has a help text that is not a sentence: end it with a full stop")
    if not _is_text(reading.title):
        raise ValueError(f"'{name}' has a title that is no text of at most {MOST_TEXT:,} characters")
    for what, given, known in (("kind", reading.kind, _KINDS), ("unit", reading.unit, _UNITS)):
        if given not in known:
            raise ValueError(f"'{name}' has another {what} than {', '.join(map(repr, known))}")
    labels = reading.labels
    if type(labels) is not tuple or not all(map(_is_name, labels)) or len(set(labels)) < len(labels):
        raise ValueError(f"'{name}' has labels that are no tuple of different names")
    left = [most]
    return msgspec.structs.replace(reading, value=_copied(reading, reading.value, labels, left))


def _copied(reading: Reading, value: Any, labels: tuple[str, ...], left: list[int]) -> Any:
    """A copy of the numbers; counts down how many more there may be."""
    if labels:
        if not isinstance(value, Mapping):
            raise ValueError(f"'{reading.name}' lacks values by the label '{labels[0]}'")
        inner = {}
        for label, item in value.items():
            if not _is_text(label):
                raise ValueError(f"'{reading.name}' has a value of '{labels[0]}' that is no text")
            inner[label] = _copied(reading, item, labels[1:], left)
        if labels == ("bound",) and tuple(inner) != BOUNDS:
            raise ValueError(f"'{reading.name}' has other bounds than {', '.join(BOUNDS)}")
        return inner
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"'{reading.name}' has too many values of its labels")
    return _number(reading, value)


def _number(reading: Reading, value: Any) -> float:
    if not isinstance(value, int | float):
        raise ValueError(f"'{reading.name}' has a value of type {type(value).__name__}: expected a number")
    try:
        size = float(value)
    except OverflowError:
        raise ValueError(f"'{reading.name}' has a whole number that no float can hold") from None
    if reading.kind == "counter" and not 0.0 <= size < math.inf:
        raise ValueError(f"'{reading.name}' is a counter below 0, infinite or no number")
    return int(value) if isinstance(value, int) else size


def _is_name(name: object) -> bool:
    return type(name) is str and _NAME.fullmatch(name) is not None


def _is_text(text: object) -> bool:
    """Whether it is a text of a bounded length without control characters and halves of surrogate pairs."""
    return type(text) is str and len(text) <= MOST_TEXT and text.isprintable()


def refuse_repeated(found: Iterable[Reading], *taken: str) -> None:
    """Refuse two readings of one name, or one with a name that is taken: a user's metric may have one of ours.

    Cost: O(readings).

    Raises
    ------
    ValueError
        Naming the reading.
    """
    names = set(taken)
    for reading in found:
        if reading.name in names:
            raise ValueError(f"metrics: '{reading.name}' is exported twice: give the metric another name")
        names.add(reading.name)


class Exportable:
    """The readings of one part of a third party, as they were declared before the first event.

    Cost: that of the readings and of `fit`.

    Parameters
    ----------
    part
        Has `readings()`, which may be none.
    most
        Values of the labels of one reading.

    Raises
    ------
    ValueError
        Its readings raise, or are not fit to export.

    Examples
    --------
    >>> from streamimb.metrics import LogLoss
    >>> exportable = Exportable(LogLoss())
    >>> [reading.name for reading in exportable.readings()], exportable.fault
    (['log_loss', 'log_loss_interval'], '')
    """

    __slots__ = ("_declared", "_most", "fault", "part")

    def __init__(self, part: Readable, most: int = MOST_LABEL_VALUES) -> None:
        self.part = part
        self.fault = ""  # what was wrong at the last reading
        self._most = most
        self._declared: dict[str, tuple[Any, ...]] = {}
        try:
            found = list(islice(part.readings(), MOST_READINGS + 1))
        except Exception as error:
            raise ValueError(
                f"its readings raise {type(error).__name__} before the first event: return nan where nothing is known "
                "yet"
            ) from error
        if len(found) > MOST_READINGS:
            raise ValueError(f"it has more than {MOST_READINGS} readings")
        for each in found:
            reading = fit(each, most)
            if reading.name in self._declared:
                raise ValueError(f"it has two readings of the name '{reading.name}'")
            self._declared[reading.name] = _identity(reading)

    def readings(self) -> list[Reading]:
        """Return the readings that are as they were declared, each once; `fault` says what is wrong with others."""
        fault, left, kept = "", dict(self._declared), []
        try:
            for each in islice(self.part.readings(), MOST_READINGS):
                try:
                    reading = fit(each, self._most)
                except ValueError as error:
                    fault = str(error)
                    continue
                if left.pop(reading.name, None) == _identity(reading):
                    kept.append(reading)
                else:
                    fault = f"'{reading.name}' comes twice, or its kind, help or labels have changed"
        except Exception as error:  # noqa: BLE001  a user's part may raise anything: named, and the others are kept
            fault = f"its readings raise {type(error).__name__}"  # its message may quote a value
        if left and not fault:
            fault = f"'{next(iter(left))}' is missing"
        self.fault = fault
        return kept


def _identity(reading: Reading) -> tuple[Any, ...]:
    return reading.help, reading.kind, reading.labels
