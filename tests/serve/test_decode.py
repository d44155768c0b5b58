import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.connections import Record
from streamimb.events import Event, Label, Rejection
from streamimb.serve import DECODERS, EventDecoder, FieldMapping, LabelDecoder, MixedDecoder
from streamimb.serve.decode import parse_as_python_writes
from tests.serve.records import T0, event, record

EVENTS = EventDecoder(FieldMapping())
LABELS = LabelDecoder(FieldMapping())
MIXED = MixedDecoder(FieldMapping())
GOOD = record(event("good", amount=1.5))


def reason(decoded: object) -> str:
    assert isinstance(decoded, Rejection), decoded
    return decoded.reason


def test_an_event_is_what_is_not_named_otherwise():
    decoder = EventDecoder(
        FieldMapping(
            id="tx", time="at", time_unit="us", label="fraud", drop=("note",), categorical=("mcc", "shop")
        )
    )
    value = {
        "tx": "a",
        "at": 1_600_000_000_250_000,
        "fraud": 0,
        "note": "x",
        "mcc": 5411,
        "shop": 7.0,
        "amount": 3,
        "nested": {"k": [1]},
        "null": None,
    }
    assert decoder.decode(record(value)) == Event(
        "a", T0 + 0.25, {"mcc": "5411", "shop": "7", "amount": 3, "nested": {"k": [1]}, "null": None}, False
    )


def test_categorical_leaves_what_is_no_number():
    decoder = EventDecoder(FieldMapping(categorical=("a", "b", "c", "d", "e")))
    decoded = decoder.decode(record(event("x", a="7", b=None, c=True, d=1.5)))
    assert isinstance(decoded, Event)
    assert decoded.x == {"a": "7", "b": None, "c": True, "d": "1.5"}


@pytest.mark.parametrize("decoder", [EVENTS, LABELS, MIXED], ids=["events", "labels", "both"])
@pytest.mark.parametrize(
    "value",
    [
        b"hello",
        b'{"id": "a", ',
        b'{"id": "a", "x": NaN, "y": "\\ud800"}',
        b'{"id": "a", "x": nan}',
        b"[1, 2]",
        b"7",
        b'"a"',
        b"null",
        b" ",
    ],
)
def test_fault_1_not_json_or_truncated_is_rejected(decoder, value):
    assert decoder.decode(record(value)) == Rejection("decode")
    assert isinstance(EVENTS.decode(GOOD), Event)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_fault_12_13_what_python_writes_is_for_the_guard(text):
    decoded = EVENTS.decode(record(b'{"id": "a", "label": 1, "word": "\\u00e9", "x": %s}' % text.encode()))
    assert isinstance(decoded, Event)
    assert repr(decoded.x) == repr({"word": "é", "x": float(text)})
    assert decoded.y is True
    assert EVENTS.decode(record(b'{"id": NaN}')) == Rejection("id_value", "id")
    coded = EventDecoder(FieldMapping(categorical=("x",))).decode(
        record(b'{"id": "a", "x": %s}' % text.encode())
    )
    assert isinstance(coded, Event)
    assert repr(coded.x) == repr({"x": float(text)})  # no code: the guard's business too


WORDS = st.sampled_from(
    [
        *(
            "NaN",
            "Infinity",
            "-Infinity",
            "1e400",
            "1",
            "-0.5",
            "null",
            "true",
            "nan",
            '"NaN"',
            '"a NaN"',
            '"é"',
        ),
        *('"-Infinity"', '"\\u004eaN"', '"\\\\"', '"x\\":NaN,"', "[NaN]", '{"NaN": 1}', "{NaN: 1}"),
        *("-NaN", "NaNNaN", "--Infinity", "+Infinity"),
    ]
)
KEYS = st.sampled_from(['"a"', '"b"', '"NaN"', '"Infinity of"', "NaN", '"c\\n"'])


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(KEYS, WORDS), max_size=5), st.sampled_from(["", " ", "\n"]))
def test_words_that_python_writes_for_numbers_are_read_as_python_reads_them(
    pairs: list[tuple[str, str]], space: str
) -> None:
    text = "{" + ",".join(f"{space}{key}:{space}{value}" for key, value in pairs) + "}"
    try:
        expected = repr(json.loads(text))
    except ValueError:
        expected = "ValueError"
    try:
        found = repr(parse_as_python_writes(text.encode()))
    except ValueError:
        found = "ValueError"
    assert found == expected


