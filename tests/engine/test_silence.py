"""Nothing is learned any more, or predicted is far from observed: the engine says so, and takes it back."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from river import base

from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported, state_of
from streamimb.engine.missing_positives import MissingPositives
from streamimb.events import Label
from tests.engine.parts import engine_of, event

WINDOW = PositivesReported(window_s=100.0)
BOTH = BothReported(ttl_s=500.0)


def calibrated(labels: LabelPolicy) -> Engine:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return engine_of(labels, model)


def stream(
    engine: Engine, begin: int, end: int, rate: float, name: str = "e", positives: bool = True
) -> None:
    """Events one second apart, each with its label, positives alone where only they are reported."""
    rng = random.Random(begin)
    for i in range(begin, end):
        engine.on_event(event(f"e{i}", float(i), a=rng.gauss(0.0, 1.0)))
        y = rng.random() < rate
        if positives if y else engine._at_label:
            engine.on_label(Label(f"{name}{i}", float(i), y))
    engine._watching.look(engine.model.counts)


@pytest.mark.parametrize("labels", [WINDOW, BOTH])
@pytest.mark.parametrize("seed", range(5))
def test_a_stream_with_its_labels_is_no_doubt(labels: LabelPolicy, seed: int) -> None:
    engine = calibrated(labels)
    for begin in range(0, 20_000, 500):
        stream(engine, 1_000_000 * seed + begin, 1_000_000 * seed + begin + 500, 0.02)
        assert begin < 1_000 or engine.degraded == {}


@pytest.mark.parametrize("labels", [WINDOW, BOTH, BothReported()])
def test_a_model_that_stays_cold_says_why(labels: LabelPolicy) -> None:
    engine = calibrated(labels)
    stream(engine, 0, 900, 0.0)
    assert engine.degraded == {}
    stream(engine, 900, 2_000, 0.0)
    assert set(engine.degraded) == {"cold"}
    assert "0 positives" in engine.degraded["cold"]
    assert "ids of the events" in engine.degraded["cold"]
    stream(engine, 2_000, 3_000, 0.05)
    assert engine.degraded == {}


@pytest.mark.parametrize("labels", [WINDOW, BOTH])
def test_positives_that_stop_are_missed(labels: LabelPolicy) -> None:
    engine = calibrated(labels)
    stream(engine, 0, 5_000, 0.02)
    assert engine.degraded == {}
    stream(engine, 5_000, 8_000, 0.02, positives=False)
    # Where only positives are reported no label comes at all, and negatives are no longer learned.
    reason, told = (
        ("missing_positives", "can be read") if labels is BOTH else ("labels_overdue", "source of labels")
    )
    assert told in engine.degraded[reason]
    stream(engine, 8_000, 12_000, 0.02)
    assert reason not in engine.degraded


def test_missing_positives_are_saved() -> None:
    engine = calibrated(BOTH)
    stream(engine, 0, 5_000, 0.02)
    stream(engine, 5_000, 5_600, 0.0)
    again = calibrated(BOTH)
    again.restore(engine.snapshot(), {k: v for k, v in engine.take_changes().items() if v is not None})
    for one in (engine, again):
        stream(one, 5_600, 8_000, 0.0)
    assert "missing_positives" in again.degraded
    assert again.degraded == engine.degraded
    assert again.snapshot() == engine.snapshot()
    assert state_of(again.snapshot())["degraded"].reasons == engine.degraded


@pytest.mark.parametrize("saved", [[1, 2, 3], [1, 2, 3, -0.1], [1, 2, 3, float("nan")]])
def test_numbers_that_are_none_of_missing_positives_are_refused(saved: list[float]) -> None:
    with pytest.raises(ValueError, match=r"four|unpack|missing"):
        MissingPositives.of_state(saved)


def test_a_few_positives_at_the_start_expect_nothing() -> None:
    missing = MissingPositives()
    missing.look(300, 310, float("nan"))
    missing.look(301, 3_000, 0.0005)
    missing.look(301, 30_000, 0.0001)
    assert not missing.found


def test_events_that_end_without_a_label_are_told() -> None:
    engine = calibrated(BOTH)
    stream(engine, 0, 2_000, 0.05)
    for i in range(2_000, 40_000):
        engine.on_event(event(f"e{i}", float(i)))
    assert set(engine.degraded) == {"unlabelled_events", "labels_overdue"}
    assert "labels still come" in engine.degraded["unlabelled_events"]
    stream(engine, 40_000, 50_000, 0.05)
    assert engine.degraded == {}


@pytest.mark.parametrize("labels", [WINDOW, BOTH])
@pytest.mark.parametrize("share", [0.1, 1.0])
def test_labels_that_find_no_event_are_told_before_they_are_given_up(
    labels: LabelPolicy, share: float
) -> None:
    engine = engine_of(labels, hold_s=1e9)
    for begin in range(0, 3_000, 100):
        nobody = 100.0 * share if begin >= 2_000 else 0.0
        stream(engine, begin, begin + int(nobody), 0.9, name="nobody")
        stream(engine, begin + int(nobody), begin + 100, 0.9)
        assert begin >= 2_000 or engine.degraded == {}
    assert set(engine.degraded) & {"waiting_labels", "orphaned_labels"} == (
        {"waiting_labels"} if share == 1.0 else set()
    )
    for begin in range(3_000, 4_000, 100):
        stream(engine, begin, begin + 20, 0.9, name="nobody")
        stream(engine, begin + 20, begin + 100, 0.9)
    assert "waiting_labels" in engine.degraded
    assert "same ids" in engine.degraded["waiting_labels"]
    assert engine.counters["orphaned"] == 0
    stream(engine, 4_000, 30_000, 0.9)
    assert engine.degraded == {}


def test_labels_that_come_before_their_events_wait_only_for_so_long() -> None:
    engine = engine_of(BOTH, hold_s=1e9)
    stream(engine, 0, 1_000, 0.5)
    for i in range(1_000, 1_300):
        engine.on_label(Label(f"e{i}", float(i), i % 2 == 0))
    engine._watching.look(engine.model.counts)
    assert set(engine.degraded) == {"waiting_labels"}
    for i in range(1_000, 1_300):
        engine.on_event(event(f"e{i}", float(i)))
    stream(engine, 1_300, 2_000, 0.5)
    assert engine.degraded == {}
    assert engine.counters["early_joined"] == 300


class Mended(base.Classifier):
    """Says one half, as if taught on balanced events, and the truth of `stream` from 5,000 labels on."""

    def __init__(self) -> None:
        self.learned = 0

    def learn_one(self, x: dict[Any, Any], y: Any, **kwargs: Any) -> None:
        self.learned += 1

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        p = 0.5 if self.learned < 5_000 else 0.05
        return {False: 1.0 - p, True: p}


@pytest.mark.parametrize("labels", [WINDOW, BOTH])
def test_a_ratio_far_from_1_is_told_until_it_is_mended(labels: LabelPolicy) -> None:
    engine = engine_of(labels, Mended())
    stream(engine, 0, 5_000, 0.05)
    assert set(engine.degraded) == {"ratio_off"}
    ratio = float(re.findall(r"predicted is ([\d.]+) times", engine.degraded["ratio_off"])[0])
    assert ratio == pytest.approx(10.0, rel=0.2)
    stream(engine, 5_000, 25_000, 0.05)
    assert engine.degraded == {}
