"""The demo: its stream is what it says, its numbers are pinned, and its table says what the numbers say."""

import io
import json
from itertools import pairwise

import pytest
from rich.console import Console

from streamimb.cli import demo
from streamimb.cli.app import called
from streamimb.cli.demo_stream import DemoStream
from streamimb.engine import label_identity


def test_fraud_is_rare_multiplies_by_ten_and_its_probabilities_are_true():
    stream = DemoStream(7, 60_000, 60_000, 60_000)
    records = list(stream.records())
    assert len(records) == 2 * stream.n
    assert [record.offset for record in records] == list(range(len(records)))
    assert all(before.t <= after.t for before, after in pairwise(records))
    means = []
    for phase in range(3):
        chosen = [i for i in range(stream.n) if stream.phase(i) == phase]
        expected = sum(stream.true_p[i] for i in chosen)
        variance = sum(stream.true_p[i] * (1 - stream.true_p[i]) for i in chosen)
        fraud = sum(stream.fraud[i] for i in chosen)
        assert abs(fraud - expected) < 4 * variance**0.5, ("seed 7", phase)
        means.append(expected / len(chosen))
    assert means[0] == pytest.approx(0.002, rel=0.2)
    # Within the nights that happen to be in a phase of four days.
    assert means[1] / means[0] == pytest.approx(10, rel=0.2)
    assert means[2] == pytest.approx(means[0], rel=0.2)


def test_the_same_seed_gives_the_same_summary():
    runs = []
    for _ in range(2):
        run = demo.Demo(5, (2_000, 500, 500))
        run.run(lambda: None)
        runs.append(run.summary())
    assert runs[0] == runs[1]
    assert runs[0]["model_version"] == 3_000


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        patch.setattr("sys.stderr", err)
        assert called(["demo", "--json"]) == 0
    return json.loads(out.getvalue()), err.getvalue()


# (predicted over observed: raw, corrected, calibrated; normalised entropy; share learned)
PINNED = {
    "before": (303, (37.80, 1.042, 1.042), 0.6759, 0.01197),
    "attack": (1193, (5.333, 0.9866, 0.9873), 0.6946, 0.0839),
    "after": (199, (39.18, 1.106, 1.058), 0.6630, 0.01366),
}


@pytest.mark.parametrize("phase", list(PINNED))
def test_the_summary_is_pinned(ran, phase):
    summary, _ = ran
    told = summary["phases"][phase]
    fraud, ratios, entropy, learned = PINNED[phase]
    assert told["fraud"] == fraud
    for stage, value in zip(("raw", "corrected", "calibrated"), ratios, strict=True):
        assert told["ratio"][stage]["value"] == pytest.approx(value, rel=0.001)
    assert told["normalized_entropy"] == pytest.approx(entropy, abs=0.0002)
    assert told["share_learned"] == pytest.approx(learned, abs=0.00002)
    # What the demo is there to show:
    assert 5 < told["ratio"]["raw"]["value"] < 40
    for stage in ("corrected", "calibrated"):
        assert told["ratio"][stage]["low"] < 1 < told["ratio"][stage]["high"]
    assert told["normalized_entropy"] < 0.7


def test_every_label_found_its_payment(ran):
    counters = ran[0]["counters"]
    assert counters["joined"] == counters["labels"] == counters["events"] == 300_000
    assert counters["pending"] == 0
    read, ended = label_identity(counters)
    assert read == ended


def test_without_a_terminal_a_line_per_phase(ran):
    lines = [line for line in ran[1].splitlines() if "predicted ÷ observed" in line]
    assert [line.split(":")[0] for line in lines] == ["before", "attack", "after"]
    assert "raw 37.8 (33.8–42.4)" in lines[0]


def test_the_table_on_a_terminal():
    run = demo.Demo(5, (1_500, 300, 200))
    run.run(lambda: None)
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    with demo._shown(run, console) as tick:
        tick()
    console.print(demo.table(run))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    for words in (
        "before",
        "attack",
        "after",
        "base rate",
        "calibrated",
        "share learned",
        "model version 2,000",
    ):
        assert words in shown
