from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.serve.decode import FieldMapping
from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact

MAPPINGS = [
    FieldMapping(),
    FieldMapping(
        label="fraud", time=None, drop=("b",), categorical=("a", "c"), positive=("yes", 7), negative=("no",)
    ),
    FieldMapping(label=None, time_unit="ms", max_bytes=120, max_id_bytes=6),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(600_000_000, 4_200_000_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(6e8, 4.2e12),
    st.text(max_size=8),
    st.sampled_from(["1", "0", "yes", "no", "event", "label", 7, 1, 0, 1.0]),
)
RECORDS = st.one_of(
    st.dictionaries(
        st.sampled_from(["id", "time", "label", "fraud", "type", "a", "b", "c"]),
        st.one_of(SCALARS, st.lists(SCALARS, max_size=2)),
    ).map(lambda fields: json.dumps(fields).encode()),
    st.binary(max_size=12),
    st.sampled_from(
        [b"[" * 100_000, b"{}", b"[]", b"null", b'{"a": 1e400}', b'{"id": ' + b"9" * 5000 + b"}"]
    ),
)
TIMES = st.one_of(st.floats(), st.floats(6e8, 4.2e9))


def plain(noun: Any) -> Any:
    return type(noun).__name__, exact([getattr(noun, name) for name in noun.__struct_fields__])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MAPPINGS), RECORDS, TIMES)
def test_any_record_is_read_alike(mapping: FieldMapping, value: bytes, t: float) -> None:
    native, twin = (kernel("reading").Reading(mapping, json.loads) for kernel in (compiled, interpreted))
    for say in ("event", "label", "either"):
        assert plain(getattr(native, say)(value, t)) == plain(getattr(twin, say)(value, t))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.none(), st.binary(max_size=8), st.text(max_size=8).map(str.encode)), TIMES)
def test_any_key_is_taken_back_alike(key: bytes | None, t: float) -> None:
    native, twin = (kernel("reading").Reading(MAPPINGS[0], json.loads) for kernel in (compiled, interpreted))
    assert plain(native.retraction(key, t)) == plain(twin.retraction(key, t))
