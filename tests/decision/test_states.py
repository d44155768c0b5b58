"""A decision rule takes over a state that it can have, or refuses it and stays as it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import decision
from streamimb.engine.snapshot import dumps, loads
from tests.decision.streams import acted_on, rare

NAN, INF = math.nan, math.inf


def used(rule: Any) -> Any:
    acted_on(rule, rare(1, 500)[0])
    return rule


def sets() -> Any:
    made = decision.MondrianConformal()
    for one, y in zip(*rare(1, 500), strict=True):
        made.learn_one({False: 1.0 - one, True: one}, y)
    return made


CASES: dict[str, tuple[Callable[[], Any], dict[str, list[Any]]]] = {
    "AlertBudget": (
        lambda: used(decision.AlertBudget()),
        {"share": [0.0, "a"], "step": [NAN], "start": [1.0], "z": [NAN, INF, 20.5, "0", None]},
    ),
    "CapacityThreshold": (
        lambda: used(decision.CapacityThreshold(5, period_s=100.0)),
        {
            "capacity": [0, 1.5],
            "period_s": [0.0],
            "half_life": [NAN, 7.0],
            "odds": [None, {}, []],
            "clock": [None, {"now": NAN, "waiting": []}, {"now": 0.0, "waiting": [1.0]}],
            "early": [None, [1.0], [NAN]],
            "used": [-1, 1.5],
            "seen": [-1, None],
            "usual": [-1.0, NAN],
            "threshold": [-0.1, 1.1, NAN],
        },
    ),
    "CostThreshold": (
        lambda: decision.CostThreshold("amount", 5.0),
        {
            "miss": [-1.0, ""],
            "false_alarm": [NAN],
            "hit": [None],
            "unknown": [[1.0], None, 1.0, ["a", 1.0, 1.0]],
        },
    ),
    "FBetaThreshold": (
        lambda: used(decision.FBetaThreshold()),
        {
            "beta": [0.0],
            "half_life": [-1.0],
            "expected": [-1.0, NAN],
            "acted": [0.0, NAN],
            "hits": [-1.0, 1e9],
        },
    ),
    "MondrianConformal": (
        sets,
        {
            "coverage": [1.0],
            "step": [0.0],
            "thresholds": [
                None,
                [[True, 0.5]],
                [[True, NAN, 1]],
                [[True, 61.0, 1]],
                [[True, 0.5, 0]],
                [[True, 0.5, 1], [True, 0.5, 1]],
                [[1.5, 0.5, 1]],
                [[str(k), 0.5, 1] for k in range(1_001)],
            ],
        },
    ),
    "RateLimit": (
        lambda: used(decision.RateLimit(decision.AlertBudget(), actions=5)),
        {
            "rule": [None, "a", {}],
            "actions": [0],
            "per_s": [NAN],
            "clock": [{}, {"now": 1e16, "waiting": []}, {"now": 0.0, "waiting": [1e6] * 20}],
            "times": [None, [NAN], [1e16], [0.0] * 6],
            "withheld": [-1, 0.5],
        },
    ),
}


def data(made: Any) -> str:
    return repr(dumps(made))


@pytest.mark.parametrize(
    ("make", "entry", "value"),
    [
        pytest.param(make, entry, value, id=f"{name} {entry} {i}")
        for name, (make, wrong) in CASES.items()
        for entry, values in wrong.items()
        for i, value in enumerate(values)
    ],
)
def test_a_wrong_entry_is_refused_and_changes_nothing(
    make: Callable[[], Any], entry: str, value: Any
) -> None:
    made = make()
    before = data(made)
    with pytest.raises(ValueError, match=r"."):
        made.__setstate__({**made.__getstate__(), entry: value})
    assert data(made) == before


@pytest.mark.parametrize("make", [make for make, _ in CASES.values()], ids=CASES)
def test_every_entry_is_needed_and_the_right_state_is_taken(make: Callable[[], Any]) -> None:
    made = make()
    state, before = made.__getstate__(), data(made)
    for entry in state:
        with pytest.raises(ValueError, match="state"):
            made.__setstate__({k: v for k, v in state.items() if k != entry})
    assert data(made) == before
    assert data(loads(dumps(made))) == before
