"""A kernel takes over a whole state that could be one of its own, or refuses it and stays as it was."""

from __future__ import annotations

import math
import random
import struct
from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from streamimb._kernels.confusion import ConfusionSums
from streamimb._kernels.curve import Curve
from streamimb._kernels.decayed import Decayed
from streamimb._kernels.draw import Draw
from streamimb._kernels.event_times import EventTimes
from streamimb._kernels.log_histogram import LogHistogram
from streamimb._kernels.metric_sums import LossSums, RatioSums
from streamimb._kernels.platt import PlattScalings
from streamimb._kernels.prior_bank import PriorBank
from streamimb._kernels.ranked_scores import RankedScores

NAN, INF = math.nan, math.inf


def prior_bank() -> PriorBank:
    made = PriorBank(1_000, 50)
    rng = random.Random(1)
    for _ in range(300):
        made.update(rng.random() < 0.2, rng.random())
    return made


def platts(identity: float = 0.5) -> PlattScalings:
    made = PlattScalings((200.0, 30.0) if identity else (50.0,), identity, 1e-3 if identity else 0.0)
    rng = random.Random(2)
    for _ in range(3_000):
        made.learn_one(rng.random(), rng.random() < 0.3)
    return made


def decayed() -> Decayed:
    made = Decayed(50.0)
    for i in range(30):
        made.update(float(i), 2.0)
    return made


def event_times() -> EventTimes:
    made = EventTimes(9)
    for i in range(30):
        made.add(float(i % 7 + i))
    return made


def updated(made: Any) -> Any:
    rng = random.Random(4)
    for _ in range(100):
        made.update_p(rng.random() < 0.3, rng.random(), rng.random())
    return made


def ratio() -> RatioSums:
    made = RatioSums(100.0)
    made.orphan()
    return updated(made)  # type: ignore[no-any-return]


def histogram() -> LogHistogram:
    made = LogHistogram(100.0, 1e-3, 1.5, 20)
    for i in range(50):
        made.add(float(i))
    return made


class Kind(NamedTuple):
    used: Callable[[], Any]
    other: Callable[[], Any]  # another object of the class
    call: Callable[[Any], object]  # uses every buffer
    wrong: dict[str, list[Any]]  # values that an entry cannot have; a callable makes one of the right one


def nothing(*values: float) -> bytes:
    return struct.pack(f"={len(values)}d", *values)


def put(place: int, value: float) -> Callable[[bytes], bytes]:
    def change(saved: bytes) -> bytes:
        changed = array("d", saved)
        changed[place] = value
        return bytes(changed)

    return change


def shorter(saved: bytes) -> bytes:
    return saved[:-8]


def odd(saved: bytes) -> bytes:
    return saved[:-1]


def longer(saved: bytes) -> bytes:
    return saved + bytes(8)


def in_a_list(place: int, value: Any) -> Callable[[Any], list[Any]]:
    return lambda saved: [value if i == place else one for i, one in enumerate(saved)]


BUFFER: list[Any] = [shorter, odd, longer, b"", None, [1.0], put(0, NAN), put(0, INF)]
NUMBER: list[Any] = [NAN, INF, -INF, None, "1", 10**400, True, b""]
COUNT: list[Any] = [-1, 1.0, None, "1", 2**70, True]


def use_bank(made: Any) -> None:
    for i in range(40):
        made.update(i % 3 == 0)
    assert 0.0 < made.rate < 1.0


def use_platts(made: Any) -> None:
    for i in range(200):
        assert 0.0 < made.calibrate_one(i / 199) < 1.0
        made.learn_one(i / 199, i % 3 == 0, 2.5)


def use_curve(made: Any) -> None:
    assert all(math.isfinite(height) for _, height in made.nodes)


def use_decayed(made: Any) -> None:
    made.update(1.0)
    assert all(math.isfinite(one) for one in made.sums)


def use_times(made: Any) -> None:
    for i in range(40):
        made.add(float(i))
    made.lead()


def use_sums(made: Any) -> None:
    for i in range(600):
        made.update_p(i % 3 == 0, 0.5)
    assert all(math.isfinite(one) for one in made.sums())
    made.append(made)


def use_ranking(made: Any) -> None:
    for i in range(9_000):
        made.update_p(i % 3 == 0, i % 997 / 997)
    made.append(made)
    assert all(len(column) == len(made.cells()[0]) > 0 for column in made.cells())


def confused(made: Any) -> Any:
    for i in range(30):
        made.add("abc"[i % 3], "abc"[i % 2], 1.0)
    made.append(made)
    return made


def use_histogram(made: Any) -> None:
    for value in (0.0, 1e-9, 1.0, 1e300, INF):
        made.add(value)
    made.quantile(0.5)
    assert made.weight() > 0.0


def use_draw(made: Any) -> None:
    assert 0.0 <= made.uniform() < 1.0


