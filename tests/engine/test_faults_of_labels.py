"""Labels that stop, come in bursts, or come for chosen events alone, and scores that storm."""

from __future__ import annotations

import math
import random
import statistics
from typing import Any

import pytest

from streamimb import CalibratedClassifier, SampledClassifier, drift, linear_model, metrics
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported
from streamimb.events import Event, Label, Score

BASE = 0.02
TIMES = 12.0  # the usual share of positives, above which learning is paused


def engine_of(labels: LabelPolicy | None = None, **detectors: Any) -> Engine:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return Engine(model, labels or BothReported(), detectors=detectors)


def features(i: int) -> tuple[dict[str, Any], bool]:
    rng = random.Random(i)
    y = rng.random() < BASE
    return {"speed": rng.gauss(2.0 * y, 1.0), "amount": rng.lognormvariate(3.0, 1.0)}, y


def event(engine: Engine, i: int, t: float | None = None, y: bool | None = None) -> float:
    said = engine.on_event(Event(f"e{i}", float(i) if t is None else t, features(i)[0], y))
    assert isinstance(said, Score)
    return said.p


def labelled(engine: Engine, first: int, n: int, lag: int = 20, only_positives: bool = False) -> None:
    """An event a second, each with its label `lag` seconds later."""
    for i in range(first, first + n):
        event(engine, i)
        y = features(i - lag)[1]
        if i >= lag and (y or not only_positives):
            engine.on_label(Label(f"e{i - lag}", float(i), y))


def mean_score(engine: Engine, first: int) -> float:
    """Of 200 events."""
    return sum(event(engine, i, 4_000.5) for i in range(first, first + 200)) / 200


def read(engine: Engine, name: str) -> Any:
    return next(reading.value for reading in engine.readings() if reading.name == name)


def alarms(engine: Engine) -> list[str]:
    return [alarm.name for alarm in engine.take_alarms()]


def test_fault_44_only_negatives_leave_p_above_0_and_show_an_upper_bound() -> None:
    engine = engine_of()
    for i in range(6_000):
        event(engine, i, y=features(i)[1])
    with_positives = read(engine, "prior")
    for i in range(6_000, 36_000):
        p = event(engine, i, y=False)
        assert 0.0 < p < 1.0
    prior = read(engine, "prior")
    assert 0.0 <= prior["low"] <= prior["value"] < prior["high"] < with_positives["high"]
    assert all(math.isfinite(value) for value in prior.values())


def test_fault_34_the_interval_of_the_prior_widens_while_nothing_comes() -> None:
    engine = engine_of()
    for i in range(6_000):
        event(engine, i, y=features(i)[1])
    p = event(engine, 6_000)
    before, base_rate = read(engine, "prior"), read(engine, "base_rate")
    engine.pass_time(86_400.0)
    engine.on_silence(86_400.0)
    after = read(engine, "prior")
    assert after["value"] == before["value"]
    assert after["low"] < 0.8 * before["low"]
    assert after["high"] > 1.5 * before["high"]
    assert read(engine, "base_rate") == base_rate
    assert engine.on_event(Event("again", 6_001.0, features(6_000)[0])).p == p  # type: ignore[union-attr]
    (alarm,) = engine.take_alarms()
    assert (alarm.source, alarm.name, alarm.evidence) == ("engine", "silence", {"seconds": 86_400.0})


@pytest.mark.parametrize("inline", [True, False])
def test_fault_46_a_burst_of_positives_is_not_learned_and_scoring_goes_on(inline: bool) -> None:
    engine = engine_of()
    for i in range(4_000):
        event(engine, i, y=features(i)[1])
    engine.take_alarms()
    learned = engine.counters["learned_positive"]
    burst = range(10_000, 20_000)
    for i in burst:  # within a second
        t = 4_001.0 + (i - 10_000) / 10_000
        event(engine, i, t, True if inline else None)
        if not inline:
            engine.on_label(Label(f"e{i}", t, True))
    taught = engine.counters["learned_positive"] - learned
    # A bucket of 12 that gains twelve times the usual share with each label is empty after 12 / (1 - 12 * share)
    assert (
        12 <= taught <= 12.0 / (1.0 - TIMES * 1.5 * BASE) + 1.0
    )  # 1.5: three standard errors of 80 positives
    assert engine.counters["passed_over"] == 10_000 - taught
    assert "learning_paused" in engine.degraded
    assert "learning paused" in alarms(engine)
    # The breaker lets nobody learn more than twelve times the usual share, so nobody is served more than that
    assert mean_score(engine, 60_000) <= TIMES * BASE
    version = engine.model_version
    for i in range(20_000, 20_400):
        event(engine, i, 4_003.0 + i, features(i)[1])
    assert "learning_paused" not in engine.degraded
    assert engine.model_version > version
    assert mean_score(engine, 70_000) <= 2.0 * BASE  # 400 ordinary labels later


