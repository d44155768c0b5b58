"""The guard before a classifier: no value that is not trusted changes any later probability by a bit."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.engine import snapshot
from tests.compose.guards import GUARDS, clean, numbers_only, without, x_with


def rejected_everywhere(guard, bad, reason: str | None) -> None:
    """Scored, not learned, counted; and every later probability as without it, bit for bit."""
    twin = copy.deepcopy(guard)
    checked = guard.check_one(bad)
    assert not checked.learnable
    assert checked.scorable
    assert reason is None or reason in checked.reasons
    p = guard.predict_proba_one(bad)[True]
    assert 0.0 < p < 1.0
    assert p == guard.predict_proba_one(checked.x)[True]
    for y in (True, False, True):
        assert guard.score_learn_one(bad, y).calibrated == p
        guard.learn_one(bad, y)
    if reason is not None:
        assert guard.counts[reason] >= 6
    for x, y in clean(60, 99):
        assert guard.predict_proba_one(x) == twin.predict_proba_one(x)
        assert guard.scores_one(x) == twin.scores_one(x)
        guard.learn_one(x, y)
        twin.learn_one(x, y)
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(twin.classifier)


FAULTS = {
    "fault_12_nan": (x_with(amount=math.nan), "nan:amount"),
    "fault_13_inf": (x_with(amount=math.inf), "inf:amount"),
    "fault_13_minus_inf_where_nullable": (x_with(age=-math.inf), "inf:age"),
    "fault_14_1e308": (x_with(amount=1e308), "too_large:amount"),
    "fault_14_1e18": (x_with(age=-1e18), "too_large:age"),
    "fault_15_none": (x_with(amount=None), "missing:amount"),
    "fault_15_absent": (without("amount"), "missing:amount"),
    "fault_16_string_for_a_number": (x_with(amount="12"), "type:amount"),
    "fault_16_number_for_a_string": (x_with(country=47), "type:country"),
    "fault_16_list": (x_with(amount=[1.0]), "type:amount"),
    "fault_17_bool_for_a_number": (x_with(amount=True), "type:amount"),
    "fault_18_thirty_digits": (x_with(amount=10**30), "too_large:amount"),
    "fault_18_four_hundred_digits": (x_with(amount=-(10**400)), "too_large:amount"),
    "fault_20_negative_amount": (x_with(amount=-1.0), "bounded:amount"),
    "too_long": (x_with(country="x" * 10_001), "too_long:country"),
    "two_at_once": (x_with(amount=math.nan, country=3, age=1e300), "too_large:age"),
}


@pytest.mark.parametrize(("bad", "reason"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", ["given", "bare"])
def test_rejected_by_a_schema_given(name, bad, reason):
    guard = GUARDS[name]()
    for x, y in clean(150, 1):
        guard.learn_one(x, y)
    rejected_everywhere(guard, bad, reason)


def learned_without(guard, bad, fields: set[str], reasons: tuple[str, ...]) -> None:
    """Scored and learned, bit for bit, as the event without these fields; and counted."""
    twin = copy.deepcopy(guard)
    lacking = {name: value for name, value in bad.items() if name not in fields}
    checked = guard.check_one(bad)
    assert (checked.x, checked.learnable, checked.scorable) == (lacking, True, True)
    assert checked.reasons == reasons
    assert guard.predict_proba_one(bad) == twin.predict_proba_one(lacking)
    for y in (True, False, True):
        guard.learn_one(bad, y)
        twin.learn_one(lacking, y)
    assert guard.counts == {**guard.counts, **dict.fromkeys(reasons, 3)}
    for x, y in clean(60, 99):
        assert guard.scores_one(x) == twin.scores_one(x)
        guard.learn_one(x, y)
        twin.learn_one(x, y)
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(twin.classifier)


def left_out(*reasons: str) -> tuple[str, ...]:
    return tuple(each for reason in reasons for each in (reason, f"left_out:{reason.partition(':')[2]}"))


WITHOUT: dict[str, tuple[dict[str, Any], set[str], tuple[str, ...]]] = {
    "nan": (x_with(amount=math.nan), {"amount"}, ()),
    "none": (x_with(amount=None), {"amount"}, ()),
    "absent": (without("amount"), {"amount"}, ()),
    "all_missing": (dict.fromkeys(x_with()), set(x_with()), ()),
    "inf": (x_with(amount=math.inf), {"amount"}, left_out("inf:amount")),
    "minus_inf": (x_with(age=-math.inf), {"age"}, left_out("inf:age")),
    "1e308": (x_with(amount=1e308), {"amount"}, left_out("too_large:amount")),
    "thirty_digits": (x_with(amount=10**30), {"amount"}, left_out("too_large:amount")),
    "four_hundred_digits": (x_with(amount=-(10**400)), {"amount"}, left_out("too_large:amount")),
    "string_for_a_number": (x_with(amount="12.50"), {"amount"}, left_out("type:amount")),
    "number_for_a_string": (x_with(country=47), {"country"}, left_out("type:country")),
    "bool_for_a_string": (x_with(country=True), {"country"}, left_out("type:country")),
    "two_for_a_bool": (x_with(member=2), {"member"}, left_out("type:member")),
    "string_for_a_bool": (x_with(member="yes"), {"member"}, left_out("type:member")),
    "list": (x_with(amount=[1.0]), {"amount"}, left_out("type:amount")),
    "dict": (x_with(country={"a": 1}), {"country"}, left_out("type:country")),
    "too_long": (x_with(country="x" * 10_001), {"country"}, left_out("too_long:country")),
    "three_at_once": (
        x_with(amount=[], country=3, age=1e300),
        {"amount", "country", "age"},
        left_out("type:amount", "too_large:age", "type:country"),
    ),
    "new_list": (x_with(new=[1]), {"new"}, ("unknown_field",)),
    "new_names": (x_with(new=1.0, newer="a"), {"new", "newer"}, ("unknown_field",)),
}


@pytest.mark.parametrize(("bad", "fields", "reasons"), WITHOUT.values(), ids=WITHOUT)
@pytest.mark.parametrize(("name", "before"), [("learned", 200), ("warming", 30)])
def test_an_inferred_schema_leaves_out_the_field_and_not_the_event(name, before, bad, fields, reasons):
    guard = GUARDS[name]()
    for x, y in clean(before, 2):
        guard.learn_one(x, y)
    assert (guard.schema_in_force is None) == (name == "warming")
    if "new" in bad:  # names are added by the second event that has them, and three are sent here
        assert guard.check_one(bad) == ({k: bad[k] for k in bad if k not in fields}, True, True, reasons)
        return
    learned_without(guard, bad, fields, reasons)


@pytest.mark.parametrize("before", [0, 50, 149, 150, 300])
@pytest.mark.parametrize("name", GUARDS)
@pytest.mark.parametrize(
    "x",
    [{f"f{i}": 1.0 for i in range(50_000)}, [1.0], None, "text", 3.0],
    ids=["50000", "list", "none", "text", "3"],
)
def test_fault_26_too_many_features_or_no_event_at_all(name, before, x):
    guard = GUARDS[name]()
    for event, y in clean(before, 1):
        guard.learn_one(event, y)
    state = snapshot.dumps(guard.classifier)
    checked = guard.check_one(x)
    assert (checked.x, checked.learnable, checked.scorable) == ({}, False, False)
    reason = "too_many_features" if isinstance(x, dict) else "not_a_dict"
    assert checked.reasons == (reason,)
    assert 0.0 < guard.predict_proba_one(x)[True] < 1.0
    guard.learn_one(x, True)
    assert guard.counts == {**guard.counts, reason: 1}
    assert snapshot.dumps(guard.classifier) == state


# ------------------------------------------------------------------ any stream of faults

bad_values = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e16, 10**30, 10**400, b"", (), [], {}]),
    st.floats(min_value=1e15, exclude_min=True),
    st.integers(min_value=10**15 + 1),
)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", ["given", "learned", "warming"])
def test_a_stream_with_faults_serves_what_the_stream_without_them_does(name, data):
    guard, without_them = GUARDS[name](), GUARDS[name]()
    for i, (x, y) in enumerate(clean(220, 5)):
        if data.draw(st.booleans() if i % 20 == 10 else st.just(False)):
            field = data.draw(st.sampled_from(["amount", "limit"]))
            bad = {**x, field: data.draw(bad_values)}
            lacking = {k: v for k, v in x.items() if k != field}
            assert 0.0 < guard.predict_proba_one(bad)[True] < 1.0
            assert guard.check_one(bad).learnable == (name != "given")
            guard.learn_one(bad, not y)
            if name != "given":  # learned as if the field were missing in it
                without_them.learn_one(lacking, not y)
        assert guard.predict_proba_one(x) == without_them.predict_proba_one(x)
        guard.learn_one(x, y)
        without_them.learn_one(x, y)
    assert guard.schema_in_force == without_them.schema_in_force
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(without_them.classifier)


def test_around_rivers_pipeline_too():
    guard, twin = numbers_only(), numbers_only()
    rng = random.Random(1)
    for i in range(600):
        y = rng.random() < 0.2
        x = {"amount": rng.expovariate(1) * (2 if y else 1), "limit": rng.gauss(100, 5)}
        for bad in (
            {"amount": math.nan},
            {"amount": math.inf, "limit": 1.0},
            {"amount": 10**400},
            {"amount": "x"},
        ):
            if i % 7 == 0:
                assert 0.0 <= guard.predict_proba_one(bad).get(True, 0.0) <= 1.0
                guard.learn_one(bad, True)
        assert guard.predict_proba_one(x) == twin.predict_proba_one(x)
        guard.learn_one(x, y)
        twin.learn_one(x, y)
