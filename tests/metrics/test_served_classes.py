"""The metrics of served classes: each class against the rest, the log loss of all, and recalls of the decision."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from streamimb import metrics
from streamimb.engine.snapshot import dumps, loads
from streamimb.metrics.served import ServedMetrics
from streamimb.metrics.served_classes import ServedClasses
from streamimb.protocols import ByClass
from streamimb.stats import DecayedMean

NAMES = ("a", "b", "c")


def stages(rng: random.Random) -> dict[str, float]:
    weights = [rng.random() for _ in NAMES]
    return {name: weight / sum(weights) for name, weight in zip(NAMES, weights, strict=True)}


def events(seed: int, n: int) -> Iterator[tuple[ByClass, str]]:
    rng = random.Random(seed)
    for _ in range(n):
        raw, corrected, calibrated = (stages(rng) for _ in range(3))
        y = rng.choices(NAMES, [calibrated[name] for name in NAMES])[0]
        p = {name: (raw[name], corrected[name], calibrated[name]) for name in NAMES}
        yield ByClass(max(NAMES, key=raw.__getitem__), p), y


def test_each_class_is_measured_against_the_rest() -> None:
    served = ServedClasses(NAMES, half_life=300)
    alone = {name: ServedMetrics(300) for name in NAMES}
    loss, recalls = metrics.LogLoss(300), {name: DecayedMean(300) for name in NAMES}
    for said, y in events(1, 1_000):
        served.add(said, y)
        for name in NAMES:
            alone[name].add(*said.p[name], y == name)
        loss.update(True, said.p[y][2])  # of the class that came
        recalls[y].update(said.decision == y)
    for name in NAMES:
        assert dumps(served.of[name]) == dumps(alone[name])
        ratio = served.of[name].calibrated.interval()
        assert ratio.low < 1.0 < ratio.high
    assert served.log_loss.get() == loss.get()
    assert served.recalls == {name: mean.get() for name, mean in recalls.items()}
    assert served.macro_recall == pytest.approx(sum(served.recalls.values()) / 3)
    assert served.g_mean == pytest.approx(math.prod(served.recalls.values()) ** (1 / 3))


def test_before_anything_nothing_is_known() -> None:
    served = ServedClasses(NAMES)
    found = {reading.name: reading.value for reading in served.readings()}
    for name in ("log_loss", "macro_recall", "g_mean"):
        value: Any = found[name]
        assert math.isnan(value)
    assert found["measured"] == 0.0
    assert served.shares() == dict.fromkeys(NAMES, pytest.approx(1 / 3))


def test_shares_are_those_of_what_was_measured() -> None:
    served = ServedClasses(NAMES)
    for said, _ in events(2, 98):
        served.add(said, "a")
    shares = served.shares()
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["a"] == pytest.approx(1.0 - 2 / 3 / 99, rel=1e-3)


def test_lost_events_and_orphans_count() -> None:
    served = ServedClasses(NAMES)
    for said, y in events(3, 90):
        served.add(said, y)
    wide = served.of["b"].calibrated.interval()
    same = served.of["a"].calibrated.interval()
    served.lose()
    for _ in range(9):
        served.orphan("b")
    share = next(reading.value for reading in served.readings() if reading.name == "measured_share")
    assert share == pytest.approx(0.9, abs=0.001)
    assert served.of["b"].calibrated.interval().low < wide.low
    assert served.of["a"].calibrated.interval() == same


def test_a_class_that_is_added_counts_from_then_on() -> None:
    served = ServedClasses(NAMES, 300)
    for said, y in events(4, 50):
        served.add(said, y)
    before = served.log_loss.sums()
    served.extend(("d",))
    assert served.classes == (*NAMES, "d")
    said, _ = next(events(5, 1))
    served.add(said, "d")  # it was served before the class was added
    assert served.log_loss.sums()[2] - before[2] == pytest.approx(-math.log(1e-15), abs=0.2)
    assert served.of["d"].base_rate.sums()[0] == 0.0
    served.add(ByClass("d", {**said.p, "d": (0.5, 0.5, 0.5)}), "d")
    assert served.of["d"].base_rate.sums()[0] == 1.0
    assert served.recalls["d"] == pytest.approx(0.5, rel=0.01)


def test_a_copy_and_a_saved_one_go_on_alike() -> None:
    served = ServedClasses(NAMES, 300)
    for said, y in events(6, 300):
        served.add(said, y)
    others = [copy.deepcopy(served), loads(dumps(served))]
    for said, y in events(7, 300):
        for one in (served, *others):
            one.add(said, y)
    assert dumps(others[0]) == dumps(others[1]) == dumps(served)
