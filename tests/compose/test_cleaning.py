"""What becomes of one value: kept, converted, bounded, filled in, or taken as missing."""

from __future__ import annotations

import decimal
import math

import numpy as np
import pandas as pd
import pytest

from streamimb import Field, Schema
from streamimb._kernels.sanitizing import Cleaned, clean_one, kind_of
from streamimb._kernels.schema_check import KINDS
from streamimb.compose.guarded import check_of
from streamimb.compose.own_types import own_type

NUMBER_KIND, STRING_KIND, BOOL_KIND, OTHER, MISSING = range(len(KINDS))

NUMBER, STRING, BOOL = Field(), Field("string"), Field("bool")
BETWEEN = Field(min=0.0, max=10.0)
NULLABLE = Field(nullable=True)
LOOSE = {kind: Field(kind, coerce=True) for kind in ("number", "string", "bool")}


def cleaned(field: Field, raw: object, **others: object) -> Cleaned:
    return clean_one(check_of(Schema({"f": field}), 10), {"f": raw, **others})


@pytest.mark.parametrize(
    ("field", "raw", "kept", "learnable", "reason"),
    [
        # as it should be
        (NUMBER, 1.5, 1.5, True, None),
        (NUMBER, 3, 3, True, None),
        (NUMBER, np.float32(0.5), 0.5, True, None),
        (NUMBER, np.int64(7), 7, True, None),
        (NUMBER, -0.0, 0.0, True, None),
        (NUMBER, 5e-324, 5e-324, True, None),
        (NUMBER, 1e15, 1e15, True, None),
        (NUMBER, 10**15, 10**15, True, None),
        (STRING, "a", "a", True, None),
        (STRING, np.str_("a"), "a", True, None),
        (BOOL, False, False, True, None),
        (BOOL, np.True_, True, True, None),
        # missing
        (NUMBER, None, None, False, "missing"),
        (NUMBER, math.nan, None, False, "nan"),
        (NUMBER, np.float64("nan"), None, False, "nan"),
        (NULLABLE, None, None, True, None),
        (NULLABLE, math.nan, None, True, None),
        (Field(default=2.0), None, 2.0, True, "imputed"),
        (Field(default=2.0), math.nan, None, False, "nan"),
        (Field(default=2.0, nullable=True), None, 2.0, True, "imputed"),
        (Field("string", default="?"), None, "?", True, "imputed"),
        (Field("bool", default=False), None, False, True, "imputed"),
        # beyond belief
        (NUMBER, math.inf, None, False, "inf"),
        (NULLABLE, -math.inf, None, False, "inf"),
        (NUMBER, 1e308, None, False, "too_large"),
        (NUMBER, -1e18, None, False, "too_large"),
        (NUMBER, 10**30, None, False, "too_large"),
        (NUMBER, 10**400, None, False, "too_large"),
        (NUMBER, -(10**400), None, False, "too_large"),
        # out of bounds
        (BETWEEN, -1.0, 0.0, False, "bounded"),
        (BETWEEN, 11, 10.0, False, "bounded"),
        (BETWEEN, 0, 0, True, None),
        # of another type
        (NUMBER, "3", None, False, "type"),
        (LOOSE["bool"], np.array([1, 2]), None, False, "type"),
        (LOOSE["bool"], pd.NA, None, False, "type"),
        (LOOSE["bool"], 1 + 0j, None, False, "type"),
        (NUMBER, True, None, False, "type"),
        (NUMBER, b"3", None, False, "type"),
        (NUMBER, [3.0], None, False, "type"),
        (NUMBER, {}, None, False, "type"),
        (NUMBER, 1j, None, False, "type"),
        (NUMBER, decimal.Decimal(3), None, False, "type"),
        (STRING, 3.0, None, False, "type"),
        (STRING, True, None, False, "type"),
        (STRING, b"a", None, False, "type"),
        (STRING, "x" * 11, None, False, "too_long"),
        (BOOL, 1, None, False, "type"),
        (BOOL, "true", None, False, "type"),
        # converted where that was asked for
        (LOOSE["number"], "3", 3.0, True, "coerced"),
        (LOOSE["number"], True, 1.0, True, "coerced"),
        (LOOSE["number"], "three", None, False, "type"),
        (LOOSE["string"], 3, "3", True, "coerced"),
        (LOOSE["string"], False, "False", True, "coerced"),
        (LOOSE["string"], [3], None, False, "type"),
        (LOOSE["bool"], 1, True, True, "coerced"),
        (LOOSE["bool"], 0.0, False, True, "coerced"),
        (LOOSE["bool"], 2, None, False, "type"),
        (LOOSE["bool"], "1", None, False, "type"),
        (LOOSE["bool"], [1], None, False, "type"),
    ],
)
def test_take(field, raw, kept, learnable, reason):
    cleaning = cleaned(field, raw)
    assert cleaning.x == ({} if kept is None else {"f": kept})
    if kept is not None:
        assert type(cleaning.x["f"]) in (float, int, str, bool)
    assert cleaning.learnable is learnable
    assert cleaning.reasons == ([] if reason is None else [f"{reason}:f"])


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "1e300"])
def test_a_number_that_comes_as_a_string_is_believed_no_more_than_one_that_does_not(text):
    cleaning = cleaned(LOOSE["number"], text)
    assert cleaning.x == {}
    assert not cleaning.learnable


@pytest.mark.parametrize("raw", [10**5000, -(10**5000), 10**400], ids=["5000", "-5000", "400"])
def test_an_integer_too_long_to_be_written_out_is_no_string(raw):
    cleaning = cleaned(LOOSE["string"], raw)
    assert cleaning.x == {}
    assert not cleaning.learnable


def test_a_field_not_known_is_said_once_and_not_by_name():
    cleaning = cleaned(NUMBER, 1.0, other=1.0, another="a")
    assert cleaning.x == {"f": 1.0}
    assert cleaning.reasons == ["unknown_field"]
    assert cleaning.learnable


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        (1.5, NUMBER_KIND, ""),
        (7, NUMBER_KIND, ""),
        (-1e15, NUMBER_KIND, ""),
        (10**15, NUMBER_KIND, ""),
        (True, BOOL_KIND, ""),
        ("a", STRING_KIND, ""),
        ("x" * 10, STRING_KIND, ""),
        (np.float64(2.0), NUMBER_KIND, ""),
        (np.float32(0.5), NUMBER_KIND, ""),
        (np.int64(7), NUMBER_KIND, ""),
        (np.True_, BOOL_KIND, ""),
        (np.str_("a"), STRING_KIND, ""),
        (None, MISSING, ""),
        (math.nan, MISSING, ""),
        (np.float32("nan"), MISSING, ""),
        (math.inf, OTHER, "inf"),
        (np.float64("-inf"), OTHER, "inf"),
        (1e308, OTHER, "too_large"),
        (-(10**400), OTHER, "too_large"),
        ("x" * 11, OTHER, "too_long"),
        ([1], OTHER, "type"),
        ({}, OTHER, "type"),
        (b"a", OTHER, "type"),
        (1j, OTHER, "type"),
        (decimal.Decimal("1.5"), OTHER, "type"),
        (np.datetime64("2020-01-01"), OTHER, "type"),
    ],
    ids=lambda v: str(type(v).__name__),
)
def test_the_kind_of_a_value(raw, kind, code):
    assert kind_of(own_type(raw), 10) == (kind, code)
