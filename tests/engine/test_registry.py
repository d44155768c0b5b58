from __future__ import annotations

import inspect
from typing import Any

import pytest
from river import base

from streamimb import calibration, compose, correction, engine, linear_model, metrics, sampling, stats
from streamimb.engine.registry import NotRegistered, class_of, name_of, register
from streamimb.engine.snapshot import dumps, loads

ROOMS = (calibration, compose, correction, engine, linear_model, metrics, sampling, stats)
PUBLIC = {
    f"{room.__name__.rpartition('.')[2]}.{name}": getattr(room, name)
    for room in ROOMS
    for name in room.__all__
    if inspect.isclass(getattr(room, name)) and issubclass(getattr(room, name), base.Base)
}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_class_with_a_state_is_registered_by_its_name(name: str) -> None:
    assert name_of(PUBLIC[name]) == name
    assert class_of(name) is PUBLIC[name]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_class_can_be_saved(name: str) -> None:
    for parameters in PUBLIC[name]._unit_test_params():
        made = PUBLIC[name](**parameters)
        data = dumps(made)
        assert dumps(loads(data)) == data


def test_a_class_of_the_users_can_be_registered() -> None:
    class Mine:
        __slots__ = ("a", "b")
        a: tuple[int, int]

    register(Mine, "tests.Mine")
    register(Mine, "tests.Mine")
    mine = Mine()
    mine.a = (1, 2)
    back: Any = loads(dumps(mine))
    assert back.a == (1, 2)
    assert not isinstance(getattr(back, "b", None), int)


def test_a_name_belongs_to_one_class() -> None:
    with pytest.raises(ValueError, match="already registered"):
        register(int, "stats.ClassPrior")
    with pytest.raises(ValueError, match="already registered"):
        register(stats.ClassPrior, "stats.Prior")
    with pytest.raises(NotRegistered, match="nobody"):
        class_of("nobody")
