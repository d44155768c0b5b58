"""Every public part can be saved under its name; a state of another version is migrated, or refused in words."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
from river import base

from streamimb import calibration, engine, sampling, stats
from streamimb.catalogue import ROOMS, NotRegistered, class_of, entries, name_of, register
from streamimb.engine import SnapshotError
from streamimb.engine.snapshot import dumps, loads

PUBLIC = {
    f"{room}.{name}": thing
    for room in (*ROOMS, "engine")
    for name in importlib.import_module(f"streamimb.{room}").__all__
    if inspect.isclass(thing := getattr(importlib.import_module(f"streamimb.{room}"), name))
    and issubclass(thing, base.Base)
}


def test_the_rooms_have_what_they_have_today() -> None:
    assert len(PUBLIC) >= 24
    ours = {entry.name for entry in entries() if entry.cls.__module__.startswith("streamimb.")}
    assert ours == {name for name in PUBLIC if not name.startswith("engine.")}


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


def test_a_class_of_the_users_can_be_registered(own_parts: None) -> None:
    class Mine:
        __slots__ = ("a", "b")
        a: tuple[int, int]

    engine.register(Mine, "tests.Mine")
    engine.register(Mine, "tests.Mine")
    mine = Mine()
    mine.a = (1, 2)
    back: Any = loads(dumps(mine))
    assert back.a == (1, 2)
    assert not isinstance(getattr(back, "b", None), int)


def test_a_name_belongs_to_one_class_and_a_class_has_one_name() -> None:
    with pytest.raises(ValueError, match="already registered for another class"):
        register(int, "stats.ClassPrior")
    with pytest.raises(ValueError, match=r"registered as 'stats\.ClassPrior'; a class has one name"):
        register(stats.ClassPrior, "stats.Prior")
    with pytest.raises(NotRegistered, match="'nobody' is not a registered part"):
        class_of("nobody")


class Versioned:
    """A part whose state had another form in version 1."""

    _state_version = 2

    def __init__(self, half_life: float = 10.0) -> None:
        self.half_life = half_life

    @staticmethod
    def migrate(state: dict[str, Any], version: int) -> dict[str, Any]:
        assert version == 1
        return {"half_life": state["halflife"]}


class Unmigrated:
    _state_version = 3


@pytest.fixture
def _versions(own_parts: None) -> None:
    register(Versioned, "sampling.Versioned")
    register(Unmigrated, "sampling.Unmigrated")


def older(part: Any, version: int, state: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What a version of the class of before wrote."""
    with monkeypatch.context() as before:
        before.setattr(type(part), "_state_version", version)
        before.setattr(type(part), "__getstate__", lambda self: state, raising=False)
        return dumps({"deep": [part]})


@pytest.mark.usefixtures("_versions")
def test_an_older_state_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    data = older(Versioned(), 1, {"halflife": 7.0}, monkeypatch)
    assert loads(data)["deep"][0].half_life == 7.0
    assert loads(dumps(Versioned(3.0))).half_life == 3.0  # the present one is not


@pytest.mark.usefixtures("_versions")
def test_a_state_that_cannot_be_migrated_names_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    data = older(Versioned(), 1, {"other": 7.0}, monkeypatch)
    with pytest.raises(SnapshotError, match=r"sampling\.Versioned .*version 1.*does not become version 2"):
        loads(data)
    data = older(Unmigrated(), 2, {}, monkeypatch)
    with pytest.raises(SnapshotError, match=r"sampling\.Unmigrated .*version 2.*reads 3 only"):
        loads(data)


@pytest.mark.parametrize("part", [sampling.UnderSampler(share=0.2), calibration.Platt()])
def test_a_state_of_a_version_to_come_names_its_part(part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(type(part), "_state_version", 9, raising=False)
        data = dumps(part)
    with pytest.raises(SnapshotError, match=rf"{name_of(type(part))} with state version 9"):
        loads(data)


def test_a_damaged_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    part = sampling.ScoreUnderSampler()
    state = {**part.__getstate__(), "_negatives": None}
    with monkeypatch.context() as damage:
        damage.setattr(sampling.ScoreUnderSampler, "__getstate__", lambda self: state)
        data = dumps(part)
    with pytest.raises(SnapshotError, match=r"a damaged sampling\.ScoreUnderSampler"):
        loads(data)