def test_what_a_record_says_does_not_depend_on_the_records_before_it():
    values = [
        record(event("a", amount=1.5, word="NaN", big=10**25)),
        record(b'{"id": "b", "x": NaN, "y": -Infinity, "word": "I"}'),
        record(b"Infinity"),
        record(b'{"id": "c", "x": 1e400}'),
        record(b'{"id": "d", "x": NaN, "big": 10000000000000000000000000}'),
        record(b"{"),
    ]
    alone = [repr(EventDecoder(FieldMapping()).decode(value)) for value in values]
    assert alone[0] == repr(EVENTS.decode(values[0]))
    for between in (0, 1, 250):
        decoder = EventDecoder(FieldMapping())
        for _ in range(3):
            for value, expected in zip(values, alone, strict=True):
                assert repr(decoder.decode(value)) == expected
                for _ in range(between):
                    assert repr(decoder.decode(values[0])) == alone[0]


@pytest.mark.parametrize(
    "value", [b'{"id": "\xff"}', b'{"\xc3": 1, "id": "a"}', b'{"id": "\\ud800"}', b"\xff\xfe{}"]
)
def test_fault_2_invalid_utf8_is_rejected(value):
    assert EVENTS.decode(record(value)) == Rejection("decode")


@pytest.mark.parametrize("value", [None, b""])
def test_fault_3_an_empty_value_says_nothing_unless_it_retracts(value):
    tombstone = Record(0, 0, T0, b"a", value)
    assert EVENTS.decode(tombstone) is None
    assert LABELS.decode(tombstone) is None
    assert MIXED.decode(tombstone) is None
    retracting = FieldMapping(tombstone_retracts=True)
    assert EventDecoder(retracting).decode(tombstone) is None
    for decoder in (LabelDecoder(retracting), MixedDecoder(retracting)):
        assert decoder.decode(tombstone) == Label("a", T0, None)
        assert reason(decoder.decode(Record(0, 0, T0, None, value))) == "no_id"
        assert reason(decoder.decode(Record(0, 0, T0, b"\xff", value))) == "decode"
        assert reason(decoder.decode(Record(0, 0, -1.0, b"a", value))) == "no_time"


def test_fault_4_a_long_message_is_rejected_before_decoding():
    padded = json.dumps(event("a", note="x" * 100)).encode()
    assert isinstance(EventDecoder(FieldMapping(max_bytes=len(padded))).decode(record(padded)), Event)
    assert EventDecoder(FieldMapping(max_bytes=len(padded) - 1)).decode(record(padded)) == Rejection(
        "max_bytes"
    )
    not_json = b"[" * ((1 << 20) + 1)
    assert EVENTS.decode(record(not_json)) == Rejection("max_bytes")


@pytest.mark.parametrize("bomb", [b"[" * 100_000, b'{"a":' * 100_000, b'{"id": "a", "x": ' + b"[" * 100_000])
def test_fault_5_a_nesting_bomb_is_rejected(bomb):
    assert EVENTS.decode(record(bomb)) == Rejection("decode")
    assert isinstance(EVENTS.decode(GOOD), Event)


def test_fault_6_of_duplicate_keys_the_last_wins():
    decoded = EVENTS.decode(record(b'{"id": "a", "x": 1, "id": "b", "x": 2}'))
    assert decoded == Event("b", T0, {"x": 2})


@pytest.mark.parametrize("value", [{}, {"id": None}, {"id": ""}, {"ID": "a"}])
def test_fault_10_no_id_is_rejected(value):
    for decoder in (EVENTS, LABELS):
        assert decoder.decode(record({**value, "label": 1})) == Rejection("no_id", "id")


