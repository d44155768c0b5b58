"""Alarms: numbered, counted, bounded, and saved as data."""

from __future__ import annotations

import copy
import math
from typing import Any

import msgspec
import pytest

from streamimb.engine.alarms import AGAIN_N, MOST_NAMES, MOST_WAITING, SHOWN, Alarms
from streamimb.events import Alarm


def alarm(name: str = "unit", *fields: Any, **evidence: float) -> Alarm:
    return Alarm(f"x: {name}", name, fields, evidence, "Look at it.")


def test_the_same_alarm_is_sent_once_in_a_while_and_always_counted() -> None:
    alarms = Alarms()
    for i in range(AGAIN_N + 1):
        alarms.add("a", alarm("unit", "amount"), float(i), i)
    assert [one.t for one in alarms.take()] == [0.0, float(AGAIN_N)]
    alarms.add("a", alarm("unit", "age"), 0.0, AGAIN_N + 1)  # another field is another alarm
    alarms.add("b", alarm("unit", "age"), 0.0, AGAIN_N + 1)
    assert [(one.n, one.source, one.fields) for one in alarms.take()] == [
        (3, "a", ("age",)),
        (4, "b", ("age",)),
    ]
    assert alarms.take() == []
    assert alarms.counts == {"a": {"unit": AGAIN_N + 2}, "b": {"unit": 1}}


def test_memory_and_names_are_bounded() -> None:
    alarms = Alarms()
    for i in range(MOST_WAITING + 500):
        alarms.add("a", alarm(f"n{i}"), float(i), i * AGAIN_N)
    assert len(alarms.counts["a"]) == MOST_NAMES + 1
    assert alarms.counts["a"]["other"] == MOST_WAITING + 500 - MOST_NAMES
    assert len(alarms.recent) == SHOWN
    assert len(alarms.take()) == MOST_WAITING


def test_what_a_foreign_detector_may_give_can_be_written() -> None:
    alarms = Alarms()
    alarms.add("a", alarm("caf\ud800" + "x" * 900, 7, "b\ud800", size=math.inf, share=0.5), 1.0, 1)
    (record,) = alarms.take()
    assert record.fields == ("7", "b\\ud800")
    assert record.evidence == {"share": 0.5}
    assert len(record.name) < 220
    assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record
    assert Alarms.of_state(alarms.state()).state() == alarms.state()


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("n", -1),
        ("counts", {"a": {"unit": -1}}),
        ("counts", {"a": 1}),
        ("counts", {1: {}}),
        ("at", {"a": {"unit": 0.5}}),
        ("last_s", {"a": {"unit": math.nan}}),
        ("last_s", []),
        ("recent", [{}]),
        ("recent", [1] * (SHOWN + 1)),
    ],
)
def test_a_damaged_state_is_refused(entry: str, value: Any) -> None:
    alarms = Alarms()
    alarms.add("a", alarm(share=0.5), 1.0, 1)
    state = copy.deepcopy(alarms.state())
    state[entry] = value
    with pytest.raises(ValueError, match="state"):
        Alarms.of_state(state)
