"""A broken metric of a third party: refused at the start, or counted, logged and named as degraded; nothing breaks."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from river import base

from streamimb import drift, metrics
from streamimb.cli import figures
from streamimb.engine import BothReported, Engine
from streamimb.engine.deciding import Deciding
from streamimb.engine.other_metrics import OtherMetrics
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Reading
from streamimb.serve import Degraded, Status
from streamimb_connectors.prometheus import exporter
from tests.engine.parts import event

WRONG: dict[str, Any] = {
    "kind": Reading("odd", "Odd.", 1.0, "histogram"),  # type: ignore[arg-type]
    "value": Reading("odd", "Odd.", "much"),  # type: ignore[arg-type]
    "counter": Reading("odd", "Odd.", math.nan, "counter"),
    "label": Reading("odd", "Odd.", {"\ud800": 1.0}, labels=("of",)),
    "depth": Reading("odd", "Odd.", {"a": 1.0}, labels=("of", "by")),
    "other name": Reading("events", "Odd.", 1.0),
    "no reading": 0.5,
}


class Odd(base.Base):
    """A metric whose readings become wrong after three events."""

    def __init__(self, wrong: Any, title: str = "") -> None:
        self.wrong = wrong
        self.title = title
        self.n = 0

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
        self.n += 1

    def get(self) -> float:
        return 0.0

    def merge(self, other: Any) -> None:
        raise NotImplementedError

    def readings(self) -> Iterator[Any]:
        right = Reading("odd", "Odd.", 0.0, title=self.title)
        yield right if self.n < 3 else self.wrong
        if self.n >= 3:
            yield right if self.wrong == "twice" else self.wrong


def fed(engine: Engine, n: int = 300) -> Engine:
    for i in range(n):
        engine.on_event(event(f"e{i}", float(i), y=i % 3 == 0, a=float(i % 7)))
    return engine


def page(engine: Engine) -> dict[tuple[str, ...], float]:
    """The samples of /metrics, each name and labels once."""
    made = exporter({"port": 0}, engine, Status(), Degraded([engine]), dict)
    try:
        _, _, body = made._metrics()
    finally:
        made.close()
    found = [
        ((sample.name, *sample.labels.values()), sample.value)
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.mark.parametrize("wrong", [*WRONG.values(), "twice"], ids=[*WRONG, "twice"])
def test_a_reading_that_becomes_wrong_is_left_out_counted_and_named(wrong: Any) -> None:
    others: dict[str, Any] = {"odd": Odd(wrong), "short": metrics.LogLoss(20.0)}
    engine = Engine(LogisticRegression(), BothReported(), metrics=others)
    assert page(engine)["streamimb_odd",] == 0.0
    shown = page(fed(engine))
    assert not math.isnan(shown["streamimb_short_log_loss",])
    assert shown["streamimb_events_total",] == 300
    failed = page(engine)["streamimb_metric_failures_total", "odd"]
    assert failed > shown["streamimb_metric_failures_total", "odd"] > 0
    fed(engine, 200)
    assert engine.degraded["metric_fails"].startswith("[metric.odd] is not exported as a whole: ")
    assert engine.metrics.others.errors.keys() == {"odd"}


def test_a_metric_that_raises_often_is_named_until_it_does_not() -> None:
    class Raises(Odd):
        def update(self, y_true: Any, y_pred: Any, w: float = 1.0) -> None:
            if y_true:
                raise KeyError("4.5")

    others = OtherMetrics({"odd": Raises(None)})
    for i in range(300):
        others.add(i % 3 == 0, 0.5, 1.0)
    others.look()
    assert others.degraded["metric_fails"].startswith("[metric.odd] raises KeyError for 34 % of the events")
    for i in range(60_000):
        others.add(False, 0.5, 1.0)
        if i % 128 == 0:
            others.look()
    assert others.degraded == {}
    assert others.failed == {"odd": 100}


def test_a_state_does_not_depend_on_when_it_was_read() -> None:
    def made() -> Engine:
        return Engine(LogisticRegression(), BothReported(), metrics={"odd": Odd(None)})

    read, unread = made(), made()
    fed(read, 100)
    list(read.readings())
    fed(unread, 100)
    assert fed(read).degraded != fed(unread).degraded
    read.metrics.others.resume(
        {"odd": metrics.LogLoss()}
    )  # what it saves is not the point: a class of this test
    unread.metrics.others.resume({"odd": metrics.LogLoss()})
    assert read.snapshot() == unread.snapshot()


def test_a_title_that_reads_as_markup_does_not_break_the_table() -> None:
    engine = Engine(LogisticRegression(), BothReported(), metrics={"odd": Odd(None, title="[/red]")})
    console = Console(width=120)
    with console.capture() as shown:
        console.print(figures.table(engine, Status(), Degraded([]), 0.0))
    assert "odd: [/red]" in shown.get()


def test_a_metric_of_decisions_needs_a_threshold() -> None:
    with pytest.raises(
        ValueError, match=r"'f' takes decisions, and the engine hands it P\(True\): give it a threshold"
    ):
        OtherMetrics({"f": metrics.F1()})
    OtherMetrics({"f": metrics.F1(threshold=0.1)})


@pytest.mark.parametrize("name", ["ready", "buffered", "state", "degraded"])
def test_a_name_of_the_service_is_refused(name: str) -> None:
    class Named(Odd):
        def readings(self) -> Iterator[Reading]:
            yield Reading(name, "Odd.", 0.0)

    engine = Engine(LogisticRegression(), BothReported(), metrics={name: Named(None)})
    with pytest.raises(ValueError, match=f"metrics: '{name}' is exported twice"):
        exporter({"port": 0}, engine, Status(), Degraded([]), dict)


class Slow(Odd):
    """A part whose readings take a while, and fail where it is updated meanwhile."""

    changes = 0
    watches = "scores"
    drift_detected = False
    alarms = ()

    def __init__(self) -> None:
        super().__init__(None)
        self.started, self.go_on = threading.Event(), threading.Event()

    def update(self, *given: Any) -> None:
        self.changes += 1

    def threshold_one(self, x: Any, t: float) -> float:
        return 0.5

    def observe_one(self, p: float, x: Any, t: float) -> None:
        self.changes += 1

    def readings(self) -> Iterator[Reading]:
        before = self.changes
        self.started.set()
        self.go_on.wait(0.2 if before else 0.0)
        if self.changes != before:
            raise RuntimeError("dictionary changed size during iteration")
        yield Reading("slow", "A number.", float(before))


@pytest.mark.parametrize("kind", ["metric", "metric of features", "detector", "rule"])
def test_readings_that_another_thread_takes_do_not_race_with_updates(kind: str) -> None:
    slow = Slow()
    given: Any = {
        "metric": {"metrics": {"slow": slow}},
        "metric of features": {"metrics": {"slow": slow}},
        "detector": {"detectors": {"slow": slow}},
        "rule": {"deciding": Deciding(slow)},
    }[kind]
    slow.requires_x = kind == "metric of features"  # type: ignore[attr-defined]
    engine = fed(Engine(LogisticRegression(), BothReported(), **given), 60)
    slow.started.clear()
    found: list[Reading] = []
    scrape = threading.Thread(target=lambda: found.extend(engine.readings()))
    scrape.start()
    assert slow.started.wait(10.0)
    n = slow.changes
    fed(engine, 70)  # the first 60 are known already
    scrape.join()
    assert n > 0
    assert any("slow" in reading.name and not reading.name.endswith("failures") for reading in found)
    assert slow.changes > n
    assert engine.metrics.others.errors == engine.watching.detecting.errors == {}


def test_failures_are_counted_on_after_a_restart() -> None:
    class Raises(Odd):
        watches = "scores"
        drift_detected = False
        alarms = ()

        def update(self, *given: Any) -> None:
            raise KeyError

    def made() -> Engine:
        given: dict[str, Any] = {"metrics": {"odd": Raises(None)}, "detectors": {"odd_one": Raises(None)}}
        engine = Engine(LogisticRegression(), BothReported(), allow_pickle=True, **given)
        engine.metrics.others._exported["odd"].part = metrics.LogLoss()
        engine.watching.detecting._exported["odd_one"].part = drift.ScoreDrift()
        return engine

    whole = fed(made(), 60)
    raised = {name: whole.counters[name] for name in ("metric_failed_of", "detector_failed_of")}
    assert {name for one in raised.values() for name, n in one.items() if n > 40} == {"odd", "odd_one"}
    again = made()
    again.restore(whole.snapshot(), {})
    shown: dict[str, Any] = {reading.name: reading.value for reading in again.readings()}
    assert shown["metric_failures"]["odd"] >= raised["metric_failed_of"]["odd"]
    assert shown["detector_failures"]["odd_one"] >= raised["detector_failed_of"]["odd_one"]
    fed(again, 70)
    assert again.counters["metric_failed_of"] == raised["metric_failed_of"]
