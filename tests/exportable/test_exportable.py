"""Readings of a third party's part: a wrong one is refused at the start, left out later, and breaks no page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from streamimb.exportable import MOST_READINGS, Exportable, fit, refuse_repeated
from streamimb.protocols import Reading

INTERVAL = {"value": 1.0, "low": 0.0, "high": math.inf}


def reading(value: Any = 1.0, **changed: Any) -> Reading:
    return Reading(**{"name": "cost", "help": "Cost.", "value": value} | changed)


@pytest.mark.parametrize(
    "right",
    [
        reading(math.nan),
        reading(math.inf),
        reading(True),
        reading(np.float64(2.0)),
        reading({}, labels=("kind",)),
        reading({"a": {"b": 1}}, labels=("kind", "of")),
        reading({"a": INTERVAL}, labels=("kind", "bound")),
        reading(0, kind="counter", title="cost", unit="s"),
    ],
)
def test_a_right_reading_is_copied(right: Reading) -> None:
    copied = fit(right)
    assert repr(copied) == repr(right).replace("True", "1").replace("np.float64(2.0)", "2.0")
    assert not isinstance(right.value, dict) or copied.value is not right.value


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("cost", 1.0), "is a tuple: expected streamimb.protocols.Reading"),
        (reading(name="Cost"), "a reading has an invalid name"),
        (reading(name=5), "a reading has an invalid name"),
        (reading(name="a" * 101), "a reading has an invalid name"),
        (reading(name="cost_total"), "'cost_total' ends in _total"),
        (reading(help="Cost"), "help text that is not a sentence"),
        (reading(help="Co\nst."), "help text that is not a sentence"),
        (reading(title="\x1b[31m"), "title that is no text"),
        (reading(kind="histogram"), "another kind than 'gauge', 'counter'"),
        (reading(unit="kg"), "another unit than '', 'share', 's'"),
        (reading("2.5"), "value of type str: expected a number"),
        (reading(None), "value of type NoneType"),
        (reading(np.float32(2.0)), "value of type float32"),
        (reading(10**400), "no float can hold"),
        (reading(math.nan, kind="counter"), "counter below 0, infinite or no number"),
        (reading(-1, kind="counter"), "counter below 0"),
        (reading({"a": 1}), "value of type dict"),
        (reading(1.0, labels=("kind",)), "lacks values by the label 'kind'"),
        (reading({"a": 1}, labels=["kind"]), "no tuple of different names"),
        (reading({"a": {"b": 1}}, labels=("kind", "kind")), "no tuple of different names"),
        (reading({"a": 1}, labels=("no name",)), "no tuple of different names"),
        (reading({1: 1}, labels=("kind",)), "value of 'kind' that is no text"),
        (reading({"\ud800": 1}, labels=("kind",)), "value of 'kind' that is no text"),
        (reading({"low": 1, "high": 2}, labels=("bound",)), "other bounds than value, low, high"),
        (reading({str(i): i for i in range(201)}, labels=("kind",)), "too many values of its labels"),
    ],
)
def test_a_wrong_reading_is_refused_without_its_value(wrong: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        fit(wrong)
    assert "2.5" not in str(raised.value)


class Part:
    """Has the readings that it is given, and raises an exception among them."""

    def __init__(self, *found: Any) -> None:
        self.found: tuple[Any, ...] = found

    def readings(self) -> Iterator[Any]:
        for each in self.found:
            if isinstance(each, Exception):
                raise each
            yield each


OTHER = reading(name="other")


@pytest.mark.parametrize(
    ("later", "kept", "fault"),
    [
        ((reading("x"), OTHER), ["other"], "'cost' has a value of type str: expected a number"),
        ((reading(), OTHER, OTHER), ["cost", "other"], "'other' comes twice, or its kind, help or labels have changed"),
        ((reading(), OTHER, reading(name="events")), ["cost", "other"], "'events' comes twice, or"),
        ((reading(kind="counter"), OTHER), ["other"], "'cost' comes twice, or its kind"),
        ((reading(), KeyError("2.5")), ["cost"], "its readings raise KeyError"),
        ((reading(),), ["cost"], "'other' is missing"),
        ((OTHER, reading()), ["other", "cost"], ""),
    ],
)  # fmt: skip
def test_a_reading_that_becomes_wrong_is_left_out(later: Any, kept: list[str], fault: str) -> None:
    part = Part(reading(), OTHER)
    exportable = Exportable(part)
    part.found = later
    assert [each.name for each in exportable.readings()] == kept
    assert exportable.fault.startswith(fault)
    assert bool(exportable.fault) is bool(fault)


def test_readings_without_end_are_not_read_to_the_end() -> None:
    part = Part(reading())
    exportable = Exportable(part)
    endless: Any = itertools.repeat(reading())
    part.found = endless
    assert len(exportable.readings()) == 1
    part.found = itertools.repeat(reading())  # type: ignore[assignment]
    with pytest.raises(ValueError, match=f"more than {MOST_READINGS} readings"):
        Exportable(part)


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match="metrics: 'cost' is exported twice: give the metric another name"):
        refuse_repeated([reading(), OTHER], "cost")
