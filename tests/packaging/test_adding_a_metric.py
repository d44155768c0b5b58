"""A metric of another package is used like one of ours, without an edit in `streamimb/`.

It obeys the laws; TOML chooses and configures it; the engine feeds, saves and restores it; the exporter, the table and
JSON show it.
"""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from streamimb import catalogue, checks
from streamimb.cli import build, figures
from streamimb.cli.app import called
from streamimb.config import Config, ConfigError, loads
from streamimb.engine import Engine, SnapshotError
from streamimb.events import Event
from streamimb.serve import Degraded, Status
from streamimb_connectors.prometheus import exporter
from streamimb_connectors.prometheus.collector import ReadingsCollector
from tests.config.test_config import MINIMAL

PACKAGE = '''
"""A metric of a third party."""

import math
from collections.abc import Mapping

from river import base

from streamimb.protocols import Reading


class Brier(base.Base):
    """Mean squared error of what was served, decayed."""

    def __init__(self, half_life: float = 100.0):
        self.half_life = half_life
        self.total = self.mass = 0.0
        self.n = 0

    def update(self, y_true, y_pred, w=1.0):
        p = y_pred[True] if isinstance(y_pred, Mapping) else y_pred
        if not (0.0 <= p <= 1.0 and 0.0 <= w < math.inf):
            raise ValueError("y_pred or w is out of range")
        if w > 0.0:
            w = min(w, 1e15)
            self._fold(0.5 ** (1.0 / self.half_life), w * (y_true - p) ** 2, w, 1)

    def _fold(self, fade, total, mass, n):
        self.total, self.mass, self.n = fade * self.total + total, fade * self.mass + mass, self.n + n

    def get(self):
        return self.total / self.mass if self.mass > 0.0 else math.nan

    def merge(self, other):
        if type(other) is not type(self) or other.half_life != self.half_life:
            raise ValueError("other is another metric")
        self._fold(0.5 ** (other.n / self.half_life), other.total, other.mass, other.n)

    def readings(self):
        yield Reading("brier", "Mean squared error.", self.get(), title="mean squared error")


class Fails(Brier):
    """A metric that raises on positives."""

    def update(self, y_true, y_pred, w=1.0):
        if y_true:
            raise ArithmeticError("2.5 is the amount")
        super().update(y_true, y_pred, w)


class Incomplete(base.Base):
    """No metric: it has no readings."""

    def update(self, y_true, y_pred, w=1.0):
        pass
'''


@pytest.fixture
def package(third_party: Any) -> Any:
    """The package, imported, with its metrics registered."""
    found = third_party(PACKAGE)
    for kind in ("Brier", "Fails", "Incomplete"):
        catalogue.register(getattr(found, kind), f"metrics.{kind}")
    return found


def configured(tables: str) -> Config:
    return loads(MINIMAL + tables)


def taught(tables: str, start: int = 0, n: int = 100) -> Engine:
    engine = build.engine(configured(tables), replay=False)
    teach(engine, start, n)
    return engine


def teach(engine: Engine, start: int, n: int) -> None:
    for i in range(start, start + n):
        engine.on_event(Event(f"e{i}", float(i), {"a": float(i % 7)}, i % 5 == 0))
    assert engine.counters["learned"] == start + n


def restored(tables: str, saved: bytes) -> Engine:
    engine = build.engine(configured(tables), replay=False)
    build.restored(engine, saved, {}, force=False, allow_pickle=False)
    return engine


def value(engine: Engine, name: str) -> Any:
    return figures.by_name(engine.readings()).get(name)


BRIER = "[metric.brier]\ntype = 'Brier'\nhalf_life = 50.0\n"
OURS = "[metric.short]\ntype = 'LogLoss'\nhalf_life = 20.0\n"


def test_it_obeys_the_laws(package: Any) -> None:
    for law in checks.METRIC_LAWS:
        law(package.Brier())


def test_toml_chooses_it_and_the_engine_feeds_saves_and_restores_it(package: Any) -> None:
    engine = taught(BRIER + OURS)
    brier = engine.metrics.others.metrics["brier"]
    assert isinstance(brier, package.Brier)
    assert brier.half_life == 50.0
    assert 0.0 < value(engine, "brier") < 1.0
    assert value(engine, "short_log_loss") != value(engine, "log_loss") > 0.0
    again = restored(BRIER + OURS, engine.snapshot())
    assert again.snapshot() == engine.snapshot()
    for each in (engine, again):
        teach(each, 100, 50)
    assert again.snapshot() == engine.snapshot()
    assert value(again, "brier") == value(engine, "brier")


