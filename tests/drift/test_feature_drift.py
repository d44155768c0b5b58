"""Each fault of fields is one alarm with the right name and fields; a quiet stream has none."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.drift_streams import SEASONAL, seasonal_fields
from streamimb import drift
from tests.drift.watched import fed, payment

CHANGE = 13_000
WITHIN = 8_500  # the block in which the change falls, and the next one


def changed(change: Callable[[dict[str, Any], random.Random], Any], seed: int = 1) -> list[tuple[int, Any]]:
    rng = random.Random(seed)
    events = [payment(rng) for _ in range(CHANGE + WITHIN)]
    for x in events[CHANGE:]:
        change(x, rng)
    found = fed(drift.FeatureDrift(), events)
    assert all(i >= CHANGE for i, _ in found)
    return found


def only(found: list[tuple[int, Any]], name: str, fields: tuple[str, ...]) -> Any:
    assert [(alarm.name, alarm.fields) for _, alarm in found] == [(name, fields)]
    return found[0][1]


def test_a_quiet_stream_of_16_fields_has_no_alarm_in_100_000_events() -> None:
    rng = random.Random(2)
    pool = [payment(rng) for _ in range(20_000)]
    assert fed(drift.FeatureDrift(), (rng.choice(pool) for _ in range(100_000))) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_fault_22_a_field_that_vanishes_is_named(seed: int) -> None:
    alarm = only(changed(lambda x, rng: x.pop("x2"), seed), "vanished field", ("x2",))
    assert alarm.evidence["missing_before"] == 0.0
    assert alarm.evidence["missing_after"] == 1.0


def test_fault_22_a_missing_share_that_rises_is_named() -> None:
    found = changed(lambda x, rng: x.update(x3=None) if rng.random() < 0.3 else None)
    assert only(found, "missing share", ("x3",)).evidence["missing_after"] == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("field", ["amount", "country"])
def test_fault_23_a_renamed_field_is_one_alarm_with_both_names(field: str) -> None:
    only(changed(lambda x, rng: x.update(renamed=x.pop(field))), "renamed field", (field, "renamed"))


def test_fault_23_a_field_with_other_values_under_another_name_is_two_alarms() -> None:
    found = changed(lambda x, rng: x.update(other=x.pop("amount") * 0.0 + rng.gauss(0, 1)))
    assert {alarm.name for _, alarm in found} == {"vanished field", "new field"}


@pytest.mark.parametrize("factor", [100.0, 0.001, 60.0])
def test_fault_24_a_change_of_unit_is_named_with_its_factor(factor: float) -> None:
    found = changed(lambda x, rng: x.update(amount=factor * x["amount"]))
    assert only(found, "unit", ("amount",)).evidence["factor"] == pytest.approx(factor, rel=0.2)


def test_new_strings_and_moved_values_are_named() -> None:
    found = changed(lambda x, rng: x.update(country=rng.choice(["de", "es"]), x1=x["x1"] + 1.0))
    assert {(alarm.name, alarm.fields) for _, alarm in found} == {
        ("new values", ("country",)),
        ("values", ("x1",)),
    }


def test_the_fields_that_moved_most_come_first_and_at_most_five_are_named() -> None:
    def move(x: dict[str, Any], rng: random.Random) -> None:
        for i in range(1, 8):
            x[f"x{i}"] = None if rng.random() < 0.1 * i else x[f"x{i}"]

    found = changed(move)
    fields = [field for _, alarm in found for field in alarm.fields]
    assert fields[0] == "x7"
    assert all(len(alarm.fields) <= 5 for _, alarm in found)


def test_a_field_that_moves_all_the_time_is_left_alone_after_a_few_alarms() -> None:
    rng, detector = random.Random(3), drift.FeatureDrift()
    found = fed(detector, ({**payment(rng), "hour": float(i // 3_000)} for i in range(80_000)))
    assert {alarm.fields for _, alarm in found} == {("hour",)}
    assert len(found) <= 3
    assert found[-1][0] < 40_000
    (restless,) = [one.value for one in detector.readings() if one.name == "feature_drift_restless"]
    assert restless == 1.0


@pytest.mark.parametrize("a_day", [5_000, 20_000, 100_000])
@pytest.mark.parametrize("seed", range(3))
def test_a_field_that_depends_on_the_hour_raises_two_or_three_alarms_and_no_unit(
    a_day: int, seed: int
) -> None:
    """At 5,000 events a day two hours raised 51 alarms in 600,000 events, 49 of them of a unit."""
    found = fed(drift.FeatureDrift(), seasonal_fields(seed, 300_000, a_day))
    fields = [field for _, alarm in found for field in alarm.fields]
    assert set(fields) <= set(SEASONAL)
    assert all(fields.count(field) <= 3 for field in SEASONAL)
    assert {alarm.name for _, alarm in found} <= {
        "values",
        "new values",
        "missing share",
        "vanished field",
        "new field",
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_restless_field_in_another_unit_is_named(seed: int) -> None:
    detector = drift.FeatureDrift()
    events = list(seasonal_fields(seed, 140_000, 20_000))
    for x in events[120_000:]:
        x["amount"] *= 100.0  # type: ignore[operator]
    found = [(i, alarm) for i, alarm in fed(detector, events) if i >= 120_000]
    assert [(alarm.name, alarm.fields) for _, alarm in found] in (
        [("unit", ("amount",))],
        [("values", ("amount",))],  # at night amounts are higher too
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("factor", [1.6, 2.2, 3.3, 4.0, 7.0])
def test_an_ordinary_factor_of_a_wide_field_is_no_unit(factor: float, seed: int) -> None:
    """Its traffic may well have changed: a lognormal amount, and a count."""
    rng = random.Random(seed)
    names = set()
    detector = drift.FeatureDrift()
    for i in range(24_000):
        times = 1.0 if i < 12_000 else factor
        x = {
            "amount": rng.lognormvariate(3.0, 0.8) * times,
            "n": sum(rng.random() < 0.03 * times for _ in range(100)),
        }
        detector.update(x)
        names |= {alarm.name for alarm in detector.alarms}
    assert names == {"values"}


@pytest.mark.parametrize(
    ("factor", "name"), [(2.54, "unit"), (2.0, "values"), (1.609344, "unit"), (1.5, "values")]
)
def test_a_small_unit_is_one_where_it_is_exact(factor: float, name: str) -> None:
    for seed in range(3):
        rng, detector = random.Random(seed), drift.FeatureDrift()
        found = fed(
            detector,
            ({"height": rng.gauss(170.0, 9.0) * (1.0 if i < 12_000 else factor)} for i in range(24_000)),
        )
        assert [alarm.name for _, alarm in found] == [name]


def test_hostile_values_are_missing_and_more_fields_than_allowed_are_counted() -> None:
    detector = drift.FeatureDrift(every=1, block=50, max_fields=3)
    for i in range(500):
        detector.update(
            {"a": [float("nan"), 1e300, 10**400, object(), None][i % 5], (1, 2): 1.0, f"f{i}": 1.0}
        )
    (fields,) = [one.value for one in detector.readings() if one.name == "feature_drift_fields"]
    assert fields == 3.0
    with pytest.raises(ValueError, match="x is list: expected a dict"):
        detector.update([1])
