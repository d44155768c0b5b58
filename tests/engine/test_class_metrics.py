"""Metrics of a user's own where classes have names: of each class against the rest, or of all classes together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from river import base

from streamimb import metrics
from streamimb.engine import BothReported, Engine, SnapshotError
from streamimb.engine.each_class import EachClass
from streamimb.engine.snapshot import dumps, loads
from streamimb.events import Event
from streamimb.protocols import Reading
from tests.engine.class_streams import NAMES, drawn, softmax


class Hits(base.Base):
    """How often the most probable class came: a metric of all classes by name."""

    multiclass = True

    def __init__(self) -> None:
        self.n = self.right = 0

    def update(self, y_true: str, y_pred: Any, w: float = 1.0) -> None:
        assert abs(sum(y_pred.values()) - 1.0) < 1e-9
        self.n += 1
        self.right += max(y_pred, key=y_pred.get) == y_true

    def get(self) -> float:
        return self.right / max(1, self.n)

    def merge(self, other: Any) -> None:
        raise NotImplementedError

    def readings(self) -> Iterator[Reading]:
        yield Reading("hits", "Share of events whose most probable class came.", self.get())


def engine_with(classes: tuple[str, ...] = NAMES, **others: Any) -> Engine:
    return Engine(softmax(), BothReported(), metrics=others, classes=classes)


def fed(engine: Engine, start: int = 0, n: int = 600) -> Engine:
    for i, (x, y, _) in enumerate(drawn(start, n)):
        engine.on_event(Event(f"e{start + i}", float(start + i), x, y))
    return engine


def values(engine: Engine) -> dict[str, Any]:
    return {reading.name: reading.value for reading in engine.readings()}


def test_a_metric_of_true_measures_each_class_against_the_rest() -> None:
    engine = fed(engine_with(short=metrics.CalibrationRatio(20_000), mine=metrics.NormalizedEntropy(20_000)))
    found, own = values(engine), engine.metrics.served.of
    assert found["short_calibration_ratio"].keys() == set(NAMES)
    assert found["short_calibration_ratio"]["dos"] == own["dos"].calibrated.interval()._asdict()
    assert found["mine_normalized_entropy"] == {
        name: served.normalized_entropy.get() for name, served in own.items()
    }


def test_a_metric_of_all_classes_gets_names_and_probabilities_or_decisions() -> None:
    engine = engine_with(hits=Hits(), kappa=metrics.CohenKappa(), recall_of=metrics.Recall(), f=metrics.F1())
    kappa, hits, of_dos = metrics.CohenKappa(), Hits(), metrics.F1()
    for i, (x, y, _) in enumerate(drawn(0, 600)):
        score: Any = engine.on_event(Event(f"e{i}", float(i), x, y))
        if "cold" not in score.reasons:
            kappa.update(y, score.decision)
            hits.update(y, score.classes)
            of_dos.update(y == "dos", score.decision == "dos")
    found = values(engine)
    assert found["hits"] == hits.get() > 0.0
    assert found["kappa_cohen_kappa"] == kappa.get() > 0.0
    assert found["f_f1"].keys() == set(NAMES)
    assert found["f_f1"]["dos"] == of_dos.get() > 0.0
    of = {name: each["value"] for name, each in found["recall_of_recall"].items()}
    assert of == pytest.approx(engine.metrics.served.recalls, rel=0.02)
    assert found["metric_failures"] == {"hits": 0, "kappa": 0, "recall_of": 0, "f": 0}


def test_their_state_is_saved_and_a_new_class_is_measured() -> None:
    engine = fed(engine_with(short=metrics.LogLoss(50.0), kappa=metrics.CohenKappa()))
    again = engine_with((*NAMES, "worm"), short=metrics.LogLoss(50.0), kappa=metrics.CohenKappa())
    assert again.restore(engine.snapshot(), {}) == ("worm",)
    before, after = values(engine), values(again)
    assert after["kappa_cohen_kappa"] == before["kappa_cohen_kappa"]
    assert {name: after["short_log_loss"][name] for name in NAMES} == before["short_log_loss"]
    again.on_event(Event("w", 1_000.0, {"a": 1.0}, "worm"))
    fed(again, 1_001, 50)
    assert values(again)["short_log_loss"]["worm"] > 0.0
    assert values(again)["metric_failures"] == {"short": 0, "kappa": 0}


def test_one_that_raises_or_is_wrong_for_a_class_is_counted() -> None:
    class Raises(metrics.LogLoss):
        def update(self, *event: Any, **more: Any) -> None:
            raise KeyError("4.5")

    engine = fed(engine_with(odd=Raises(), short=metrics.LogLoss(50.0)), n=300)
    assert values(engine)["metric_failures"]["odd"] > 100
    assert values(engine)["short_log_loss"]["dos"] > 0.0
    assert "[metric.odd] raises KeyError" in engine.degraded["metric_fails"]


@pytest.mark.parametrize(
    "damage",
    [{"of": {"a": metrics.F1()}}, {"of": {1: metrics.LogLoss()}}, {"of": [1]}, {"metric": 5}, {"more": 1}],
)
def test_a_damaged_state_is_refused(damage: dict[str, Any]) -> None:
    each = EachClass(metrics.LogLoss())
    each.extend(("a",))
    with pytest.raises(ValueError, match=r"."):
        EachClass.__new__(EachClass).__setstate__(each.__getstate__() | damage)
    assert loads(dumps(each)).of["a"].half_life == 20_000
    engine = engine_with(short=metrics.LogLoss())
    state = loads(engine.snapshot())
    state["metrics"]["short"] = b"damaged"
    with pytest.raises(SnapshotError):
        engine.restore(dumps(state), {})