def test_exporter_table_and_json_show_it(package: Any) -> None:
    engine, status = taught(BRIER + OURS), Status()
    made = exporter({"port": 0}, engine, status, Degraded([]), dict)
    registry = CollectorRegistry()
    registry.register(ReadingsCollector(made.readings))
    page = generate_latest(registry).decode()
    made.close()
    assert f"streamimb_brier {value(engine, 'brier')}\n" in page
    assert "# HELP streamimb_short_log_loss Log loss of what was served, nats.\n" in page
    assert figures.service(engine, status, Degraded([]))["brier"] == value(engine, "brier")
    assert "brier: mean squared error" in dict(figures.titled(engine.readings()))


def test_a_metric_that_comes_goes_or_changes_begins_anew_and_keeps_no_state_from_loading(
    package: Any,
) -> None:
    engine = taught(BRIER)
    saved = engine.snapshot()
    assert value(restored("", saved), "brier") is None
    added = restored(BRIER + OURS, saved)
    assert value(added, "brier") == value(engine, "brier")
    assert value(added, "short_log_loss") is None
    assert value(restored(BRIER.replace("50.0", "60.0"), saved), "brier") is None
    del catalogue._BY_NAME["metrics.Brier"], catalogue._BY_CLASS[package.Brier]
    assert restored("", saved).counters["events"] == 100
    with pytest.raises(
        SnapshotError, match="metric 'brier': "
    ):  # said at the start, by the trial of the model
        engine.snapshot()


def test_one_that_raises_is_counted_and_goes_no_further(package: Any) -> None:
    engine = taught("[metric.odd]\ntype = 'Fails'\n")
    measured = sum(i % 5 == 0 for i in range(100)) - 5  # the first five positives are cold
    assert value(engine, "metric_failures") == {"odd": measured}
    assert engine.metrics.others.errors == {"odd": "raises ArithmeticError"}  # its message quotes a value
    assert value(engine, "odd_brier") > 0.0
    assert engine.counters["scored"] == 100


def test_a_class_named_by_its_module_registers_itself(package: Any) -> None:
    del catalogue._BY_NAME["metrics.Brier"], catalogue._BY_CLASS[package.Brier]
    tables = BRIER.replace("'Brier'", f"'{package.__name__}:Brier'")
    engine = taught(tables)
    assert value(restored(tables, engine.snapshot()), "brier") == value(engine, "brier")


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ("[metric.brier]\ntype = 'Brir'", r"^\[metric\.brier\] type is 'Brir': did you mean 'Brier'\?"),
        (
            "[metric.brier]\nhalf_life = 5.0",
            r"^\[metric\.brier\] type is missing: there are BaseRate, ",
        ),
        (
            "[metric.brier]\ntype = 'Brier'\nhalf = 5.0",
            r"^\[metric\.brier\] 'half' is not an option of Brier: did you mean 'half_life'\?",
        ),
        ("[metric]\nbrier = 5", r"^metric\.brier: is a value"),
        (
            "[metric.s]\ntype = 'LogLoss'\nhalf_life = -1.0",
            r"^\[metric\.s\] LogLoss: half_life=-1\.0: expected",
        ),
        (
            "[metric.log_loss]\ntype = 'LogLoss'",
            r"^\[metric\] 'log_loss' is exported twice: give the metric another",
        ),
        ("[metric.Short]\ntype = 'LogLoss'", r"^\[metric\] 'Short' is no name: expected lower case letters"),
        (
            "[metric.bad]\ntype = 'Incomplete'",
            r"^\[metric\] 'bad' is a Incomplete: expected a metric with update",
        ),
    ],
)
def test_what_is_wrong_names_the_table(package: Any, tables: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        build.engine(configured(tables), replay=False)


def test_it_is_listed(package: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(["parts"]) == 0
    out = capsys.readouterr().out
    assert "metrics, chosen by type in [metric]\n" in out
    assert "  Brier: half_life = 100.0. Mean squared error of what was served, decayed.\n" in out
