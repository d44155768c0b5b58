"""What an engine exports: every count in one place, names that stay, metrics of a user's own among them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from streamimb import metrics, stats
from streamimb.checks.metrics import described
from streamimb.engine import BothReported, Engine, Measures, SnapshotError, label_identity
from streamimb.engine.counters import LABEL_ENDS
from streamimb.engine.other_metrics import OtherMetrics
from streamimb.engine.readings import HELD
from streamimb.engine.snapshot import dumps, loads
from streamimb.events import Label
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Reading
from tests.engine.parts import engine_of, event


class Named(metrics.LogLoss):
    """A metric whose reading has a name of the engine's."""

    def readings(self) -> Iterator[Reading]:
        yield Reading("events", "Nothing.", 0.0)


class OnlyLater(metrics.BaseRate):
    """A metric that cannot be read before the first event."""

    def readings(self) -> Iterator[Reading]:
        n, _, y, *_ = self.sums()
        yield Reading("share", "A share.", y / n)


class Pairs(metrics.BaseRate):
    """A metric that gives something else than readings."""

    def readings(self) -> Iterator[Any]:
        yield "share", 0.5


def by_name(engine: Engine) -> dict[str, Reading]:
    return {reading.name: reading for reading in engine.readings()}


def fed(engine: Engine, n: int = 300) -> Engine:
    rng = random.Random(1)
    for i in range(n):
        y = rng.random() < 0.2
        engine.on_event(event(f"e{i}", float(i), y=y if i % 2 else None, a=rng.random()))
        if i % 2 == 0:
            engine.on_label(Label(f"e{i - i % 4}", float(i), y))
    return engine


def test_the_readings_are_fit_to_export_and_stay_the_same() -> None:
    engine = engine_of()
    before = [described(reading) for reading in engine.readings()]
    assert len({name for name, *_ in before}) == len(before)
    assert [described(reading) for reading in fed(engine).readings()] == before


# Counts by name that are in readings of others: of the runner, of metrics and of detectors.
ELSEWHERE = ("rejected", "metric_failed_of", "detector_failed_of")


def test_every_count_is_in_one_reading() -> None:
    engine = fed(engine_of())
    found = by_name(engine)
    counts = {name: n for name, n in engine.counters.items() if name not in ELSEWHERE}
    shared = {name: found[name].value for name in ("engine", "label_outcomes")}
    for name, n in counts.items():
        values = [value[name] for value in shared.values() if isinstance(value, Mapping) and name in value]
        values += [found[name].value] if name in found else []
        assert values == [n], name
    outcomes = shared["label_outcomes"]
    assert isinstance(outcomes, Mapping)
    assert tuple(outcomes) == LABEL_ENDS
    told = {"labels": found["labels"].value, **outcomes, **{name: found[name].value for name in HELD}}
    read, ended = label_identity(told)
    assert read == ended > 0


def test_what_was_served_is_in_the_readings() -> None:
    engine = fed(engine_of())
    found, served = by_name(engine), engine.metrics.served
    assert found["log_loss"].value == served.log_loss.get() > 0.0
    assert found["calibration_ratio"].labels == ("stage", "bound")
    assert found["calibration_ratio"].value == {
        stage: getattr(served, stage).interval()._asdict() for stage in ("raw", "corrected", "calibrated")
    }
    assert found["model_version"].value == engine.model_version
    assert found["share_learned"].value == engine.kept_share


def test_a_metric_of_ones_own_is_fed_what_is_measured() -> None:
    others: dict[str, Any] = {
        "short": metrics.CalibrationRatio(half_life=20.0),
        "all": metrics.BaseRate(half_life=20_000),
    }
    engine = fed(Engine(LogisticRegression(), BothReported(), metrics=others))
    found = by_name(engine)
    assert found["all_base_rate"].value == found["base_rate"].value
    assert found["short_calibration_ratio"].value != found["calibration_ratio"].value
    assert found["short_calibration_ratio"].title == "short: predicted / observed"
    assert found["metric_failures"].value == {"short": 0, "all": 0}
    assert "metric_failures" not in by_name(engine_of())


