"""What a field may be, and what contradicts itself."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

from streamimb import Field, Schema
from streamimb.engine import snapshot


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"type": "float"}, "type='float': expected one of number, string, bool"),
        ({"type": "string", "min": 0.0}, "min=0.0: .*on a field of type number"),
        ({"type": "bool", "max": 1.0}, "max=1.0: .*on a field of type number"),
        ({"min": 2.0, "max": 1.0}, "min=2.0, max=1.0: expected min <= max"),
        ({"min": math.nan}, "min=nan: expected a number within"),
        ({"max": math.inf}, "max=inf: expected a number within"),
        ({"max": 1e16}, "max=1e.16: expected a number within"),
        ({"default": "a"}, "default='a': expected a number"),
        ({"default": True}, "default=True: expected a number"),
        ({"default": math.nan}, "default=nan: expected a number"),
        ({"default": math.inf}, "default=inf: expected a number"),
        ({"default": 1e16}, "default=1e.16: expected a number"),
        ({"default": 5.0, "max": 4.0}, "default=5.0: expected a number .within min and max"),
        ({"type": "string", "default": 1.0}, "default=1.0: expected a string"),
        ({"type": "bool", "default": 1.0}, "default=1.0: expected a bool"),
    ],
)
def test_a_field_that_contradicts_itself_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Field(**options)


@pytest.mark.parametrize(
    "field",
    [
        Field(),
        Field(min=0.0, max=0.0, default=0.0),
        Field("string", default=""),
        Field("bool", default=False),
        Field(min=-1e15, max=1e15),
        Field(min=3),
    ],
)
def test_a_field_that_does_not(field):
    assert field.low <= field.high


def test_bounds_where_none_are_given():
    assert (Field().low, Field().high) == (-1e15, 1e15)
    assert (Field(min=1).low, Field(max=2).high) == (1.0, 2.0)


def test_a_dict_of_options_will_do_and_a_wrong_one_will_not():
    assert Schema({"a": {"type": "number", "min": 1.0}}) == Schema({"a": Field(min=1.0)})
    with pytest.raises(
        ValueError, match=r"^fields: 'a': minn=1.0: expected one of type, nullable, default, min"
    ):
        Schema({"a": {"minn": 1.0}})
    with pytest.raises(ValueError, match=r"^fields: 'a': type='text': expected one of number, string, bool"):
        Schema({"a": {"type": "text"}})
    with pytest.raises(ValueError, match=r"^fields: 'a': min='low': expected a number"):
        Schema({"a": {"min": "low"}})


def test_digest_is_of_the_fields_alone():
    one = Schema({"a": Field(min=0.0), "b": Field("string")})
    two = Schema({"b": Field("string"), "a": Field(min=0.0)})
    assert one.digest == two.digest
    assert one == two
    assert hash(one) == hash(two)
    assert one.digest != Schema({"a": Field(), "b": Field("string")}).digest
    assert one != "a"
    assert len(one.digest) == 64


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.deepcopy,
        lambda s: pickle.loads(pickle.dumps(s)),
        lambda s: snapshot.loads(snapshot.dumps(s)),
        lambda s: s.clone(),
    ],
    ids=["deepcopy", "pickle", "snapshot", "clone"],
)
def test_a_copy_is_equal(duplicate):
    schema = Schema(
        {"a": Field(min=0.0, default=1.0), "b": Field("string", nullable=True), "c": Field("bool")}
    )
    two = duplicate(schema)
    assert two == schema
    assert two.digest == schema.digest
    assert two is not schema


def test_equal_schemas_have_equal_digests_whatever_the_kinds_of_their_names() -> None:
    fields: Any = {"b": Field(), 3: Field("string"), "a": Field(min=0.0), -1: Field()}
    backwards: Any = dict(reversed(fields.items()))
    assert Schema(fields).digest == Schema(backwards).digest
    changed: Any = {**fields, 3: Field("bool")}
    assert Schema(fields).digest != Schema(changed).digest
    named: Any = {np.str_("a"): Field(), np.int64(3): Field()}
    plain: Any = {"a": Field(), 3: Field()}
    assert Schema(named).digest == Schema(plain).digest
    assert Schema(plain).digest != Schema({"a": Field(), "3": Field()}).digest
