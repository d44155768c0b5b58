"""A wrong parameter of any public constructor is refused at once, by its name, its value and a way out."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

import streamimb
from streamimb import (
    Field,
    GuardedClassifier,
    Schema,
    calibration,
    correction,
    decision,
    drift,
    ensemble,
    linear_model,
    losses,
    metrics,
    sampling,
    stats,
    synthesis,
    tree,
)
from streamimb.catalogue import entries
from streamimb.engine.snapshot import dumps, loads
from streamimb.parameters import Part
from tests.parameters.metric_wrong_values import METRICS
from tests.parameters.wrong_decisions import DECISIONS
from tests.parameters.wrong_learners import LEARNERS
from tests.parameters.wrong_losses import LOSSES
from tests.parameters.wrong_synthesizers import SYNTHESIZERS
from tests.parameters.wrong_values import WRONG

ALL = [*WRONG, *DECISIONS, *METRICS, *LEARNERS, *LOSSES, *SYNTHESIZERS]


def cases() -> Iterator[Any]:
    for make, rest, wrong in ALL:
        for name, values in wrong.items():
            for value in values:
                given = {**rest, name: value}
                yield pytest.param(make, given, name, value, id=f"{make.__name__}-{name}-{value!r:.40}")


@pytest.mark.parametrize(("make", "given", "name", "value"), list(cases()))
def test_a_wrong_parameter_is_named_with_its_value_and_what_is_expected(
    make: Callable[..., Any], given: dict[str, Any], name: str, value: Any
) -> None:
    with pytest.raises(ValueError, match=rf"(?s)^{name}=.*: expected ") as error:
        make(**given)
    # A part, whose River representation runs over lines, is told by its class.
    shown = type(value).__name__ if "\n" in repr(value) else repr(value)
    assert f"{name}={shown}: expected " in str(error.value)


def test_every_parameter_of_every_public_constructor_is_in_the_table() -> None:
    public = {
        kind
        for room in (
            streamimb,
            calibration,
            correction,
            decision,
            drift,
            ensemble,
            linear_model,
            losses,
            metrics,
            sampling,
            stats,
            synthesis,
            tree,
        )
        for name in room.__all__
        if inspect.isclass(kind := getattr(room, name))
    }
    public -= {metrics.Interval}  # nobody makes these
    assert public == {make for make, _, _ in ALL}
    for make, _, wrong in ALL:
        assert set(inspect.signature(make).parameters) == set(wrong)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: sampling.ClassWeights(((True, "10"),)),  # type: ignore[arg-type]
            r"^weights: class True='10': expected a number in \[1e-6, 1e15\]$",
        ),
        (
            lambda: Schema({"a": {"tipe": "number"}}),
            r"^fields: 'a': tipe='number': expected one of type, nullable, default, min, max, coerce as an option$",
        ),
        (lambda: Schema({"a": {"min": "3"}}), r"^fields: 'a': min='3': expected a number within"),
        (
            lambda: sampling.UnderSampler(),
            r"^share=None, keep_rate=None: give exactly one",
        ),
        (
            lambda: sampling.ScoreUnderSampler(0.2, 0.1),
            r"^share=0.2, keep_rate=0.1: give one of them",
        ),
    ],
)
def test_what_is_wrong_inside_or_together_is_named_too(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("value", ["0.3", True, math.nan, -1.0, 2.0])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: sampling.UnderSampler(share=0.2), "share"),
        (lambda: sampling.UnderSampler(keep_rate=0.2), "keep_rate"),
        (sampling.ScoreUnderSampler, "share"),
        (sampling.OverSampler, "share"),
        (sampling.BothSampler, "share"),
        (lambda: sampling.ScoreUnderSampler(keep_rate=0.2), "keep_rate"),
    ],
)
def test_what_may_be_changed_later_is_checked_then(make: Callable[[], Any], name: str, value: Any) -> None:
    sampler = make()
    before = getattr(sampler, name)
    with pytest.raises(ValueError, match=rf"^{name}=.*: expected "):
        sampler.mutate({name: value})
    assert getattr(sampler, name) == before


NUMPYS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (
        stats.ClassPrior,
        {"half_life": np.int64(1000), "floor_half_life": np.float32(100), "prior": np.float32(0.1)},
    ),
    (linear_model.LogisticRegression, {"learning_rates": (np.float64(0.2), 1), "hash_bits": np.int64(10)}),
    (sampling.UnderSampler, {"share": np.float32(0.2)}),
    (GuardedClassifier, {"classifier": linear_model.LogisticRegression(), "warm_up": np.int32(5)}),
    (Field, {"min": np.float64(0.0), "max": 3}),
]


@pytest.mark.parametrize(("make", "given"), NUMPYS)
def test_numbers_of_numpy_are_numbers(make: Callable[..., Any], given: dict[str, Any]) -> None:
    part = make(**given)
    for name, value in given.items():
        own = getattr(part, name)
        assert own == value
        assert not isinstance(
            own, np.generic
        )  # arithmetic in float32 would be another before and after a restart


NAMED = {entry.name: entry.cls for entry in entries() if issubclass(entry.cls, Part)}


def all_parameters(kind: Any) -> dict[str, Any]:
    """Every parameter of a part, for a test that is to go through all of them."""
    usual = {
        name: parameter.default
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    return {**usual, **list(kind._unit_test_params())[-1]}


def as_numpy(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(as_numpy(one) for one in value)
    if isinstance(value, dict):
        return {name: as_numpy(one) for name, one in value.items()}
    if isinstance(value, Field):
        return Field(**as_numpy(msgspec.to_builtins(value)))
    kinds: dict[type, Any] = {int: np.int64, float: np.float64, str: np.str_}
    return kinds[type(value)](value) if type(value) in kinds else value


@pytest.mark.parametrize("name", NAMED)
def test_a_part_of_numbers_of_numpy_is_saved_like_any_other(name: str) -> None:
    kind = NAMED[name]
    given = all_parameters(kind)
    part = kind(**as_numpy(given))
    saved = dumps(part)
    assert saved == dumps(kind(**given))
    assert dumps(loads(saved)) == saved


@pytest.mark.parametrize(
    "options",
    [
        {"min": np.float64(0.5), "max": np.int64(3), "default": np.float32(1.5)},
        {"min": 0, "max": 3, "default": 1},
        {"type": np.str_("string"), "default": np.str_("a")},
    ],
)
def test_a_schema_is_the_same_once_it_was_saved(options: dict[str, Any]) -> None:
    schema = Schema({"a": options})
    read = loads(dumps(schema))
    assert (read, read.digest, repr(read.fields)) == (schema, schema.digest, repr(schema.fields))
