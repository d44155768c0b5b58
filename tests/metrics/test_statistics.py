"""The laws of a statistic, over every metric: a new class enters the table with one line."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from river import base

from streamimb import metrics, stats
from streamimb.engine.snapshot import dumps, loads

Pair = tuple[float, bool]


def pair(rng: random.Random) -> Pair:
    p = rng.betavariate(0.5, 5)
    return p, rng.random() < p


def quadruple(rng: random.Random) -> tuple[float, float, float, bool]:
    p, y = pair(rng)
    return min(1.0, 2 * p), p, 0.9 * p, y


def seconds(rng: random.Random) -> float:
    return rng.choice([0.0, rng.expovariate(1.0), 1e5 * rng.random(), 1e12])


TABLE: dict[str, tuple[Callable[[], Any], Callable[[random.Random], Any]]] = {
    "AveragePrecision": (lambda: metrics.AveragePrecision(window_n=40), pair),
    "CalibrationRatio": (lambda: metrics.CalibrationRatio(half_life=50), pair),
    "DelayQuantiles": (lambda: metrics.DelayQuantiles(half_life=50), seconds),
    "LogLoss": (lambda: metrics.LogLoss(half_life=50), pair),
    "NormalizedEntropy": (lambda: metrics.NormalizedEntropy(half_life=50), pair),
    "Served": (lambda: metrics.Served(half_life=50, window_n=40), quadruple),
}
each = pytest.mark.parametrize("name", TABLE)


def fed(name: str, seed: int, n: int) -> Any:
    make, draw = TABLE[name]
    made, rng = make(), random.Random(seed)
    for _ in range(n):
        made.update(draw(rng))
    return made


def flat(answer: Any) -> list[float]:
    return [x for part in answer for x in flat(part)] if isinstance(answer, Iterable) else [float(answer)]


def close(a: Any, b: Any) -> bool:
    return all(
        math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(x) and math.isnan(y))
        for x, y in zip(flat(a.get()), flat(b.get()), strict=True)
    )


def test_every_metric_is_in_the_table() -> None:
    public = {
        n for n in metrics.__all__ if inspect.isclass(c := getattr(metrics, n)) and issubclass(c, base.Base)
    }
    assert public == set(TABLE)


@each
def test_get_is_pure_and_possible_at_once(name: str) -> None:
    for n in (0, 100):
        made = fed(name, 1, n)
        before = dumps(made)
        assert repr(made.get()) == repr(made.get())
        assert dumps(made) == before


@each
@pytest.mark.parametrize("cut", [0, 1, 20, 60, 100, 150])
def test_merge_is_one_stream_after_the_other(name: str, cut: int) -> None:
    make, draw = TABLE[name]
    whole, head, tail = make(), make(), make()
    rng = random.Random(2)
    for i in range(150):
        value = draw(rng)
        whole.update(value)
        (head if i < cut else tail).update(value)
    before = dumps(tail)
    head.merge(tail)
    assert close(head, whole)
    assert dumps(tail) == before
    for _ in range(30):
        value = draw(rng)
        whole.update(value)
        head.update(value)
    assert close(head, whole)


@each
def test_merge_is_associative_and_nothing_is_neutral(name: str) -> None:
    make, _ = TABLE[name]
    left, middle, right = (fed(name, seed, 30) for seed in (1, 2, 3))
    one, other = copy.deepcopy(left), copy.deepcopy(middle)
    one.merge(middle)
    one.merge(right)
    other.merge(right)
    left.merge(other)
    assert close(one, left)
    before = repr(one.get())
    one.merge(make())
    assert repr(one.get()) == before
    empty = make()
    empty.merge(one)
    assert close(empty, one)


@each
def test_merge_refuses_another_memory(name: str) -> None:
    make, _ = TABLE[name]
    made = make()
    parameter = "window_n" if name == "AveragePrecision" else "half_life"
    with pytest.raises(ValueError, match=parameter):
        made.merge(made.clone({parameter: 7}))


@each
def test_merge_refuses_another_kind(name: str) -> None:
    made = fed(name, 1, 30)
    before = dumps(made)
    for other in (stats.DecayedCount(getattr(made, "half_life", 7)), object(), 0.5):
        with pytest.raises(ValueError, match=rf"^other is a {type(other).__name__}: expected a {name}$"):
            made.merge(other)
    assert dumps(made) == before


@each
def test_weights_are_safe(name: str) -> None:
    _, draw = TABLE[name]
    made, rng = fed(name, 4, 50), random.Random(5)
    before = dumps(made)
    made.update(draw(rng), w=0.0)
    for w in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="w="):
            made.update(draw(rng), w=w)
    assert dumps(made) == before
    made.update(draw(rng), w=1e300)
    assert not any(map(math.isnan, flat(made.get())))


@each
@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_a_value_out_of_range_is_refused(name: str, bad: float) -> None:
    made = fed(name, 6, 10)
    before = dumps(made)
    value: Any = (
        bad if name == "DelayQuantiles" else (bad, True) if name != "Served" else (0.1, 0.1, bad, True)
    )
    with pytest.raises(ValueError, match="value"):
        made.update(value)
    assert dumps(made) == before


@each
def test_a_clone_forgets_and_a_copy_does_not(name: str) -> None:
    make, draw = TABLE[name]
    made = fed(name, 7, 100)
    assert dumps(made.clone()) == dumps(make())
    rng = random.Random(8)
    copies = [copy.deepcopy(made), pickle.loads(pickle.dumps(made)), loads(dumps(made))]
    for _ in range(100):
        value = draw(rng)
        for one in (made, *copies):
            one.update(value)
    assert all(dumps(one) == dumps(made) and repr(one.get()) == repr(made.get()) for one in copies)


@each
def test_memory_is_bounded(name: str) -> None:
    assert len(dumps(fed(name, 9, 20_000))) <= 1.1 * len(dumps(fed(name, 9, 200)))


@each
@pytest.mark.parametrize("value", [0, -1, math.nan])
def test_a_memory_out_of_range_is_named(name: str, value: float) -> None:
    made = TABLE[name][0]()
    for parameter in made._get_params():
        with pytest.raises(ValueError, match=f"{parameter}={value!r}"):
            made.clone({parameter: value})