@pytest.mark.parametrize("name", [True, 1.5, ["a"], {"a": 1}])
def test_an_id_is_a_string_or_an_integer(name):
    assert EVENTS.decode(record({"id": name})) == Rejection("id_value", "id")


def test_fault_11_a_long_id_is_rejected():
    for name in ("x" * 10_000, "x" * 257, "é" * 129, 10**400, -(10**256)):
        assert EVENTS.decode(record({"id": name})) == Rejection("id_too_long", "id")
        assert LABELS.decode(record({"id": name, "label": 1})) == Rejection("id_too_long", "id")
    for name in ("x" * 256, "é" * 128, 10**255):
        assert EVENTS.decode(record({"id": name})) == Event(str(name), T0, {})


def test_an_integer_of_five_thousand_digits_is_rejected_not_raised():
    decoded = EVENTS.decode(record(b'{"id": ' + b"9" * 5_000 + b"}"))
    assert reason(decoded) in ("decode", "id_too_long")


@pytest.mark.parametrize("name", [7, -7, 2**53 + 1, 10**29 + 1])
def test_an_integer_id_keeps_every_digit(name):
    assert EVENTS.decode(record({"id": name})) == Event(str(name), T0, {})


def test_an_id_may_have_any_character():
    for name in ("\u0000\n", "<script>", "ключ"):
        assert EVENTS.decode(record({"id": name})) == Event(name, T0, {})


@pytest.mark.parametrize(
    ("unit", "time", "good"),
    [
        ("s", T0, True),
        ("s", T0 * 1e3, False),
        ("s", T0 * 1e6, False),
        ("ms", T0 * 1e3, True),
        ("ms", T0, False),
        ("ms", T0 * 1e6, False),
        ("us", T0 * 1e6, True),
        ("us", T0 * 1e3, False),
        ("s", -T0, False),
        ("s", 10**400, False),
    ],
)
def test_fault_32_a_time_in_another_unit_is_rejected(unit, time, good):
    mapping = FieldMapping(time_unit=unit)
    for decoder, said in ((EventDecoder(mapping), "a"), (LabelDecoder(mapping), "")):
        decoded = decoder.decode(record({"id": "a", "time": time, "label": 1}))
        if good:
            assert isinstance(decoded, Event | Label)
            assert decoded.t == T0
        else:
            assert decoded == Rejection("ts_unit", "time", said)


@pytest.mark.parametrize("time", ["1600000000", True, [1], {}])
def test_a_time_is_a_number(time):
    assert EVENTS.decode(record({"id": "a", "time": time})) == Rejection("time_value", "time", "a")


def test_a_record_without_a_time_has_its_record_time():
    assert EVENTS.decode(record({"id": "a"}, t=T0 + 5)) == Event("a", T0 + 5, {})
    assert EVENTS.decode(record({"id": "a", "time": None}, t=T0 + 5)) == Event("a", T0 + 5, {})
    by_record = EventDecoder(FieldMapping(time=None))
    assert by_record.decode(record(event("a", T0), t=T0 + 5)) == Event("a", T0 + 5, {"time": T0})
    for t in (-0.001, math.nan, math.inf, T0 * 1e3):
        assert EVENTS.decode(record({"id": "a"}, t=t)) == Rejection("no_time", "time", "a")


@pytest.mark.parametrize(
    "value", ["chargeback", "true", "01", "1.0", "", 2, -1, 0.5, 10**400, [1], {"y": 1}, None]
)
def test_fault_42_an_unknown_label_is_rejected(value):
    # without the id: a bad label says nothing of its event
    assert LABELS.decode(record({"id": "a", "label": value})) == Rejection("label_value", "label")
    if value is not None:
        # the event is worth as much as before; its id says whose label it was
        bad = Rejection("label_value", "label", "a")
        assert EVENTS.decode(record({"id": "a", "label": value, "x": 1})) == Event("a", T0, {"x": 1}, bad)
        both = record({"type": "event", "id": "a", "label": value, "x": 1})
        assert MIXED.decode(both) == Event("a", T0, {"x": 1}, bad)