KINDS: dict[str, Kind] = {
    "PriorBank": Kind(
        prior_bank,
        PriorBank,
        use_bank,
        {
            "hits": [*BUFFER, put(0, 1e6), put(1, -1.0)],
            "mass": [*BUFFER, put(0, -1.0), put(0, 0.0)],
            "mass2": [*BUFFER, put(0, -1.0)],
            "fade": [*BUFFER, put(0, 1.5), put(0, -0.5), bytes(8 * 2_000)],
            "tick": [*COUNT, 16, 2**31],
            "threshold": [*NUMBER, 0.0, -1.0],
            "start": [*NUMBER, -0.1, 1.1],
            "start_weight": [*NUMBER, 0.0, -1.0],
            "seen": [*NUMBER, -1.0],
            "seen_true": [*NUMBER, -1.0, 1e9],
            "total": [*NUMBER, -1.0],
            "total2": [*NUMBER, -1.0],
            "many": [1, 0, None, "True"],
            "lone": [1, 0, None, NAN],
        },
    ),
    "PlattScalings": Kind(
        platts,
        lambda: PlattScalings((10.0,), 0.5, 0.1),
        use_platts,
        {
            "bank": [None, {}, [], PriorBank(), {**PriorBank().__getstate__(), "hits": b""}],
            "curve": [None, {}, 1, {**Curve().__getstate__(), "x": b""}],
            "share": [*NUMBER, -0.1, 1.1],
            "identity": [*NUMBER, -0.1, 1.1, 0.0],
            "v0": [*NUMBER, -0.1, 1.1, 0.999],
            "vc": [*NUMBER, -0.1, 1.1, 0.999],
            "span": [*BUFFER, put(0, 0.0), put(1, -1.0)],
            "v": [*BUFFER, put(0, -0.1), put(0, 1.1), put(0, 0.999)],
            "a": [*BUFFER, put(0, 0.05), put(1, 5.5)],
            "b": [*BUFFER, put(0, -21.0), put(1, 21.0)],
            "h11": [*BUFFER, put(0, 0.0), put(1, -1.0)],
            "h12": BUFFER,
            "h22": [*BUFFER, put(0, 4.0), put(1, -1.0)],
        },
    ),
    "PlattScalings of one scaling": Kind(
        lambda: platts(0.0),
        lambda: PlattScalings((10.0,), 0.0, 0.0),
        use_platts,
        {"curve": [Curve().__getstate__(), {}]},
    ),
    "Decayed": Kind(
        decayed,
        lambda: Decayed(7.0),
        use_decayed,
        {
            "fade": [*NUMBER, -0.1, 1.1],
            "total": [*NUMBER, 1e200],
            "weight": [*NUMBER, -1.0, 0.0],
            "n": [*NUMBER, -1.0],
        },
    ),
    "EventTimes": Kind(
        event_times,
        lambda: EventTimes(3),
        use_times,
        {
            "size": [*COUNT, 0, 8, 2**40],
            "now": [*NUMBER],
            "times": [None, 1.0, [NAN], ["1"], [1.0] * 10, [INF], {}, []],
        },
    ),
    "LossSums": Kind(
        lambda: updated(LossSums(100.0)),
        lambda: LossSums(7.0),
        use_sums,
        {
            "fade": [*NUMBER, -0.1, 1.1],
            "steps": [*COUNT, 2**63],
            "n": [*NUMBER, -1.0, 0.0],
            "y": [*NUMBER, -1.0, 1e9],
            "loss": [*NUMBER, -1.0],
            "squares": [None, [], [1.0] * 4, in_a_list(0, NAN), in_a_list(0, 1e9), in_a_list(1, 1e9)],
        },
    ),
    "RatioSums": Kind(
        ratio,
        lambda: RatioSums(7.0, True),
        use_sums,
        {
            "fade": [*NUMBER, -0.1, 1.1],
            "per_positive": [None, 0, 1, "True"],
            "steps": [*COUNT, 2**63],
            "n": [*NUMBER, -1.0, 0.0],
            "n2": [*NUMBER, -1.0],
            "y": [*NUMBER, -1.0, 1e9, 0.0],
            "y2": [*NUMBER, -1.0],
            "p": [*NUMBER, -1.0, 1e9],
            "orphans": [*NUMBER, -1.0, 0.0],
            "orphans2": [*NUMBER, -1.0],
        },
    ),
    "RankedScores": Kind(
        lambda: updated(RankedScores(40.0)),
        lambda: RankedScores(3.0),
        use_ranking,
        {
            "fade": [*NUMBER, 0.0, -0.1, 1.1],
            "steps": [*COUNT, 2**63],
            "unit": [*NUMBER, 0.5, 1e61],
            "cells": [
                None, [], [b""] * 5, [b"", b"", b"", b"", b"", nothing(1.0)], [nothing(1.1)] * 6, [nothing(NAN)] * 6,
                [nothing(0.5), nothing(-1.0), *[nothing(0.0)] * 4], [nothing(*[0.5] * 4_097)] * 6, ["a"] * 6,
            ],
        },
    ),
    "ConfusionSums": Kind(
        lambda: confused(ConfusionSums(40.0)),
        lambda: ConfusionSums(3.0),
        confused,
        {
            "fade": [*NUMBER, 0.0, -0.1, 1.1],
            "steps": [*COUNT, 2**63],
            "unit": [*NUMBER, 0.5, 1e61],
            "classes": [None, [], ["a"], [0.5, 1.5, 2.5], [True, True, "a"], list(range(2, 67))],
            "cells": [*BUFFER, put(0, -1.0)],
            "squares": [*BUFFER, put(0, -1.0), put(0, 1e30), put(0, 0.0)],
        },
    ),
    "LogHistogram": Kind(
        histogram,
        lambda: LogHistogram(7.0, 1.0, 2.0, 3),
        use_histogram,
        {
            "decay": [*NUMBER, 0.0, -1.0, 1.1],
            "low": [*NUMBER, 0.0, -1.0],
            "ratio": [*NUMBER, 0.0, 0.5, 1.0],
            "buckets": [*COUNT, 19, 21, 2**40],
            "seen": [*COUNT, 2**63],
            "unit": [*NUMBER, 0.0, -1.0],
            "total": [*NUMBER, -1.0],
            "counts": [*BUFFER, put(0, -1.0)],
        },
    ),
    "Draw": Kind(lambda: Draw(7), lambda: Draw(1), use_draw, {"state": [-1, 2**64, 1.0, None, "1", True]}),
}  # fmt: skip

