"""A drift detector takes over a state that one of its class can have, or refuses it and stays as it was."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import drift, stats
from streamimb.checks.drift_detectors import teach
from streamimb.engine.snapshot import dumps, loads
from tests.laws.table import DRIFT_DETECTORS

NAN, INF = math.nan, math.inf


def updated(made: Any) -> Any:
    rng = random.Random(1)
    for _ in range(500):
        made.update(rng.random() < 0.2, rng.random() + 0.5)
    return made


def taught(name: str) -> Any:
    made = DRIFT_DETECTORS[name]()
    teach(made, 11_900, 700)
    return made


USED: dict[str, Callable[[], Any]] = {
    **{name: lambda name=name: taught(name) for name in DRIFT_DETECTORS},  # type: ignore[misc]
    "ADWIN": lambda: updated(stats.ADWIN(clock=4)),
    "ImbalanceTracker": lambda: updated(stats.ImbalanceTracker(100)),
    "LabelFreePrior": lambda: updated(stats.LabelFreePrior()),
}
ALARMS: list[Any] = [
    None, {}, {"now": [], "n": []}, {"now": [["unknown", [], {}]], "n": [0]}, {"now": [[1]], "n": [0]},
]  # fmt: skip
SLOTS: dict[str, list[Any]] = {
    "slots": [
        None,
        bytes(8),
        struct.pack("3d", 1.0, 2.0, 1.0) * 1024,
        struct.pack("3d", 0.5, 0.1, 0.1) * 1024,
    ],
    "counts": [None, bytes(8), struct.pack("33d", *[-1.0] * 33), struct.pack("33d", *[1e16] * 33)],
    "beyond": [None, -1.0, NAN],
    "tick": [-1, 0.5],
    "horizon": [-2, 33, -1, None],
    "clock": [NAN, INF, "0", None, -1e9],
    "since": [NAN, INF, "0", None, 1e9],
    "first": [-1.0, 0.5, NAN, 1e12],
    "last": [-1.0, 0.5, NAN, 1e12],
    "suspect": [-1.0, NAN, 1e12],
    "began": [-1.0, NAN, 1e12],
    "restless": [-1.0, NAN, 1e12],
    "held": [-1.0, NAN, 1e12],
    "reference": [-2.5, 33.0, NAN],
}  # of the slots of labels
SLOTS_NOW: list[Any] = [
    None,
    {},
    *(
        {**taught("LabelDelayDrift").__getstate__()["_slots"], entry: value}
        for entry, values in SLOTS.items()
        for value in values
    ),
]
WRONG: dict[str, dict[str, list[Any]]] = {
    "CalibrationDrift": {
        "half_life": [0.0, NAN, 7.0],
        "z": [0.0, None],
        "_sums": [None, {}],
        "_left": [0, 65, 1.5, None],
        "_spread": [-1.0, NAN, 1e9, None],
        "_alarms": ALARMS,
    },
    "ClassConditionalDrift": {
        "delta": [0.0, 0.5, None],
        "odds_ratio": [0.0, 7.0],
        "expected": [1, None, True],
        "_windows": [None, {}, []],
    },
    "DDMOCI": {
        "decay": [0.0, 1.0],
        "_prior": [None, {}, stats.ClassPrior(500).__getstate__()["_bank"]],
        "_left": [-1, 51, None],
        "_recall": [None, [1.0], [1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0], [-1.0] + [0.0] * 6, [NAN] * 7],
        "_best": [None, [1.0], [1.0, 2.0], [-1.0, 0.0], [NAN] * 2],
        "_alarms": ALARMS,
    },
    "LFR": {
        "limit": [0.0],
        "_rates": [
            None,
            [],
            [[1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0]] * 4,
            [[1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0]] * 4,
            [[1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]] * 4,
            [[1.0, 9.0, 1.0, 9.0, 1.0, 1.0, 1.0]] * 4,
            [[0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]] * 4,
            [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]] * 4,
            [[NAN] * 7] * 4,
        ],
        "_alarms": ALARMS,
    },
    "FeatureDrift": {
        "every": [0, 7],
        "block": [0, 300],
        "_profiles": [None, {}, []],
        "_blocks": [-1, None],
        "_suspects": [None, ["a", "a"], [NAN], [[]]],
        "_restless": [
            None,
            [["a", 1.0]],
            [["a", 0.0, -1.0]],
            [["a", 5.0, 0.0]],
            [["a", NAN, 0.0]],
            [["a", 1.0, 0.0]] * 2,
        ],
        "_alarms": ALARMS,
    },
    "LabelDelayDrift": {"delta": [0.0, 0.5], "_window": [None, {}], "_slots": SLOTS_NOW, "_alarms": ALARMS},
    "PAUCPageHinkley": {
        "window": [0, 49, 100],
        "_p": [None, b"", bytes(9)],
        "_y": [None, b"\2" * 700, b""],
        "_test": [None, [0.0], [-1.0, 0.0, 0.0, 0.0], [1.0, 2.0, 0.0, 0.0], [1.0, 0.5, -1.0, 0.0]],
        "_alarms": ALARMS,
    },
    "ScoreDrift": {"half_life": [0.0, 7.0], "psi": [0.0], "_scores": [None, {}]},
    "ADWIN": {"delta": [0.0, 0.5, None], "clock": [0, 5, None], "_window": [None, {}]},
    "ImbalanceTracker": {
        "half_life": [0.0, None],
        "_unit": [None, [1.0], [0.5, 1.0], [NAN, 1.0], [1e101, 1.0]],
        "_labels": [None, [], [True, True], [None, False]],
        "_sums": [None, [], [[1.0], [1.0]], [[-1.0, 1.0]] * 2, [[INF, 1.0]] * 2],
    },
    "LabelFreePrior": {
        "prior": [0.0, 1.0, None],
        "window": [1.0, None],
        "_reference": [0.0, 1.0, NAN],
        "_estimate": [0.0, 1.0, NAN, None],
        "_n": [-1.0, 1e9, NAN],
        "_information": [-1.0, NAN, INF],
    },
}
INSIDE: list[tuple[str, str, dict[str, list[Any]]]] = [
    (
        "ADWIN",
        "_window",
        {
            "counts": [b"", bytes(7), (6).to_bytes(8, "little") * 2, bytes(8 * 33)],
            "w": [None, b"", bytes(8)],
            "totals": [b"", bytes(32)],
            "tick": [-1, 4, 1.0],
            "moved": [1, None],
            "before": [-0.1, 1.1, NAN],
        },
    ),
    (
        "ScoreDrift",
        "_scores",
        {
            "slow": [b"", bytes(8 * 22), None],
            "fast": [bytes(8 * 22)],
            "slow_unit": [0.0, NAN, 1e101],
            "rise": [-1.0, NAN, 1e31],
            "moved": [-1, 5],
            "seen": [-1, None],
        },
    ),
    (
        "ClassConditionalDrift",
        "_windows",
        {
            "label": [None, {}],
            "threshold": [-0.1, 1.1, NAN],
            "moved": [-1, 8],
            "prior": [-1, None],
            "expected": [1, None, True],
            "excess": [NAN, None],
            "excess_spread": [-1.0, NAN],
            "suspect_prior": [-1, 10_001],
        },
    ),
    (
        "FeatureDrift",
        "_profiles",
        {
            "left": [0, 16, None],
            "state": [b"", 5, bytes(9)],
            "sampled": [-1, 250],
            "alarmed": [1, None],
            "fields": [None, ["a"], ["a", "a", "b"], [(1, 2), "a", "b"], [None, 1, 2]],
            "block": [b"", None, bytes(8)],
            "reference": [b"", (b"\0" * 6 + b"\xf0\xbf") * 120, (b"\0" * 6 + b"\xf8\x7f") * 120],
        },
    ),
]


def cases() -> list[Any]:
    found = []
    for name, entries in WRONG.items():
        for entry, values in entries.items():
            found += [
                pytest.param(name, {entry: value}, None, id=f"{name} {entry} {i}")
                for i, value in enumerate(values)
            ]
    for name, inner, entries in INSIDE:
        for entry, values in entries.items():
            found += [
                pytest.param(name, {entry: value}, inner, id=f"{name} {inner} {entry} {i}")
                for i, value in enumerate(values)
            ]
    return found


@pytest.mark.parametrize(("name", "change", "inner"), cases())
def test_a_wrong_entry_is_refused_and_changes_nothing(
    name: str, change: dict[str, Any], inner: str | None
) -> None:
    made = USED[name]()
    state = made.__getstate__()
    assert change.keys() <= (state if inner is None else state[inner]).keys()
    wrong = {**state, **change} if inner is None else {**state, inner: {**state[inner], **change}}
    before = dumps(made)
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        made.__setstate__(wrong)
    assert dumps(made) == before


@pytest.mark.parametrize("name", USED)
def test_every_entry_is_needed_and_the_right_state_is_taken(name: str) -> None:
    made = USED[name]()
    state, before = made.__getstate__(), dumps(made)
    for wrong in (
        *({k: v for k, v in state.items() if k != entry} for entry in state),
        {**state, "more": 1},
        None,
    ):
        with pytest.raises(ValueError, match="state"):
            made.__setstate__(wrong)
    assert dumps(made) == before
    assert dumps(loads(before)) == before
    assert set(drift.__all__) <= {one.partition(" ")[0] for one in USED}