def test_an_event_without_a_label_waits_for_it():
    assert EVENTS.decode(record({"id": "a", "label": None, "x": 1})) == Event("a", T0, {"x": 1}, None)
    assert EventDecoder(FieldMapping(label=None)).decode(record({"id": "a", "label": 1})) == Event(
        "a", T0, {"label": 1}, None
    )


@pytest.mark.parametrize(("value", "y"), [("1", True), (1, True), (1.0, True), (True, True)])
def test_fault_43_labels_have_one_meaning_however_they_are_spelt(value, y):
    for said, meant in (
        (value, y),
        ({"1": "0"}.get(value, value) if value == "1" else type(value)(0), not y),
    ):
        assert LABELS.decode(record({"id": "a", "label": said})) == Label("a", T0, meant)
        decoded = EVENTS.decode(record({"id": "a", "label": said}))
        assert isinstance(decoded, Event)
        assert decoded.y is meant
    for said in (b"2", b"NaN", b"null"):
        assert isinstance(LABELS.decode(record(b'{"id": "a", "label": ' + said + b"}")), Rejection)


@pytest.mark.parametrize("value", ["1.0", "true", " 1", "TRUE"])
def test_a_string_that_is_named_is_a_label(value):
    decoder = EventDecoder(FieldMapping(positive=(value,)))
    assert decoder.decode(record({"id": "a", "label": value})) == Event("a", T0, {}, True)


def test_configured_labels_win_over_the_usual_ones():
    decoder = LabelDecoder(FieldMapping(positive=("fraud", 2), negative=("ok", "1")))
    for value in ("fraud", 2, 2.0, "2"):
        assert decoder.decode(record({"id": "a", "label": value})) == Label("a", T0, True)
    for value in ("ok", 1, 1.0, True, "1", 0, "0", False):
        assert decoder.decode(record({"id": "a", "label": value})) == Label("a", T0, False)


def test_one_input_of_both_tells_them_by_type():
    assert MIXED.decode(record({"type": "event", "id": "a", "x": 1})) == Event("a", T0, {"x": 1})
    assert MIXED.decode(record({"type": "label", "id": "a", "label": 0, "by": "desk"})) == Label(
        "a", T0, False
    )
    for kind in ({"type": "order"}, {"type": 1}, {"type": None}, {"type": ["event"]}, {}):
        assert MIXED.decode(record({"id": "a", **kind})) == Rejection("record_type", "type")
    assert EVENTS.decode(record({"type": "event", "id": "a"})) == Event("a", T0, {"type": "event"})


def test_decoders_are_found_by_role():
    assert {"events": EventDecoder, "labels": LabelDecoder, "both": MixedDecoder} == DECODERS


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"id": "a", "time": "a"}, "two roles"),
        ({"label": "id"}, "two roles"),
        ({"drop": ("id",)}, "id, time or label"),
        ({"categorical": ("label",)}, "id, time or label"),
        ({"drop": ("a",), "categorical": ("a",)}, "both in drop"),
        ({"positive": ("x",), "negative": ("x",)}, "'x'"),
        ({"positive": (2,), "negative": ("2",)}, "'2'"),
        ({"time_unit": "min"}, "s, ms, us"),
        ({"earliest_s": 5.0, "latest_s": 5.0}, "earliest_s"),
        ({"max_bytes": 1}, "max_bytes=1"),
        ({"max_id_bytes": 0}, "max_id_bytes=0"),
    ],
)
def test_a_wrong_mapping_says_what_to_write(fields, word):
    with pytest.raises(ValueError, match=word):
        FieldMapping(**fields)


def test_labels_need_a_field():
    for decoder in (LabelDecoder, MixedDecoder):
        with pytest.raises(ValueError, match="label=None"):
            decoder(FieldMapping(label=None))


def test_a_rejection_never_has_a_value_of_the_record():
    secret = "4111111111111111"
    for value in (
        {"id": secret * 20},
        {"id": [secret]},
        {"id": "a", "label": secret},
        {"id": "a", "time": secret},
    ):
        assert secret not in repr(EVENTS.decode(record(value)))
