"""A decision rule in the engine: which scores are acted on, why, and what a restart keeps."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from river import naive_bayes, preprocessing

from streamimb import (
    CalibratedClassifier,
    SampledClassifier,
    ThresholdedClassifier,
    decision,
    linear_model,
    metrics,
)
from streamimb.engine import BothReported, Counters, Deciding, Engine, Settings
from streamimb.engine.decided import Decided
from streamimb.events import DecidedScore, Event, Label


def engine_of(rule: Any, top: int = 0, codes: dict[str, str] | None = None) -> Engine:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return Engine(model, BothReported(), deciding=Deciding(rule, top, codes))


def stream(n: int, seed: int = 1) -> list[tuple[dict[str, float], bool]]:
    rng = random.Random(seed)
    found = []
    for _ in range(n):
        y = rng.random() < 0.02
        found.append(
            (
                {
                    "speed": rng.gauss(2.5 * y, 1.0),
                    "amount": rng.lognormvariate(3.0, 1.0),
                    "noise": rng.random(),
                },
                y,
            )
        )
    return found


def run(engine: Engine, data: list[tuple[dict[str, Any], bool]], first: int = 0) -> list[DecidedScore]:
    """Scores of events, one a second, each labelled ten events later."""
    scores: list[DecidedScore] = []
    for i, (x, _) in enumerate(data, first):
        said = engine.on_event(Event(f"e{i}", float(i), dict(x)))
        assert isinstance(said, DecidedScore)
        scores.append(said)
        if i - first >= 10:
            engine.on_label(Label(f"e{i - 10}", float(i), data[i - first - 10][1]))
    return scores


def test_scores_say_whether_they_are_acted_on():
    engine = engine_of(decision.AlertBudget(share=0.05))
    scores = run(engine, stream(6_000))
    assert all(score.acted is (score.p >= score.threshold) for score in scores)
    acted = sum(score.acted for score in scores)
    assert acted / 6_000 == pytest.approx(0.05, abs=0.005)
    assert engine.counters["acted"] == acted
    assert {reading.name for reading in engine.readings()} >= {"acted", "budget_threshold"}


def test_costs_are_read_from_the_features_of_the_event():
    engine = engine_of(decision.CostThreshold(miss="amount", false_alarm=5.0))
    for score, (x, _) in zip(run(engine, stream(500)), stream(500), strict=True):
        assert score.threshold == pytest.approx(5.0 / (5.0 + x["amount"]))


def test_actions_are_explained_by_the_features_that_add_most():
    engine = engine_of(decision.AlertBudget(share=0.05), top=2, codes={"speed": "R01"})
    scores = run(engine, stream(4_000))
    late = [score for score in scores[2_000:] if score.acted]
    assert len(late) > 50
    assert sum(score.because[:1] == ("R01",) for score in late) > 0.9 * len(late)
    assert all(len(score.because) <= 2 for score in late)
    assert all(score.because == () for score in scores if not score.acted)


def test_features_that_a_transformer_made_count_for_their_field():
    model = SampledClassifier(preprocessing.OneHotEncoder() | linear_model.LogisticRegression(), seed=1)
    engine = Engine(
        model, BothReported(), deciding=Deciding(decision.AlertBudget(share=0.05), 3, {"shop": "R02"})
    )
    rng, data = random.Random(3), []
    for _ in range(3_000):
        y = rng.random() < 0.05
        data.append(({"country": "fr" if y or rng.random() < 0.05 else "de", "shop": rng.choice("abc")}, y))
    late = [score for score in run(engine, data)[1_000:] if score.acted]
    assert len(late) > 50
    assert all(score.because[0] == "country" for score in late)  # once: ()
    assert {name for score in late for name in score.because} <= {"country", "R02"}


def test_an_event_that_is_scored_again_does_not_count_for_the_rule():
    engine = engine_of(decision.CapacityThreshold(capacity=3, period_s=1_000.0))
    engine.on_event(Event("a", 1.0, {"speed": 1.0}))
    before = engine.deciding.rule.__getstate__()  # type: ignore[union-attr]
    for _ in range(5):
        engine.on_event(Event("a", 1.0, {"speed": 1.0}))
    assert engine.deciding.rule.__getstate__() == before  # type: ignore[union-attr]
    assert engine.counters["duplicate_event"] == 5


def test_an_event_whose_label_came_first_counts_for_the_rule():
    engine = engine_of(decision.CapacityThreshold(capacity=3, period_s=1_000.0))
    before = engine.deciding.rule.__getstate__()  # type: ignore[union-attr]
    engine.on_label(Label("a", 0.5, False))
    engine.on_event(Event("a", 1.0, {"speed": 1.0}))
    assert engine.deciding.rule.__getstate__() != before  # type: ignore[union-attr]


def test_a_restart_in_mid_stream_changes_nothing():
    data = stream(2_000)
    whole = engine_of(decision.RateLimit(decision.AlertBudget(share=0.1), actions=3, per_s=60.0))
    said = run(whole, data)
    first = engine_of(decision.RateLimit(decision.AlertBudget(share=0.1), actions=3, per_s=60.0))
    scores = []
    engine, rows = first, {}
    for i, (x, _) in enumerate(data):
        if i == 1_000:
            rows.update({k: v for k, v in engine.take_changes().items() if v is not None})
            saved = engine.snapshot()
            engine = engine_of(decision.RateLimit(decision.AlertBudget(share=0.1), actions=3, per_s=60.0))
            engine.restore(saved, rows)
        scores.append(engine.on_event(Event(f"e{i}", float(i), dict(x))))
        if i >= 10:
            engine.on_label(Label(f"e{i - 10}", float(i), data[i - 10][1]))
    assert scores == said
    assert engine.snapshot() == whole.snapshot()


def test_a_rule_with_other_options_starts_afresh():
    engine = engine_of(decision.AlertBudget(share=0.05))
    run(engine, stream(500))
    other = engine_of(decision.AlertBudget(share=0.01))
    rule = other.deciding.rule  # type: ignore[union-attr]
    other.restore(engine.snapshot(), {})
    assert other.deciding.rule is rule  # type: ignore[union-attr]
    assert rule.__getstate__() == decision.AlertBudget(share=0.01).__getstate__()
    same = engine_of(decision.AlertBudget(share=0.05))
    same.restore(engine.snapshot(), {})
    assert same.deciding.rule.__getstate__() == engine.deciding.rule.__getstate__()  # type: ignore[union-attr]


class Raises(decision.AlertBudget):
    """A rule that fails at every third event."""

    def threshold_one(self, x: Any, t: float) -> float:
        if x and t % 3 == 0:
            raise RuntimeError(f"amount {x}")
        return super().threshold_one(x, t)


def test_a_rule_that_raises_acts_on_nothing_and_is_counted():
    engine = engine_of(Raises(share=0.5))
    scores = run(engine, stream(600))
    assert engine.counters["decision_failed"] == 200
    assert all(not score.acted and score.threshold == 2.0 for score in scores[::3])
    assert engine.deciding.last_error == "raises RuntimeError"  # type: ignore[union-attr]
    assert "decision_fails" in engine.degraded


class Says(decision.AlertBudget):
    """Gives one threshold whatever the event."""

    threshold: Any = None

    def threshold_one(self, x: Any, t: float) -> Any:
        return self.threshold

    def readings(self) -> Any:
        return []


@pytest.mark.parametrize(
    "threshold",
    [math.nan, math.inf, -math.inf, -1.0, True, "x", None, np.float64("nan"), 10**400, np.array([0.5, 0.5])],
)
def test_what_is_no_threshold_is_counted_and_acts_on_nothing(threshold: Any):
    rule = Says(share=0.5)
    rule.threshold = threshold
    engine = engine_of(rule)
    scores = run(engine, stream(300))
    assert engine.counters["decision_failed"] == 300
    assert not any(score.acted for score in scores)
    assert {score.threshold for score in scores} == {2.0}
    assert engine.deciding.last_error.startswith("its threshold is ")  # type: ignore[union-attr]
    assert "decision_fails" in engine.degraded
    with pytest.raises(ValueError, match="its threshold is "):
        ThresholdedClassifier(linear_model.LogisticRegression(), rule).predict_one({"a": 1.0})


@pytest.mark.parametrize("threshold", [0, 1, np.float32(0.5), 2.0, 7.5])
def test_thresholds_of_any_number_are_written_as_floats(threshold: Any):
    rule = Says(share=0.5)
    rule.threshold = threshold
    engine = engine_of(rule)
    scores = run(engine, stream(50))
    assert engine.counters["decision_failed"] == 0
    assert all(type(score.threshold) is float and score.threshold == float(threshold) for score in scores)


def test_fault_80_a_storm_of_high_scores_is_bounded_and_an_alarm():
    """A fault scores every event .99."""

    class Wrong(naive_bayes.GaussianNB):
        def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
            return {False: 0.01, True: 0.99}

    rule = decision.RateLimit(decision.CostThreshold(miss=9.0), actions=100, per_s=3_600.0)
    engine = Engine(Wrong(), BothReported(), deciding=Deciding(rule))
    acted = 0
    for i in range(3_000):
        said = engine.on_event(Event(f"e{i}", i / 10, {"speed": 1.0}))
        assert isinstance(said, DecidedScore)
        acted += said.acted
    assert acted == 100
    assert rule.withheld == 3_000 - acted
    assert "actions_barred" in engine.degraded
    (alarm,) = [alarm for alarm in engine.take_alarms() if alarm.name == "actions barred"]
    assert "look at the scores" in alarm.look_at
    assert engine.counters["action_barred"] == rule.withheld


def test_a_capacity_that_is_used_up_as_planned_is_no_alarm_and_a_storm_is():
    class Given(naive_bayes.GaussianNB):
        def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
            return {False: 1.0 - x["p"], True: x["p"]}

    rng = random.Random(1)
    engine = Engine(
        Given(), BothReported(), deciding=Deciding(decision.CapacityThreshold(10, period_s=1_000.0))
    )
    barred = 0
    for i in range(8_000):
        said = engine.on_event(Event(f"e{i}", float(i), {"p": rng.betavariate(0.5, 40.0)}))
        assert isinstance(said, DecidedScore)
        barred += said.threshold > 1.0
        assert "actions_barred" not in engine.degraded
    assert barred > 400  # of 8,000: of these few were likely
    assert engine.counters["action_barred"] < 0.1 * barred
    for i in range(8_000, 10_000):
        engine.on_event(Event(f"e{i}", float(i), {"p": 0.99}))
    assert "actions_barred" in engine.degraded


@pytest.mark.parametrize(
    "rule",
    [
        decision.RateLimit(decision.CostThreshold(miss=999.0), actions=20, per_s=600.0),
        decision.CapacityThreshold(20, period_s=1_000.0),
    ],
    ids=["RateLimit", "CapacityThreshold"],
)
def test_one_event_dated_days_ahead_does_not_stop_the_actions(rule):
    engine, acted = engine_of(rule), [0] * 6
    for i, (x, _) in enumerate(stream(6_000)):
        said = engine.on_event(Event(f"e{i}", i + 6.0 * 86_400.0 if i == 3_000 else float(i), x))
        assert isinstance(said, DecidedScore)
        acted[i // 1_000] += said.acted
    assert min(acted[3:]) >= 15
    assert max(acted) <= 40


def test_what_does_not_fit_is_refused():
    model = linear_model.LogisticRegression()
    with pytest.raises(ValueError, match=r"decision=0\.5: expected a decision rule"):
        Deciding(0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="top=21"):
        Deciding(decision.AlertBudget(), 21)
    with pytest.raises(ValueError, match="classes"):
        Engine(
            linear_model.SoftmaxRegression(),
            BothReported(),
            classes=("a", "b"),
            deciding=Deciding(decision.AlertBudget()),
        )
    with pytest.raises(ValueError, match="top: 3 features"):
        Engine(naive_bayes.GaussianNB(), BothReported(), deciding=Deciding(decision.AlertBudget(), 3))
    Engine(model, BothReported(), deciding=Deciding(decision.AlertBudget(), 3))


@pytest.mark.parametrize("inline", [False, True])
def test_precision_and_recall_are_those_of_the_decisions_that_were_served(inline: bool):
    """A limit bars events that are as likely as others, and the threshold moves: no fixed one is like it."""
    rule = decision.RateLimit(decision.AlertBudget(share=0.05), actions=20, per_s=1_000.0)
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    of_decisions = {
        "found": metrics.Recall(half_life=math.inf),
        "agree": metrics.CohenKappa(half_life=math.inf),
    }
    half = Settings(half_life=1e9)
    engine = Engine(model, BothReported(), half, deciding=Deciding(rule), metrics=of_decisions)
    data = stream(6_000)
    scores: list[Any]
    if inline:
        scores = [engine.on_event(Event(f"e{i}", float(i), dict(x), y)) for i, (x, y) in enumerate(data)]
    else:
        scores = list(run(engine, data))
    labelled = data if inline else data[:-10]
    measured = [(s.acted, y) for s, (_, y) in zip(scores, labelled, strict=False) if "cold" not in s.reasons]
    hits = sum(acted and y for acted, y in measured)
    positives, acted = sum(y for _, y in measured), sum(acted for acted, _ in measured)
    assert 0 < hits < positives
    assert of_decisions["found"].get() == pytest.approx(hits / positives)
    shown: dict[str, Any] = {reading.name: reading.value for reading in engine.readings()}
    assert shown["provisional_recall"]["measured"]["value"] == pytest.approx(hits / positives, rel=1e-3)
    assert shown["provisional_precision"]["measured"]["value"] == pytest.approx(hits / acted, rel=1e-3)
    p = sum(s.p for s in scores if "cold" not in s.reasons and s.acted)
    n = sum(s.acted for s in scores if "cold" not in s.reasons)
    assert shown["provisional_precision"]["expected"]["value"] == pytest.approx(p / n, rel=1e-3)
    assert engine.metrics.others.errors == {}


def test_the_decision_of_an_event_goes_through_a_restart_and_to_a_late_label():
    engines = [engine_of(decision.AlertBudget(share=0.2)) for _ in range(2)]
    whole, again = engines
    run(whole, stream(2_000))
    rows = {key: row for key, row in whole.take_changes().items() if row is not None}
    again.restore(whole.snapshot(), rows)
    for engine in engines:
        for i in range(1_990, 2_000):
            engine.on_label(Label(f"e{i}", 2_000.0, i % 2 == 0))
    assert again.snapshot() == whole.snapshot()


def test_metrics_of_labels_need_a_rule_or_a_threshold():
    model = linear_model.LogisticRegression()
    with pytest.raises(ValueError, match=r"'found' takes decisions.* give it a threshold.*\[decision\]"):
        Engine(model, BothReported(), metrics={"found": metrics.Recall()})


def test_an_action_that_cannot_be_explained_is_one_all_the_same():
    engine = engine_of(decision.AlertBudget(share=0.2), top=1)
    run(engine, stream(500))

    def fails(x: Any) -> Any:
        raise KeyError("amount")

    class Silent:
        contributions_one = staticmethod(fails)

    deciding = engine.deciding
    assert deciding is not None
    score = engine.on_event(Event("last", 500.0, stream(1)[0][0]))
    assert isinstance(score, DecidedScore)
    served: Any = type("Served", (), {"x": {}})()
    counts = Counters()
    answer = deciding.answer(Silent(), counts, score, served, Decided(True, 0.1))  # type: ignore[arg-type]
    assert (answer.acted, answer.threshold, answer.because, counts.decision_failed) == (True, 0.1, (), 1)
