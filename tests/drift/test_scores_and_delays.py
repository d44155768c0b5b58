"""Detectors without labels: scores, and delays of labels."""

from __future__ import annotations

import random

import pytest

from streamimb import drift
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


@pytest.mark.parametrize(("times", "name"), [(3.0, "labels later"), (0.3, "labels sooner")])
def test_labels_that_come_later_or_sooner_are_named(times: float, name: str) -> None:
    rng, detector, found = random.Random(1), drift.LabelDelayDrift(), []
    for i in range(6_000):
        detector.update(rng.lognormvariate(8.0, 1.0) * (times if i >= 4_000 else 1.0))
        if detector.drift_detected:
            assert detector.alarm is not None
            found.append((i, detector.alarm))
    assert [alarm.name for _, alarm in found] == [name]
    assert 4_000 < found[0][0] < 4_500
    evidence = found[0][1].evidence
    assert evidence["after_s"] / evidence["before_s"] == pytest.approx(times, rel=0.3)


@pytest.mark.parametrize("delay", [-1.0, float("nan"), float("inf")])
def test_what_is_no_delay_is_refused(delay: float) -> None:
    with pytest.raises(ValueError, match="seconds from an event to its label"):
        drift.LabelDelayDrift().update(delay)
