"""The compiled reader takes entries of a dict in place: however the dict was made, it reads what the twin reads."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact
from tests.twins.test_logistic import model

NAMES = ["a", "b", "c", "a name of more than eight characters", "d", "e"]


def without_the_first(x: dict[Any, Any]) -> dict[Any, Any]:
    made = {"id": 1, "time": 2.0, **x}
    del made["id"], made["time"]
    return made


def without_one_between(x: dict[Any, Any]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for name, value in x.items():
        made[name] = value
        made["passing"] = "text"
        del made["passing"]
    return made


def attributes(x: dict[Any, Any]) -> dict[Any, Any]:
    """The dict of an object, which shares its keys with those of other objects."""
    other = SimpleNamespace(**x)
    made = SimpleNamespace(**x)
    assert vars(other) is not vars(made)
    return vars(made)


def with_a_number_as_name(x: dict[Any, Any]) -> dict[Any, Any]:
    return x | {7: 1.5}


def in_another_order(x: dict[Any, Any]) -> dict[Any, Any]:
    return dict(reversed(x.items()))


@pytest.mark.parametrize(
    "make", [without_the_first, without_one_between, attributes, with_a_number_as_name, in_another_order]
)
@pytest.mark.parametrize("words", ["", "bd", "ae", "abcde"])
def test_a_dict_is_read_however_it_was_made(make: Callable[[dict[Any, Any]], Any], words: str) -> None:
    rng = random.Random(1)
    native, twin = (model(kernel, basis=0) for kernel in (compiled, interpreted))
    for t in range(200):
        x: dict[Any, Any] = {name: rng.gauss(0.0, 1.0) for name in NAMES}
        x |= {name: rng.choice(["north", "süd", "西", ""]) for name in words}
        if t % 7 == 0:
            x[rng.choice(NAMES)] = rng.choice([None, True, 3, 1e-310, float("nan")])
        if t % 5 == 0:
            del x[rng.choice(NAMES)]
        x = make(x) if t % 3 else x
        assert exact(native.predict_proba_one(x)) == exact(twin.predict_proba_one(x))
        native.learn_one(x, t % 4 == 0)
        twin.learn_one(x, t % 4 == 0)
    assert exact(native) == exact(twin)


def test_thousands_of_names_of_any_length_are_found() -> None:
    """Names of up to 40 characters are compared in the table, longer ones elsewhere."""
    rng = random.Random(2)
    names = [f"{'x' * rng.randrange(60)}{k}{rng.choice(['', 'é', '名'])}" for k in range(4_000)]
    native, twin = (model(kernel, rates=(0.2,), basis=0) for kernel in (compiled, interpreted))
    for t in range(600):
        chosen = names[20 * t : 20 * (t + 1)] if t < 200 else rng.sample(names, 20)
        x = {"".join(name): rng.gauss(0.0, 1.0) for name in chosen}
        assert exact(native.predict_proba_one(x)) == exact(twin.predict_proba_one(x))
        native.learn_one(x, t % 9 == 0)
        twin.learn_one(x, t % 9 == 0)
    assert exact(native) == exact(twin)
