from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.connections import Record
from streamimb.serve.decode import FieldMapping
from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact

MAPPINGS = [
    FieldMapping(),
    FieldMapping(
        label="fraud", time=None, drop=("b",), categorical=("a", "c"), positive=("yes", 7), negative=("no",)
    ),
    FieldMapping(label=None, time_unit="ms", max_bytes=120, max_id_bytes=6, tombstone_retracts=True),
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


def plain(noun: Any) -> Any:
    if noun is None:
        return None
    return type(noun).__name__, exact([getattr(noun, name) for name in noun.__struct_fields__])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(MAPPINGS),
    st.sampled_from(["Event", "Label", "Mixed"]),
    st.one_of(st.none(), st.binary(max_size=8), st.text(max_size=8).map(str.encode)),
    st.one_of(RECORDS, st.sampled_from([b"", None])),
    st.one_of(st.floats(), st.floats(6e8, 4.2e9)),
)
def test_any_record_is_read_alike(
    mapping: FieldMapping, kind: str, key: bytes | None, value: bytes | None, t: float
) -> None:
    record = Record(0, 0, t, key, value)
    native, twin = (
        getattr(kernel("record_parser"), f"{kind}Parser")(mapping, json.loads, json.loads)
        for kernel in (compiled, interpreted)
    )
    assert plain(native.decode(record)) == plain(twin.decode(record))