def test_a_change_that_lasts_is_learned() -> None:
    engine = engine_of()
    for i in range(4_000):
        event(engine, i, y=features(i)[1])
    for i in range(4_000, 16_000):
        event(engine, i, y=i % 10 < 7)
    assert engine.counters["passed_over"] >= 9_900
    assert "learning_paused" not in engine.degraded
    assert engine.counters["learned_positive"] > 700


def test_a_tenfold_rise_is_learned_at_once() -> None:
    engine = engine_of()
    for i in range(4_000):
        event(engine, i, y=features(i)[1])
    for i in range(4_000, 8_000):
        event(engine, i, y=features(i)[1] or random.Random(f"more {i}").random() < 0.2)
    assert engine.counters["passed_over"] == 0


def test_fault_49_labels_that_stop_are_late_and_the_prior_is_that_of_the_scores() -> None:
    engine = engine_of(delay=drift.LabelDelayDrift())
    labelled(engine, 0, 10_000)
    assert read(engine, "prior_provisional") == 0.0
    for i in range(10_000, 12_000):
        event(engine, i)
    assert "labels_overdue" in engine.degraded
    assert "labels overdue" in alarms(engine)
    assert read(engine, "prior_provisional") == 1.0
    prior = read(engine, "prior")
    assert prior["value"] == read(engine, "prior_of_scores")
    assert prior["low"] <= prior["value"] <= prior["high"]
    for i in range(10_000, 12_000):  # all at once, 1,000 seconds and more too late
        engine.on_label(Label(f"e{i}", 12_000.0, features(i)[1]))
    labelled(engine, 12_000, 300)
    assert "labels_overdue" not in engine.degraded
    assert read(engine, "prior_provisional") == 0.0


def test_fault_49_without_labels_the_prior_stays_near_the_truth_where_nothing_else_changed() -> None:
    """The median of the streams is within 2.5 of the truth, as far as the prior may be off after a jump.

    It is no bound of a single stream: two of ten are outside (docs/drift.md). If the mean score is wrong by a share
    c, the estimate is wrong by c / R2, R2 the share of the variance of labels that scores explain, here .1 to .3. The
    interval has the truth in each.
    """
    found = []
    for first in range(0, 500_000, 100_000):
        engine = engine_of()
        labelled(engine, first, 10_000)
        for i in range(first + 10_000, first + 12_000):
            event(engine, i)
        prior = read(engine, "prior")
        assert read(engine, "prior_provisional") == 1.0
        assert prior["low"] <= BASE <= prior["high"]
        found.append(prior["value"])
    assert BASE / 2.5 < statistics.median(found) < 2.5 * BASE


def test_fault_49_events_that_end_while_labels_are_late_are_no_negatives() -> None:
    engine = engine_of(PositivesReported(window_s=1_000.0))
    labelled(engine, 0, 8_000, only_positives=True)
    assert engine.counters["immature"] == 0
    for i in range(8_000, 16_000):
        event(engine, i)
    negatives = engine.counters["learned"] - engine.counters["learned_positive"]
    overdue = engine.counters["immature"]
    assert overdue > 5_000
    assert "labels_overdue" in engine.degraded
    for i in range(16_000, 17_000):
        event(engine, i)
    assert engine.counters["learned"] - engine.counters["learned_positive"] == negatives
    labelled(engine, 17_000, 3_000, only_positives=True)
    assert "labels_overdue" not in engine.degraded
    assert engine.counters["learned"] > negatives + 1_000


def test_labels_that_come_once_a_day_are_not_late() -> None:
    engine = engine_of()
    for day in range(5):
        for i in range(2_000 * day, 2_000 * (day + 1)):
            event(engine, i)
            assert "labels_overdue" not in engine.degraded
        for i in range(2_000 * day, 2_000 * (day + 1)):
            engine.on_label(Label(f"e{i}", 2_000.0 * (day + 1), features(i)[1]))