def test_it_is_fed_by_a_restored_engine_too() -> None:
    def made() -> Engine:
        return Engine(LogisticRegression(), BothReported(), metrics={"short": metrics.LogLoss(20.0)})

    engine, again = fed(made()), made()
    again.restore(engine.snapshot(), {})
    for each in (engine, again):
        for i in range(20):
            each.on_event(event(f"more{i}", 1_000.0 + i, y=i % 2 == 0, a=1.0))
    assert by_name(again)["short_log_loss"].value == by_name(engine)["short_log_loss"].value


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"log_loss": metrics.LogLoss()}, "^metrics: 'log_loss' is exported twice: give the metric another name$"),
        ({"all": metrics.BaseRate(), "events": Named()}, "^metrics: 'events' is exported twice"),
        ({"Loud": metrics.LogLoss()}, "^metrics: 'Loud' is no name: expected lower case letters"),
        ({"": metrics.LogLoss()}, "^metrics: '' is no name"),
        ({"odd": OnlyLater()}, "^metrics: 'odd' cannot be exported: its readings raise ZeroDivisionError b"),
        ({"odd": Pairs()}, "^metrics: 'odd' cannot be exported: a reading is a tuple: expected"),
        ({"delays": stats.DecayedMean()}, "^metrics: 'delays' is a DecayedMean: expected a metric with update"),
    ],
)  # fmt: skip
def test_names_that_do_not_fit_are_refused(others: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Engine(LogisticRegression(), BothReported(), metrics=others)


@pytest.mark.parametrize("saved", [b"", b"damaged", 5, dumps({"a": 1})[:-1]])
def test_a_damaged_metric_is_refused_before_anything_is_taken_over(saved: Any) -> None:
    engine = Engine(LogisticRegression(), BothReported(), metrics={"short": metrics.LogLoss(20.0)})
    state = loads(fed(engine).snapshot())
    state["metrics"]["short"] = saved
    before = engine.snapshot()
    with pytest.raises(SnapshotError):
        engine.restore(dumps(state), {})
    assert engine.snapshot() == before


@pytest.mark.parametrize(
    "damage",
    [
        {"served": metrics.LogLoss()},
        {"delays": (stats.DecayedQuantiles(),)},
        {"delays": (stats.DecayedMean(), stats.DecayedQuantiles())},
        {"late_share": 0.5},
        {"half_life": "x"},
    ],
)
def test_a_damaged_state_of_measures_is_refused(damage: dict[str, Any]) -> None:
    state = Measures().__getstate__()
    with pytest.raises((ValueError, TypeError)):
        Measures.__new__(Measures).__setstate__({**state, **damage})


def test_an_error_of_a_metric_is_counted_and_its_message_is_not_kept() -> None:
    class Raises(metrics.BaseRate):
        def update_p(self, y: Any, p: Any, w: Any = 1.0) -> None:
            raise ZeroDivisionError("4.5")

    others = OtherMetrics({"odd": Raises()})
    others.add(True, 0.5, 1.0)
    assert (others.failed, others.errors) == ({"odd": 1}, {"odd": "raises ZeroDivisionError"})


def test_one_that_cannot_be_read_later_leaves_the_others_exported() -> None:
    class Breaks(metrics.BaseRate):
        def readings(self) -> Iterator[Reading]:
            if self.sums()[0] > 0.0:
                raise KeyError("4.5")
            yield from super().readings()

    others = OtherMetrics({"odd": Breaks(), "short": metrics.LogLoss(20.0)})
    others.add(True, 0.5, 1.0)
    found = {reading.name: reading.value for reading in others.readings()}
    assert found.keys() == {"short_log_loss", "short_log_loss_interval", "metric_failures"}
    assert (found["metric_failures"], others.errors) == (
        {"odd": 1, "short": 0},
        {"odd": "its readings raise KeyError"},
    )
