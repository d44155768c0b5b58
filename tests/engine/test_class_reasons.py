"""The degraded reasons of an engine over classes: none speaks of positives, and one names the class that is off."""

from __future__ import annotations

from typing import Any

from river import base

from streamimb.engine import Engine, class_reasons
from streamimb.engine.degraded import LIMITS
from streamimb.events import Event, Label
from tests.engine.class_streams import NAMES, drawn, engine_over


class Constant(base.Classifier):
    """Gives each class the same probability, whatever the event."""

    def __init__(self, p: dict[str, float]) -> None:
        self.p = p

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        pass

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self.p


def fed(engine: Engine, n: int, label: Any = None, slow: str = "") -> Engine:
    for i, (x, y, _) in enumerate(drawn(1, n)):
        engine.on_event(Event(f"e{i}", 10.0 * i, dict(x)))
        engine.on_label(
            Label(f"e{i}", 10.0 * i + (900.0 if y == slow else 90.0), y if label is None else label)
        )
    return engine


def test_a_right_model_is_not_degraded() -> None:
    assert fed(engine_over(), 3_000).degraded == {}
    assert fed(engine_over(Constant({"normal": 0.85, "dos": 0.1, "probe": 0.05})), 3_000).degraded == {}


def test_the_class_whose_probability_is_off_is_named() -> None:
    for p, name in (
        ({"normal": 0.85, "dos": 0.1, "probe": 0.3}, "probe"),  # six times too high
        (
            {"normal": 0.85, "dos": 0.01, "probe": 0.12},
            "dos",
        ),  # ten times too low; the other 2.4 times too high
    ):
        found = fed(engine_over(Constant(p)), 3_000).degraded
        assert found.keys() == {"ratio_off"}
        assert f"the last labels of class '{name}'" in found["ratio_off"]


def test_a_model_that_stays_cold() -> None:
    found = fed(engine_over(), 1_200, label="normal").degraded
    assert found.keys() == {"cold"}
    assert "only 0 labels outside the commonest class were learned" in found["cold"]


def test_labels_that_are_no_class() -> None:
    found = fed(engine_over(), 1_200, label="worm").degraded
    assert "name each class in classes under [labels]" in found["unreadable_labels"]


def test_a_class_whose_labels_are_slow() -> None:
    found = fed(engine_over(), 2_000, slow="dos").degraded
    assert "the median label delays of the classes differ by a factor of" in found["label_delays_differ"]
    engine = fed(engine_over(), 2_000, slow="dos")
    assert 600 < engine.metrics.delays.of["dos"].get() < 1_200
    assert 60 < engine.metrics.delays.of["normal"].get() < 120
    assert fed(engine_over(), 2_000).metrics.delays.ratio < 1.5


def test_no_sentence_speaks_of_positives() -> None:
    told = {name: class_reasons.SENTENCES.get(name, sentence) for name, (_, sentence) in LIMITS.items()}
    told.pop("late_labels")  # entered only where only positives are reported
    told |= {"cold": class_reasons.COLD, "off": class_reasons.OFF, "delays": class_reasons.DELAYS_DIFFER}
    told["missing"] = class_reasons.MISSING
    assert class_reasons.SENTENCES.keys() <= LIMITS.keys()
    assert not [name for name, sentence in told.items() if "positive" in sentence]


def test_a_class_whose_labels_stop_coming_is_named_until_one_comes() -> None:
    engine = engine_over()
    for i, (x, y, _) in enumerate(drawn(2, 6_000)):
        if i < 1_000 or y != "dos":
            engine.on_event(Event(f"e{i}", float(i), x, y))
        if i == 2_000:
            assert "missing_class" not in engine.degraded
    assert "missing_positives" not in engine.degraded
    assert engine.classes == NAMES
    told = engine.degraded["missing_class"]
    assert told.startswith("no label of class 'dos' came among the last 4,")
    assert "more classes" not in told
    again = engine_over()
    again.restore(engine.snapshot(), {})
    assert again.snapshot() == engine.snapshot()
    for i, (x, y, _) in enumerate(drawn(3, 300)):
        again.on_event(Event(f"f{i}", 6_000.0 + i, x, y))
    assert "missing_class" not in again.degraded


def test_a_rare_class_is_not_missed_by_chance() -> None:
    engine = engine_over()
    for i, (x, y, _) in enumerate(drawn(4, 6_000)):
        engine.on_event(Event(f"e{i}", float(i), x, "probe" if y == "probe" and i % 5 == 0 else "normal"))
    assert "missing_class" not in engine.degraded
