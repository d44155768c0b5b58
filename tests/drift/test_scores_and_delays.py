"""Detectors without labels: scores, and delays of labels."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from benchmarks.drift_streams import LABELS, label_delays
from streamimb import drift
from streamimb.events import Alarm
from tests.drift.watched import names


def test_scores_that_rise_tenfold_are_found_and_quiet_ones_are_not() -> None:
    for seed in range(2):
        assert names(drift.ScoreDrift, "quiet", seed) == []
        found = names(drift.ScoreDrift, "tenfold", seed)
        assert found[0][1] == "scores rose"
        assert 0 < found[0][0] <= 6_000


def test_scores_that_fall_are_found_until_they_are_the_reference() -> None:
    rng, detector, found = random.Random(1), drift.ScoreDrift(), []
    for i in range(80_000):
        detector.update(rng.betavariate(1, 49 if i < 40_000 else 199))
        if detector.drift_detected:
            found.append((i, detector.alarms[0].name))
    assert {name for _, name in found} == {"scores fell"}
    assert len(found) <= 3
    assert 40_000 < found[0][0] < 43_000


def test_another_shape_at_the_same_mean_is_seen_by_the_psi_only() -> None:
    rng, detector, found = random.Random(1), drift.ScoreDrift(), []
    for i in range(60_000):
        detector.update(rng.betavariate(1, 19) if i < 30_000 else rng.betavariate(40, 760))
        if detector.drift_detected:
            found.append((i, detector.alarms[0].name))
    assert [name for _, name in found] == ["score distribution"]
    assert found[0][0] > 30_000


def test_three_times_the_positives_under_the_same_scorer_move_the_psi_by_little() -> None:
    from benchmarks.drift_streams import change

    detector = drift.ScoreDrift()
    for p in change("prior", 0).p.tolist():
        detector.update(p)
    (psi,) = [reading.value for reading in detector.readings() if reading.name == "score_psi"]
    assert isinstance(psi, float)
    assert psi < 0.05


def labels_of(
    seed: int, n: int, mean: float, times: float = 1.0, at: int = 0, step: float = 1.0
) -> list[tuple[float, float, float]]:
    """(arrival, delay, time of the event) of each label, in the order of arrival: an event every `step` seconds."""
    rng = random.Random(seed)
    drawn = [rng.expovariate(1.0 / mean) * (times if i >= at else 1.0) for i in range(n)]
    return sorted((step * i + delay, delay, step * i) for i, delay in enumerate(drawn))


def alarms_of(labels: Iterable[tuple[float, float, float]]) -> list[tuple[float, Alarm]]:
    detector, found = drift.LabelDelayDrift(), []
    for now, delay, t in labels:
        detector.update(delay, t)
        found += [(now, alarm) for alarm in detector.alarms]
    return found


@pytest.mark.parametrize(
    ("times", "name", "soon"),
    [(100.0, "labels later", 60_000.0), (3.0, "labels later", 5_000.0), (0.3, "labels sooner", 5_000.0)],
)
def test_labels_that_come_later_or_sooner_are_named(times: float, name: str, soon: float) -> None:
    """In the third day: the first one shows whether delays depend on the hour."""
    found = alarms_of(labels_of(1, 260_000, 600.0, times, at=180_000))
    assert [alarm.name for _, alarm in found] == [name]
    assert 180_000.0 < found[0][0] < 180_000.0 + soon
    evidence = found[0][1].evidence
    ratio = evidence["after_s"] / evidence["before_s"]
    assert (ratio > 1.5) is (times > 1.0)
    assert ratio == pytest.approx(times, rel=0.5) or times > evidence["within_s"] / 600.0 / 2.0


@pytest.mark.parametrize("step", [1.0, 120.0])
@pytest.mark.parametrize("mean", [600.0, 3_600.0, 86_400.0])
def test_stationary_delays_raise_no_alarm_at_a_start_in_a_pause_or_at_an_end(
    mean: float, step: float
) -> None:
    """In the order of arrival a start has short delays only, and an end long ones: 4 of 4 streams had alarms."""
    for seed in range(2):
        labels = labels_of(seed, 15_000, mean, step=step)
        assert alarms_of(labels) == []  # to the last label, when there is no event for a long time
        paused = [(now + 9 * mean, delay, t + 9 * mean * (t > 7_000.0 * step)) for now, delay, t in labels]
        assert alarms_of(sorted((t + delay, delay, t) for _, delay, t in paused)) == []


def test_delays_of_two_kinds_are_no_change_when_the_long_ones_come_for_the_first_time() -> None:
    rng = random.Random(1)
    drawn = [
        rng.random() * 60.0 if rng.random() < 0.7 else 600.0 * (5.0 + rng.random()) for _ in range(20_000)
    ]
    assert alarms_of(sorted((i + delay, delay, float(i)) for i, delay in enumerate(drawn))) == []


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize(("a_day", "days"), [(1_440, 40), (5_000, 20), (20_000, 8)])
def test_delays_that_depend_on_the_hour_raise_no_alarm(kind: str, a_day: int, days: int) -> None:
    """Of labels in batches and in office hours 1 in 1,000 raised one."""
    for seed in range(3):
        assert alarms_of((t + delay, delay, t) for delay, t in label_delays(kind, seed, days, a_day)) == []


@pytest.mark.parametrize(
    ("kind", "later"), [("at night", 10.0), ("office hours", 3.0), ("office hours", 10.0)]
)
def test_labels_that_come_later_at_each_hour_are_named(kind: str, later: float) -> None:
    """From the morning of day 28 on: a batch nine hours later, or an hour of work that takes longer."""
    for seed in range(3):
        labels = label_delays(kind, seed, 50, 1_440, later, at=28.5)
        found = alarms_of((t + delay, delay, t) for delay, t in labels)
        assert [alarm.name for _, alarm in found] == ["labels later"]
        assert 28.5 < found[0][0] / 86_400.0 < 32.0


def test_labels_are_kept_as_sums() -> None:
    detector, found = drift.LabelDelayDrift(), []
    rng = random.Random(1)
    drawn = [rng.expovariate(0.1) * (3.0 if i >= 400_000 else 1.0) for i in range(500_000)]
    for _, delay, t in sorted((i / 2.0 + delay, delay, i / 2.0) for i, delay in enumerate(drawn)):
        detector.update(delay, t)
        found += [alarm.name for alarm in detector.alarms]
    assert found == ["labels later"]
    assert len(detector.__getstate__()["_slots"]["slots"]) == 24 * 1024


@pytest.mark.parametrize("delay", [-1.0, float("nan"), float("inf")])
def test_what_is_no_delay_is_refused(delay: float) -> None:
    with pytest.raises(ValueError, match="seconds from an event to its label"):
        drift.LabelDelayDrift().update(delay, 0.0)


@pytest.mark.parametrize("t", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_time_is_refused(t: float) -> None:
    with pytest.raises(ValueError, match="time of the event"):
        drift.LabelDelayDrift().update(1.0, t)
