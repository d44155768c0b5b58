"""Figures and table show every reading by its own name and title, whatever it measures."""

import math

import msgspec
from rich.console import Console

from streamimb.cli import figures
from streamimb.engine import BothReported, Engine
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Reading
from streamimb.serve import Degraded, Status

RATIO = {"value": 1.25, "low": 1.0, "high": 1.5}
RATE = {"value": 0.002, "low": 0.001, "high": 0.003}
READINGS = [
    Reading("lift", "Lift.", 2.5, title="lift"),
    Reading("ratio", "Ratio.", {"raw": RATIO}, labels=("stage", "bound"), title="ratio"),
    Reading("rate", "Rate.", RATE, labels=("bound",), title="rate", unit="share"),
    Reading("kept", "Kept.", 0.125, title="kept", unit="share"),
    Reading("delay", "Delay.", {"true": 90.0, "false": math.nan}, labels=("y",), title="delay", unit="s"),
    Reading("seen", "Seen.", 12_345, "counter", title="seen"),
    Reading("hidden", "Hidden.", 1.0),
]  # fmt: skip


def test_a_reading_with_a_title_is_a_row_of_the_table():
    assert list(figures.titled(READINGS)) == [
        ("lift", "2.50"),
        ("ratio, raw", "1.25 (1.00–1.50)"),
        ("rate", "0.200 % (0.100–0.300)"),
        ("kept", "12.5%"),
        ("delay, true", "90.0 s"),
        ("delay, false", "–"),
        ("seen", "12,345"),
    ]


def test_of_a_label_with_many_values_the_table_shows_ten():
    recall = Reading(
        "recall", "Recall.", {f"c{i}": 0.5 for i in range(100)}, labels=("class",), title="recall"
    )
    rows = list(figures.titled([recall]))
    assert rows[9:] == [("recall, c9", "0.50"), ("recall", "90 more are in --json and /status")]


def test_json_has_every_reading_by_its_name():
    told = figures.by_name(READINGS)
    assert list(told) == [reading.name for reading in READINGS]
    assert told["delay"] == {"true": 90.0, "false": None}
    assert msgspec.json.decode(msgspec.json.encode(told)) == told


def test_a_service_shows_all_readings_of_engine_and_runner():
    engine, status = Engine(LogisticRegression(), BothReported()), Status()
    told = figures.service(engine, status, Degraded([status]))
    names = {reading.name for part in (engine, status) for reading in part.readings()}
    assert told.keys() == names | {"counters", "degraded", "last_alarms", "waiting_for"}
    assert msgspec.json.encode(told)
    console = Console(width=120)
    with console.capture() as capture:
        console.print(figures.table(engine, status, Degraded([status]), 0.0))
    for title in ("events", "base rate", "predicted / observed, calibrated", "normalised entropy"):
        assert f" {title} │" in capture.get()
