"""What is scored before the model learned five positives and a negative says so, and stays out of the metrics."""

from __future__ import annotations

import math
from typing import Any

import pytest
from river import base, naive_bayes

from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported
from streamimb.events import Label
from tests.engine.parts import balanced, engine_of, event, scored, until

MODELS: list[Any] = [
    linear_model.LogisticRegression,
    naive_bayes.GaussianNB,
    lambda: CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1)),
]


def cold(engine: Engine, id: str, t: float = 0.0) -> bool:
    return "cold" in scored(engine.on_event(event(id, t))).reasons


@pytest.mark.parametrize("make", MODELS)
@pytest.mark.parametrize("inline", [True, False])
def test_a_score_is_cold_until_five_positives_were_learned(make: Any, inline: bool) -> None:
    engine = engine_of(model=make())
    for i in range(300):
        y = i % 50 == 49
        said = scored(engine.on_event(event(f"e{i}", float(i), y=y if inline else None, a=float(i % 7))))
        assert said.reasons == (("cold",) if i < 250 else ())
        if not inline:
            engine.on_label(Label(f"e{i}", float(i), y))
        served = engine.metrics.served
        assert (
            math.isnan(served.calibrated.interval().value)
            == math.isnan(served.recent.interval().value)
            == (i < 250)
        )
    n, _, y_sum, *_ = engine.metrics.served.sums()
    assert n == pytest.approx(50.0, rel=0.01)
    assert y_sum == pytest.approx(1.0)
    assert balanced(engine)["learned_positive"] == 6


class Failing(base.Classifier):
    """Learns nothing."""

    def learn_one(self, x: dict[Any, Any], y: Any, **kwargs: Any) -> None:
        raise ArithmeticError

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        return {True: 0.5, False: 0.5}


def test_positives_alone_leave_scores_cold() -> None:
    engine = engine_of()
    for i in range(20):
        engine.on_event(event(f"e{i}", float(i), y=True))
    assert cold(engine, "next")
    engine.on_event(event("negative", 20.0, y=False))
    assert not cold(engine, "last")


def test_what_was_not_learned_warms_nothing() -> None:
    engine = engine_of(model=Failing())
    for i in range(20):
        engine.on_event(event(f"e{i}", float(i), y=True))
    assert cold(engine, "next")
    bad = engine_of()
    for i in range(20):
        bad.on_event(event(f"e{i}", float(i), y=True, a="text"))
    assert cold(bad, "next")


@pytest.mark.parametrize("labels", [BothReported(ttl_s=50.0), PositivesReported(window_s=50.0)])
def test_an_event_served_cold_is_not_measured_when_its_label_comes_after(labels: LabelPolicy) -> None:
    engine = engine_of(labels)
    for id in ("labelled", "expires", "evicted"):
        assert cold(engine, id, 0.0)
    for i in range(6):
        engine.on_event(event(f"w{i}", -45.0, y=i > 0))
    if isinstance(labels, PositivesReported):
        until(engine, 10.0)  # the warm ones mature
    assert not cold(engine, "warm", 0.0)
    engine.on_label(Label("labelled", 10.0, True))
    until(engine, 60.0)
    engine.on_label(Label("expires", 61.0, True))
    balanced(engine)
    n = engine.metrics.served.sums()[0]
    assert n == (0.0 if isinstance(labels, BothReported) else 1.0)  # the warm one matured
    assert engine.metrics.served.measured_share() == (0.0 if isinstance(labels, BothReported) else 1.0)


@pytest.mark.parametrize("cut", [0, 3, 8, 11, 14])
def test_a_restart_keeps_what_is_cold(cut: int) -> None:
    def feed(engine: Engine, start: int, end: int) -> list[bool]:
        said = []
        for i in range(start, end):
            said.append(cold(engine, f"e{i}", float(i)))
            engine.on_label(Label(f"e{i - 2}", float(i), i > 2))
        return said

    whole, first, again = engine_of(), engine_of(), engine_of()
    said = feed(whole, 0, 15)
    heard = feed(first, 0, cut)
    again.restore(first.snapshot(), {k: v for k, v in first.take_changes().items() if v is not None})
    assert heard + feed(again, cut, 15) == said == [True] * 8 + [False] * 7
    assert again.snapshot() == whole.snapshot()
