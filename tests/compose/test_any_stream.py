"""Any stream at all without a schema: what reaches the classifier, and what one event can do to the rest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb import GuardedClassifier
from streamimb.engine import BothReported, Engine, snapshot
from streamimb.events import Event, Label, Score
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Recorder

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=4),
    st.sampled_from([10**400, -(10**20), "x" * 20, [], {}, [1], b"", (), 1j, "12.50", "nan", 0, 1]),
    st.floats(width=32).map(np.float32),
    st.booleans().map(np.bool_),
    st.text(max_size=3, alphabet="ab").map(np.str_),
)
names = st.one_of(
    st.sampled_from(["a", "b", "c", 0, 1, "a:b"]),
    st.text(max_size=3),
    st.integers(),
    st.tuples(st.integers()),
    st.none(),
    st.just("\ud800"),
    st.just("n" * 300),
)
events = st.one_of(
    st.dictionaries(names, values, max_size=8),
    st.dictionaries(st.sampled_from("abc"), values, max_size=3),
    st.sampled_from([None, [], 3.0]),
)
streams = st.lists(st.tuples(events, st.booleans()), max_size=60)
GOOD = {"a": 1.0, "b": "x", "c": True}


@settings(max_examples=150, deadline=None)
@given(stream=streams)
def test_whatever_comes_every_event_is_scored_and_learned(stream):
    """Only what is no event, or wider than max_features, is neither; and it costs itself alone."""
    engine = Engine(
        GuardedClassifier(LogisticRegression(), warm_up=20, max_features=6, max_text=10), BothReported()
    )
    refused = 0
    for i, (x, y) in enumerate(stream):
        answer = engine.on_event(Event(f"e{i}", 1.0 + i, x))
        engine.on_label(Label(f"e{i}", 1.0 + i, y))
        if not isinstance(x, dict) or len(x) > 6:
            refused += 1
            assert not isinstance(answer, Score)
        else:
            assert isinstance(answer, Score)
            assert 0.0 <= answer.p <= 1.0
    assert engine.counters["learned"] == len(stream) - refused
    assert engine.counters["unlearnable"] == 0
    assert engine.last_error == ""


@settings(max_examples=150, deadline=None)
@given(stream=streams)
def test_what_is_handed_over_is_clean_and_of_the_kind_in_force(stream):
    guard = GuardedClassifier(Recorder(), warm_up=20, max_features=6, max_text=10)
    types = {"number": (int, float), "string": (str,), "bool": (bool,)}
    for x, y in stream:
        fields = guard.inferred
        before = len(guard.classifier._given)
        checked = guard.check_one(x)
        guard.learn_one(x, y)
        for handed, _ in guard.classifier._given[before:]:
            assert handed == checked.x
            for name, value in handed.items():
                assert type(value) in (int, float, str, bool)
                assert not isinstance(value, float) or abs(value) <= 1e15
                assert not isinstance(value, str) or len(value) <= 10
                kind = fields.get(str(name), {"kind": "no value yet"})["kind"]
                assert kind == "no value yet" or type(value) in types[kind]


@settings(max_examples=100, deadline=None)
@given(stream=streams, cut=st.integers(0, 60))
def test_the_state_is_bounded_and_resumes_bit_for_bit(stream, cut):
    def fresh() -> GuardedClassifier:
        return GuardedClassifier(LogisticRegression(), warm_up=7, max_features=6, max_text=10)

    one, two = fresh(), fresh()
    for i, (x, y) in enumerate(stream):
        if i == cut:
            two = snapshot.loads(snapshot.dumps(two))
        one.learn_one(x, y)
        two.learn_one(x, y)
        state = one.__getstate__()["inferred"]
        assert max(len(state[names]) for names in ("fields", "younger", "older")) <= 6
        assert len(one.counts) <= 6 * 6 + 12
    assert snapshot.dumps(one) == snapshot.dumps(two)


@settings(max_examples=60, deadline=None)
@given(odd=st.lists(events, max_size=8), data=st.data())
def test_odd_events_after_the_warm_up_poison_nothing(odd, data):
    """The model is bit for bit what it is where the odd fields of those events are missing."""
    one, two = (GuardedClassifier(LogisticRegression(), warm_up=100, max_text=10) for _ in range(2))
    for i in range(200):
        for guard in (one, two):
            guard.learn_one({"a": math.sin(i), "b": "xyz"[i % 3], "c": i % 2 == 0}, i % 7 == 0)
    for x in odd:
        y = data.draw(st.booleans())
        fit = {k: v for k, v in x.items() if fits(k, v)} if isinstance(x, dict) else None
        if one.inferred.keys() != {"a", "b", "c"}:
            break  # a name that occurred twice is a field
        one.learn_one(x, y)
        if fit is not None:
            two.learn_one(fit, y)
    assert snapshot.dumps(one.classifier) == snapshot.dumps(two.classifier)


def fits(name: Any, value: Any) -> bool:
    """Whether this is a value of one of the fields a, b and c, or one that is equal to it."""
    if isinstance(value, np.generic):
        value = value.item()
    if name == "a":
        return isinstance(value, bool | int | float) and -1e15 <= value <= 1e15
    if name == "b":
        return isinstance(value, str) and len(value) <= 10
    return name == "c" and isinstance(value, bool | int | float) and value in (0, 1)
