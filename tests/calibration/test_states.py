"""A damaged state of a calibrator is refused whole; a right one is taken."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streamimb.calibration import (
    Beta,
    Calibeating,
    Hedged,
    Histogram,
    Intercept,
    Isotonic,
    OnlinePlatt,
    Platt,
    Segmented,
    Temperature,
    VectorScaling,
    VennAbers,
)
from streamimb.engine.snapshot import dumps, loads
from streamimb.stats import ClassPrior

NAN = math.nan


def taught(calibrator: Any) -> Any:
    rng = random.Random(1)
    for _ in range(150):
        p = rng.random()
        if getattr(calibrator, "joint", False):
            calibrator.learn_one({"a": p, "b": 1.0 - p}, rng.choice(["a", "b"]))
        elif isinstance(calibrator, Segmented):
            calibrator.learn_one(p, rng.random() < p, x={"k": rng.choice(["u", 1])})
        else:
            calibrator.learn_one(p, rng.random() < p)
    return calibrator


def doubles(*values: float) -> bytes:
    return struct.pack(f"={len(values)}d", *values)


REGRESSION: dict[str, list[Any]] = {
    "learned": [None, {}],
    "learned.theta": [b"", doubles(1.0), doubles(NAN, 1.0, 1.0), doubles(1e9, 0.0), None],
    "learned.info": [b"", doubles(0.0, 0.0, 0.0, 0.0), doubles(*[NAN] * 4)],
    "learned.bank": [3, {}],
}
EVENTS: dict[str, list[Any]] = {
    "window": [10, 61, None],
    "events": [None, {}],
    "events.scores": [b"", None, doubles(*[2.0] * 60), doubles(*[NAN] * 60)],
    "events.weights": [b"", doubles(*[0.0] * 60), doubles(*[-1.0] * 60)],
    "events.labels": [b"", bytes([2] * 60)],
    "events.seen": [-1, 1.5, None],
    "events.due": [0, None],
}
CASES: dict[str, tuple[Callable[[], Any], dict[str, list[Any]]]] = {
    "OnlinePlatt": (OnlinePlatt, {"start": ["other", None], **REGRESSION}),
    "Beta": (
        Beta,
        {
            "method": ["ons", "other", None],
            "memory": [0.5, NAN],
            **REGRESSION,
            "learned.theta": [*REGRESSION["learned.theta"], doubles(-0.1, 1.0, 0.0), doubles(5.1, 1.0, 0.0)],
            "learned.info": [
                *REGRESSION["learned.info"],
                doubles(30.0, 9.0, 0.0, 0.0, 30.0, 0.0, 0.0, 0.0, 30.0),  # not symmetric
                doubles(30.0, 0.0, 40.0, 0.0, 30.0, 0.0, 40.0, 0.0, 30.0),  # negative in one direction
            ],
        },
    ),
    "Intercept": (
        Intercept,
        {"memory": [0.5, NAN, None], **REGRESSION, "learned.theta": [b"", doubles(41.0), doubles(NAN), None]},
    ),
    "Histogram": (
        Histogram,
        {
            "bins": ["fixed", None],
            "half_life": [0.0, NAN, "a"],
            "learned": [None, {}],
            "learned.unit": [0.5, NAN, 1e300],
            "learned.seen": [-1.0, NAN],
            "learned.due": [0.0, None],
            "learned.hits": [b"", *(doubles(*[wrong] * 512) for wrong in (-1.0, NAN, 1e9))],
            "learned.mass": [b"", doubles(*[-1.0] * 512)],
            "learned.said": [b"", doubles(*[1e9] * 512)],
            "learned.info": [b""],
            "learned.group": [b"", struct.pack("=512q", *[20] * 512), struct.pack("=512q", *[-1] * 512)],
            "learned.group_hits": [b"", doubles(*[1e9] * 20)],
            "learned.group_mass": [b"", doubles(*[-1.0] * 20)],
            "learned.group_said": [b"", doubles(*[1e9] * 20)],
        },
    ),
    "Calibeating": (
        lambda: Calibeating(Platt(), "fixed"),
        {
            "calibrator": [None, Platt, ClassPrior(), Temperature()],
            "bins": ["quantile", None],
            "learned.group": [struct.pack("=10q", *[0] * 10)],
        },
    ),
    "Hedged": (
        lambda: Hedged(Platt()),
        {
            "calibrator": [None, ClassPrior()],
            "scale": ["even", None],
            "seed": [-1, None],
            "learned": [None],
            "learned.mean": [b"", doubles(*[1.5] * 1600)],
            "learned.mass": [b"", doubles(*[-1.0] * 1600)],
            "learned.played": [b"", struct.pack("=40q", *[40] * 40)],
            "learned.draw": [None, {"state": -1}],
        },
    ),
    "Isotonic": (
        lambda: Isotonic(60),
        {
            **EVENTS,
            "corners": [b"", doubles(0.5), doubles(0.6, 0.5), doubles(*[0.5] * 122)],
            "answers": [b"", doubles(*[2.0] * 4), None],
        },
    ),
    "VennAbers": (
        lambda: VennAbers(60),
        {**EVENTS, "scores": [b"", doubles(*[0.5] * 61)], "low": [b"", doubles(2.0)], "high": [b""]},
    ),
    "Segmented": (
        lambda: Segmented(Platt(), "k", max_segments=5),
        {
            "calibrator": [None, Temperature()],
            "by": [None, ""],
            "shrinkage": [-1.0, NAN],
            "max_segments": [0, 1],
            "segments": [
                None,
                [["a", Platt()]],
                [["a", Intercept(), 1.0]],
                [["a", Platt(), -1.0]],
                [["a", Platt(), 1.0]] * 2,
                [[2.5, Platt(), 1.0]],
                [["x" * 201, Platt(), 1.0]],
                [[i, Platt(), 1.0] for i in range(6)],
            ],
        },
    ),
    "Temperature": (
        Temperature,
        {
            "memory": [1.0, None],
            "prior": [None, ClassPrior(half_life=5), Platt()],
            "a": [0.0, 6.0, NAN],
            "h": [0.0, NAN],
        },
    ),
    "VectorScaling": (
        VectorScaling,
        {
            "memory": [1.0, None],
            "rho": [-0.1, 1.1, None, NAN],
            "prior": [None, ClassPrior(half_life=5)],
            "scalings": [
                None,
                [["a", 1.0, 0.0, 5.0, 0.0]],
                [["a", 9.0, 0.0, 5.0, 0.0, 5.0]],
                [["a", 1.0, NAN, 5.0, 0.0, 5.0]],
                [["a", 1.0, 0.0, 0.0, 0.0, 5.0]],
                [["a", 1.0, 0.0, 5.0, 0.0, 5.0]] * 2,
                [[(1, 2), 1.0, 0.0, 5.0, 0.0, 5.0]],
            ],
        },
    ),
}


def wrong() -> Iterator[Any]:
    for name, (make, entries) in CASES.items():
        for entry, values in entries.items():
            for i, value in enumerate(values):
                yield pytest.param(make, entry, value, id=f"{name} {entry} {i}")


@pytest.mark.parametrize(("make", "entry", "value"), list(wrong()))
def test_a_damaged_entry_is_refused_and_changes_nothing(
    make: Callable[[], Any], entry: str, value: Any
) -> None:
    calibrator = taught(make())
    before = dumps(calibrator)
    state = calibrator.__getstate__()
    outer, _, inner = entry.partition(".")
    assert outer in state
    damaged = {**state, outer: {**state[outer], inner: value} if inner else value}
    with pytest.raises((ValueError, TypeError)):
        calibrator.__setstate__(damaged)
    assert dumps(calibrator) == before


@pytest.mark.parametrize("name", CASES)
def test_every_entry_is_needed_and_no_other_taken(name: str) -> None:
    calibrator = taught(CASES[name][0]())
    state = calibrator.__getstate__()
    lacking: list[Any] = [{k: v for k, v in state.items() if k != entry} for entry in state]
    for damaged in (*lacking, {**state, "more": 1}, None, []):
        with pytest.raises(ValueError, match="state"):
            calibrator.__setstate__(damaged)
    assert dumps(loads(dumps(calibrator))) == dumps(calibrator)