CASES = [
    pytest.param(kind, entry, value, id=f"{name} {entry} {i}")
    for name, kind in KINDS.items()
    for entry, values in kind.wrong.items()
    for i, value in enumerate(values)
]


@pytest.mark.parametrize(("kind", "entry", "value"), CASES)
def test_a_wrong_entry_is_refused_and_changes_nothing(kind: Kind, entry: str, value: Any) -> None:
    right = kind.used().__getstate__()
    state = {**right, entry: value(right[entry]) if callable(value) else value}
    made = kind.other()
    before = made.__getstate__()
    with pytest.raises(ValueError, match=r"state") as refusal:
        made.__setstate__(state)
    assert len(str(refusal.value)) < 200
    assert repr(made.__getstate__()) == repr(before)
    kind.call(made)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_entry_is_needed_and_no_other_taken(kind: Kind) -> None:
    right = kind.used().__getstate__()
    for entry in right:
        with pytest.raises(ValueError, match=f"{entry} is missing"):
            kind.other().__setstate__({name: value for name, value in right.items() if name != entry})
    for wrong in ({**right, "more": 1}, list(right.items()), None, 1, {}):
        with pytest.raises(ValueError, match="state"):
            kind.other().__setstate__(wrong)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_right_state_is_taken_and_goes_on(kind: Kind) -> None:
    made, other = kind.used(), kind.other()
    other.__setstate__(made.__getstate__())
    assert repr(other.__getstate__()) == repr(made.__getstate__())
    kind.call(made)
    kind.call(other)
    assert repr(other.__getstate__()) == repr(made.__getstate__())


CURVE = {
    "n": [-1, 25, 1.0, None, 2**40, True],
    "x": [*BUFFER, put(1, 1e6), put(1, -1e2)],
    "d": [*BUFFER, put(0, 25.0), put(0, 19.0)],
    "h": [*BUFFER, put(0, 0.0), put(0, 50.0)],
    "atom": [*BUFFER, put(0, -1.0), put(0, 50.0)],
    "gap": [*BUFFER, put(0, -1.0), put(0, 1e4)],
    "lift": [*NUMBER, 21.0, -21.0],
    "rest": [*NUMBER, 0.0, 101.0],
}


@pytest.mark.parametrize(
    ("entry", "value"), [(entry, value) for entry, values in CURVE.items() for value in values]
)
def test_a_wrong_entry_of_a_curve_is_refused_and_changes_nothing(entry: str, value: Any) -> None:
    right = platts().__getstate__()["curve"]
    made = Curve()
    before = made.__getstate__()
    with pytest.raises(ValueError, match="state"):
        made.__setstate__({**right, entry: value(right[entry]) if callable(value) else value})
    assert made.__getstate__() == before
    made.__setstate__(right)
    use_curve(made)
    assert made.__getstate__() == right


def test_histograms_of_other_buckets_do_not_mix() -> None:
    with pytest.raises(ValueError, match="buckets"):
        histogram().absorb(LogHistogram(100.0, 1e-3, 1.5, 21))


def test_a_bank_that_never_forgets_starts_other_classes_with_finite_sums() -> None:
    made = PriorBank(1e300, 1e299)
    for i in range(10):
        made.update(i == 3)
    assert 0.0 < made.zeros().rate < 0.1