def test_fault_50_labels_for_alerts_alone_are_a_biased_sample() -> None:
    engine = engine_of(BothReported(ttl_s=5_000.0))
    labelled(engine, 0, 3_000)
    assert engine.degraded == {}
    for i in range(3_000, 12_000):
        p = event(engine, i)
        if p > 0.05:
            engine.on_label(Label(f"e{i}", float(i), features(i)[1]))
    told = engine.degraded["biased_sample"]
    assert "% of the events are labelled, and their mean probability is" in told
    (alarm,) = [alarm for alarm in engine.take_alarms() if alarm.name == "biased sample"]
    assert alarm.evidence["ratio"] > 2.0
    assert alarm.evidence["share"] < 0.5
    assert alarm.sentence.count("biased sample") == 1


def test_alarms_of_the_engine_have_the_numbers_of_their_sentences_as_evidence() -> None:
    engine = engine_of()
    labelled(engine, 0, 10_000)
    for i in range(10_000, 12_000):
        event(engine, i)
    (alarm,) = [alarm for alarm in engine.take_alarms() if alarm.name == "labels overdue"]
    assert alarm.evidence["events"] > alarm.evidence["limit"] > 0.0
    assert f"the last {alarm.evidence['events']:,.0f} events" in alarm.look_at


def test_labels_for_a_random_sample_are_not_biased() -> None:
    engine = engine_of(BothReported(ttl_s=50_000.0))
    for i in range(12_000):
        event(engine, i)
        if i % 5 == 0:
            engine.on_label(Label(f"e{i}", float(i), features(i)[1]))
    assert "biased_sample" not in engine.degraded


def test_measured_stands_beside_expected() -> None:
    engine = engine_of()
    labelled(engine, 0, 10_000)
    for side in ("expected", "labelled", "measured"):
        found = read(engine, "provisional_rate")[side]
        assert 0.01 < found["low"] < found["value"] < found["high"] < 0.035
    for i in range(10_000, 11_000):  # before their labels
        event(engine, i)
    sides = read(engine, "provisional_rate")
    assert sides["expected"] != sides["labelled"]
    assert all(abs(error) < 4.0 for error in read(engine, "provisional_error").values())


def test_the_expected_cost_of_a_metric_of_the_user_comes_before_labels() -> None:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    cost = metrics.ExpectedPerformance(threshold=0.1, miss=100.0, review=1.0)
    engine = Engine(model, BothReported(ttl_s=50_000.0), metrics={"budget": cost})
    labelled(engine, 0, 4_000)
    before, n = read(engine, "budget_provisional_cost"), cost.expected().positives.value
    for i in range(4_000, 5_000):
        event(engine, i)
    after = read(engine, "budget_provisional_cost")
    assert after["expected"] != before["expected"]
    assert repr(after["measured"]) == repr(before["measured"])
    assert cost.expected().positives.value > n
    assert 0.0 < after["expected"]["value"] < 3.0


@pytest.mark.parametrize("regime", [BothReported(), PositivesReported(window_s=300.0)])
def test_a_restart_keeps_overdue_labels_and_a_pause_of_learning(regime: LabelPolicy) -> None:
    def end(engine: Engine) -> None:
        for i in range(7_050, 7_400):
            event(engine, i, y=i % 2 == 0 if regime.learns_at_label else None)

    whole = engine_of(regime, scores=drift.ScoreDrift())
    labelled(whole, 0, 4_000, only_positives=not regime.learns_at_label)
    for i in range(4_000, 7_000):
        event(whole, i)
    assert "labels_overdue" in whole.degraded
    for i in range(7_000, 7_050):
        event(whole, i, y=True if regime.learns_at_label else None)
    assert whole.counters["passed_over"] > 10 or whole.counters["immature"] > 100
    rows = {key: row for key, row in whole.take_changes().items() if row is not None}
    again = engine_of(regime, scores=drift.ScoreDrift())
    again.restore(whole.snapshot(), rows)
    assert again.snapshot() == whole.snapshot()
    end(whole)
    end(again)
    assert again.snapshot() == whole.snapshot()
    assert again.counters == whole.counters
