"""Detectors of labelled scores on streams whose change is known; `make truth` has more seeds and River's beside."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.drift_streams import daily_rate
from streamimb import drift
from tests.drift.watched import names


def test_the_default_names_what_moved_and_is_silent_where_nothing_does() -> None:
    """Of 4 seeds each: no false alarm in 40,000 events at 1 %, and every alarm has the right name."""
    delays: dict[str, list[int]] = {}
    for seed in range(4):
        assert names(drift.ClassConditionalDrift, "quiet", seed) == []
        for kind, right in (("prior", "prior"), ("hard", "rare concept"), ("like", "common concept")):
            found = names(drift.ClassConditionalDrift, kind, seed)
            assert {name for _, name in found} == {right}
            assert len(found) == 1
            delays.setdefault(kind, []).append(found[0][0])
    assert min(map(min, delays.values())) > 0
    assert statistics.median(delays["prior"]) <= 1_500
    assert max(delays["hard"]) <= 10_000
    assert statistics.median(delays["like"]) <= 5_000


def test_a_rise_below_the_least_ratio_is_an_alarm_only_where_the_scores_prove_too_high() -> None:
    found = [names(lambda: drift.ClassConditionalDrift(least_ratio=2.0), "like", seed) for seed in range(6)]
    assert [name for alarms in found for _, name in alarms] == ["common concept"] * 6
    assert all(t > 0 for alarms in found for t, _ in alarms)


def test_scores_that_rise_and_stay_right_are_no_alarm_below_the_least_ratio() -> None:
    """From the middle on the model ranks worse, so that False events score higher; all scores are right."""
    small = dict.fromkeys((1.0, 2.0), 0)
    for seed in range(6):
        rng = random.Random(seed)
        detectors = {least: drift.ClassConditionalDrift(least_ratio=least) for least in small}
        for i in range(40_000):
            p = rng.betavariate(0.3, 29.7) if i < 20_000 else rng.betavariate(1.0, 99.0)
            y = rng.random() < p
            for least, detector in detectors.items():
                detector.update(y, p)
                small[least] += detector.drift_detected
    assert small[1.0] >= 4
    assert small[2.0] <= 1  # by chance in 4 of 91


@pytest.mark.parametrize(("a_day", "swing"), [(40_000, 0.7), (20_000, 1.0)])
def test_a_daily_base_rate_that_the_scores_expect_is_no_alarm_with_the_option(
    a_day: int, swing: float
) -> None:
    """Calibrated scores that know the hour: the prior was an alarm twice a day, with no option against it."""
    for seed in range(3):
        stream = daily_rate(seed, 200_000, a_day, swing)
        raised = dict.fromkeys((False, True), 0)
        for expected in raised:
            detector = drift.ClassConditionalDrift(least_ratio=2.0, expected=expected)
            for y, p in zip(stream.y.tolist(), stream.p.tolist(), strict=True):
                detector.update(y, p)
                raised[expected] += any(alarm.name == "prior" for alarm in detector.alarms)
        assert raised[False] >= 1.5 * 200_000 / a_day
        assert raised[True] == 0
        scores, found = drift.ScoreDrift(half_life=a_day, least_ratio=1.5, psi=0.5), 0
        for p in stream.p.tolist():
            scores.update(p)
            found += scores.drift_detected
        assert found == 0


@pytest.mark.parametrize(("kind", "within"), [("prior", 1_500), ("tenfold", 500)])
def test_a_prior_that_the_scores_do_not_expect_is_found_as_soon_with_the_option(
    kind: str, within: int
) -> None:
    found = [
        names(lambda: drift.ClassConditionalDrift(least_ratio=2.0, expected=True), kind, seed)
        for seed in range(6)
    ]
    assert all(alarms[0][1] == "prior" for alarms in found)
    assert min(alarms[0][0] for alarms in found) > 0
    assert statistics.median(alarms[0][0] for alarms in found) <= within


@pytest.mark.parametrize("rate", [0.001, 0.01])
def test_a_tenfold_base_rate_is_found_within_a_minute_at_50_events_a_second(rate: float) -> None:
    for seed in range(2):
        found = names(drift.ClassConditionalDrift, "tenfold", seed, rate=rate)
        assert found[0][1] == "prior"
        assert 0 < found[0][0] <= 3_000


def test_the_default_has_at_most_one_false_alarm_in_a_million_quiet_events() -> None:
    assert len(names(drift.ClassConditionalDrift, "quiet", 50, n=1_000_000)) <= 1


def test_more_hits_and_fewer_false_alarms_raise_no_alarm() -> None:
    detector = drift.ClassConditionalDrift()
    for i in range(60_000):
        y, better = i % 50 == 0, i >= 30_000
        detector.update(y, (0.9 if better or i % 100 == 0 else 0.02) if y else (0.001 if better else 0.05))
        assert not detector.drift_detected
    assert detector.levels[1] > 0.8


def test_the_threshold_follows_the_prior_after_its_alarm() -> None:
    detector = drift.ClassConditionalDrift(odds_ratio=10.0)
    for i in range(20_000):
        detector.update(i % 100 == 0, 0.01)
    before = detector.levels[3]
    for i in range(20_000):
        detector.update(i % 10 == 0, 0.01)
    assert before == pytest.approx(10 / 99 / (1 + 10 / 99), rel=0.1)
    assert detector.levels[3] == pytest.approx(10 / 9 / (1 + 10 / 9), rel=0.1)


def test_calibration_drift_says_in_which_direction() -> None:
    for seed in range(3):
        assert names(drift.CalibrationDrift, "quiet", seed) == []
        found = names(drift.CalibrationDrift, "prior", seed)
        assert found[0][1] == "scores too low"
        assert 0 < found[0][0] <= 5_000
    silent = drift.CalibrationDrift()
    for i in range(20_000):
        silent.update(False, 0.01)
        if silent.drift_detected:
            assert silent.alarm is not None
            assert silent.alarm.name == "scores too high"
            assert i < 5_000
            return
    raise AssertionError("no True event in 20,000 at 1 % raises no alarm")


@pytest.mark.parametrize(
    ("kind", "change"), [(drift.DDMOCI, "hard"), (drift.LFR, "prior"), (drift.PAUCPageHinkley, "hard")]
)
def test_published_detectors_with_refitted_limits_have_no_false_alarm_and_find_it(
    kind: Callable[[], Any], change: str
) -> None:
    for seed in range(2):
        assert names(kind, "quiet", seed) == []
    found = [names(kind, change, seed) for seed in range(2)]
    assert all(alarms and alarms[0][0] > 0 for alarms in found)


WEIGHTED = (drift.LFR, drift.DDMOCI, drift.CalibrationDrift, drift.ClassConditionalDrift)


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize("weight", ["constant", "of two sizes", "rarely large"])
def test_weights_cause_no_false_alarms(kind: Callable[[], Any], weight: str) -> None:
    found = 0
    for seed in (1, 2):
        rng, detector = random.Random(seed), kind()
        for _ in range(15_000):
            p = rng.betavariate(0.5, 49.5)
            large = rng.random() < {"constant": 1.0, "of two sizes": 0.5, "rarely large": 0.02}[weight]
            detector.update(rng.random() < p, p, 50.0 if large else 1.0)
            found += detector.drift_detected
    assert found == 0


@pytest.mark.parametrize("kind", WEIGHTED)
def test_a_constant_weight_changes_no_alarm(kind: Callable[[], Any]) -> None:
    said: list[list[tuple[int, str]]] = []
    for w in (1.0, 8.0):
        rng, detector = random.Random(3), kind()
        said.append([])
        for i in range(30_000):
            p = rng.betavariate(0.5, 49.5)
            detector.update(rng.random() < (p if i < 15_000 else min(1.0, 4.0 * p)), p, w)
            if detector.drift_detected:
                said[-1].append((i, detector.alarm.name))
    assert said[0] == said[1]
    assert said[0][0][0] > 15_000


def test_the_published_limits_of_ddm_oci_alarm_all_the_time_at_1_percent() -> None:
    published = names(lambda: drift.DDMOCI(decay=0.9, limit=3.0), "quiet", 0)
    assert len(published) >= 3


def test_prequential_auc_is_that_of_the_window() -> None:
    from sklearn.metrics import roc_auc_score

    detector = drift.PAUCPageHinkley(window=300)
    seen: list[tuple[bool, float]] = []
    for i in range(2_000):
        y, p = i * 7 % 13 == 0, (i * i % 101) / 100
        detector.update(y, p)
        seen.append((y, p))
        if i > 20 and i % 97 == 0:
            ys, ps = zip(*seen[-300:], strict=True)
            assert detector.auc == pytest.approx(roc_auc_score(ys, ps), abs=1e-12)
