"""Labels that name their class: as strings, or as numbers that spell the name; never true and false."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamimb.events import Event, Label, Rejection
from streamimb.serve import DECODERS, EventDecoder, FieldMapping, LabelDecoder
from tests.serve.records import event, record

NAMES = ("normal", "dos", "7", "-3", "01", "1", "True")


@pytest.mark.parametrize(
    ("value", "y"),
    [
        ("normal", "normal"), ("dos", "dos"), ("7", "7"), (7, "7"), (7.0, "7"), (-3, "-3"), ("01", "01"), (1, "1"),
        (1.0, "1"), ("True", "True"),
        # no class, or spelt in another way
        (True, None), (False, None), ("Dos", None), (" dos", None), ("", None), ("7.0", None), (7.5, None), (0, None),
        ("+7", None), (10**400, None), (float("nan"), None), (["dos"], None), ({"dos": 1}, None), ("true", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", DECODERS)
def test_a_label_is_the_name_of_its_class_or_rejected(value, y, role):
    decoder = DECODERS[role](FieldMapping(), NAMES)
    if role in ("events", "both"):
        decoded: Any = decoder.decode(record({"type": "event", **event("a"), "label": value}))
        assert isinstance(decoded, Event)
        assert decoded.y == (Rejection("label_value", "label", "a") if y is None else y)
    if role in ("labels", "both"):
        decoded = decoder.decode(record({"type": "label", **event("a"), "label": value}))
        assert decoded == Rejection("label_value", "label") if y is None else decoded.y == y
        assert isinstance(decoded, Rejection if y is None else Label)


def test_a_label_that_is_null_is_not_known_yet():
    decoded: Any = EventDecoder(FieldMapping(), NAMES).decode(record({**event("a"), "label": None}))
    assert decoded.y is None


def test_the_usual_labels_mean_nothing_beside_names():
    decoder = LabelDecoder(FieldMapping(), ("normal", "dos"))
    for value in (0, 1, "0", "1", True, False):
        assert isinstance(decoder.decode(record({**event("a"), "label": value})), Rejection)


@pytest.mark.parametrize("name", ["positive", "negative"])
def test_positive_and_negative_do_not_go_with_names(name):
    mapping = FieldMapping(positive=("dos",)) if name == "positive" else FieldMapping(negative=("dos",))
    for decoder in DECODERS.values():
        with pytest.raises(ValueError, match=rf"{name}=\('dos',\): there are classes by name"):
            decoder(mapping, NAMES)


@given(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_what_is_decoded_is_a_name_or_nothing(value):
    decoded = LabelDecoder(FieldMapping(), NAMES).decode(
        record({**event("a"), "label": json.loads(json.dumps(value))})
    )
    assert isinstance(decoded, Rejection) or (decoded is not None and decoded.y in NAMES)
