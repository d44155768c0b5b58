"""Classes by name through the whole service: a configuration, files, scores, dead letters, figures, restarts."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from examples.attacks import KINDS, records
from streamimb.cli import build
from streamimb.config import load
from streamimb.serve import read_state
from streamimb_connectors.prometheus.collector import ReadingsCollector

NAMES = list(KINDS)
CONFIG = """
[model]
seed = 1
[learner]
type = "SoftmaxRegression"
[labels]
classes = ["normal", "dos", "probe", "password"]
ttl_s = 86400
[source.connections]
type = "files"
role = "both"
path = "in.jsonl"
[sink.scores]
type = "files"
path = "scores.jsonl"
[sink.dead_letters]
type = "files"
path = "dead.jsonl"
[state]
path = "state.db"
checkpoint_events = 500
"""
CLASSES = 'classes = ["normal", "dos", "probe", "password"]'
NO_NAMES = "the model does not learn classes by name"
LEARNER = '[learner]\ntype = "SoftmaxRegression"\n'


@pytest.fixture
def classes(folder):
    """The folder with this configuration, and 1,000 connections with their labels."""
    (folder.path / "c.toml").write_text(CONFIG)
    lines = [json.dumps(record) for record in records(1_000)]
    (folder.path / "in.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return folder


def change(folder, old, new):
    text = (folder.path / "c.toml").read_text()
    assert old in text
    (folder.path / "c.toml").write_text(text.replace(old, new))


def test_scores_carry_the_classes_and_figures_each_of_them(classes):
    code, out, err = classes.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["model_version"] == told["counters"]["joined"] == 1_000
    assert sum(told["learned_of"].values()) == 1_000
    for name in ("calibration_ratio", "calibration_ratio_recent", "base_rate", "pr_auc", "recall"):
        assert list(told[name]) == NAMES
    assert told["calibration_ratio"]["dos"]["calibrated"]["low"] < 1.0
    assert 0.0 < told["g_mean"] <= told["macro_recall"] < 1.0
    assert isinstance(told["log_loss"], float)
    scores = classes.lines("scores.jsonl")
    assert len(scores) == 1_000
    for score in scores:
        assert list(score["classes"]) == NAMES
        assert score["p"] == score["classes"][score["decision"]]
    assert {score["decision"] for score in scores} == set(NAMES)
    assert classes.lines("dead.jsonl") == []
    code, out, _ = classes.command("inspect", "--json")
    state = json.loads(out)["state"]
    assert state["classes"] == NAMES
    assert list(state["metrics"]["recall"]) == NAMES
    code, out, _ = classes.command("doctor")
    assert "4 classes" in out


def test_stopped_killed_and_started_again_is_uninterrupted(classes):
    assert classes.command("replay", "--state", "whole.db")[0] == 0
    whole = read_state("whole.db")
    lines = (classes.path / "in.jsonl").read_bytes().splitlines(keepends=True)
    (classes.path / "in.jsonl").write_bytes(b"".join(lines[:700]))
    assert classes.command("replay")[0] == 0  # a part, saved at its end
    (classes.path / "in.jsonl").write_bytes(b"".join(lines))
    program = "from streamimb.cli import main; main()"
    command = [sys.executable, "-c", program, "replay", "--config", "c.toml"]
    running = subprocess.Popen(command, cwd=classes.path, stderr=subprocess.DEVNULL)
    begun = read_state("state.db")
    until = time.monotonic() + 60.0
    while running.poll() is None and read_state("state.db") == begun and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)  # somewhere after a checkpoint, or at the end
    running.wait()
    assert classes.command("replay")[0] == 0
    assert read_state("state.db") == whole


def test_a_label_that_is_no_class_goes_to_the_dead_letters(classes):
    more = [
        {"type": "event", "id": "odd", "time": 1_767_300_000.0, "log_bytes": 1.0, "label": "worm"},
        {"type": "label", "id": "odd", "time": 1_767_300_001.0, "label": True},
        {"type": "label", "id": "odd", "time": 1_767_300_002.0, "label": 1},
    ]
    with (classes.path / "in.jsonl").open("a") as file:
        file.writelines(f"{json.dumps(record)}\n" for record in more)
    code, out, err = classes.command("replay", "--json")
    assert code == 0, err
    dead = classes.lines("dead.jsonl")
    assert [(letter["reason"], letter["field"]) for letter in dead] == [("label_value", "label")] * 3
    assert "worm" not in (classes.path / "dead.jsonl").read_text() + err
    assert json.loads(out)["rejected"] == {"label_value": 3}
    assert classes.lines("scores.jsonl")[-1]["id"] == "odd"  # it is scored nevertheless


def test_the_exporter_has_a_ratio_for_each_class(classes):
    assert classes.command("replay")[0] == 0
    engine = build.engine(load("c.toml"), replay=False)
    saved = read_state("state.db")
    assert saved is not None
    engine.restore(saved.snapshot, saved.rows)
    registry = CollectorRegistry()
    registry.register(ReadingsCollector(engine.readings))
    page = generate_latest(registry).decode()
    for name in NAMES:
        for stage in ("raw", "corrected", "calibrated"):
            labels = f'bound="value",class="{name}",stage="{stage}"'
            assert f"streamimb_calibration_ratio{{{labels}}}" in page
        assert f'streamimb_learned_of_total{{class="{name}"}}' in page
        assert f'streamimb_recall{{class="{name}"}}' in page
    assert "\nstreamimb_log_loss 0." in page


def test_a_class_that_is_added_is_logged_and_one_that_is_left_out_is_refused(classes):
    assert classes.command("replay")[0] == 0
    change(classes, CLASSES, CLASSES.replace("]", ', "worm"]'))
    code, out, err = classes.command("doctor")
    assert "the next start changes [labels] classes: 'worm' is new" in " ".join(out.replace("│", " ").split())
    code, out, err = classes.command("replay", "--json")
    assert code == 0
    assert "[labels] classes: 'worm' is new" in err
    assert json.loads(out)["counters"]["parameter_changes"] == 1
    change(classes, '"probe", ', "")
    code, _, err = classes.command("replay")
    assert code == 2
    assert err.startswith(
        "streamimb: [state] the saved state has the class 'probe', which the model cannot unlearn"
    )
    assert classes.command("replay", "--force")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (LEARNER, LEARNER.replace("Softmax", "Logistic"), f"[labels] classes: {NO_NAMES}"),
        (LEARNER, 'recipe = "boosting"\n', f"[labels] classes: {NO_NAMES}"),
        ("ttl_s = 86400", 'regime = "positives"\nwindow_s = 60', "[labels] classes: where only positives"),
        (CLASSES, "classes = []", "[labels] classes = []: name all classes"),
        (CLASSES, 'classes = ["dos"]', "[labels] classes: 1 are given: name 2 to 100 classes"),
        (CLASSES, 'classes = ["7", 7]', "[labels] classes: '7' is given twice: name each class once"),
        (CLASSES, f"classes = {[str(i) for i in range(1_000)]}", "[labels] classes: 1,000 are given"),
        (CLASSES, "classes = [true, false]", "[labels] "),
        (
            "[sink.scores]",
            '[source.connections.fields]\npositive = ["dos"]\n[sink.scores]',
            "[source] fields: positive=('dos',): there are classes by name",
        ),
    ],
)
def test_what_does_not_go_with_classes_is_refused_at_the_start(classes, old, new, message):
    change(classes, old, new)
    code, _, err = classes.command("replay")
    assert code == 2
    assert err.startswith(f"streamimb: {message}"), err
    assert not (classes.path / "scores.jsonl").exists()


def test_true_and_false_do_not_become_names_of_one_state(classes):
    assert classes.command("replay")[0] == 0
    change(classes, CLASSES, "")
    code, _, err = classes.command("replay")
    assert code == 2
    assert "the saved state was made with classes by name, not with the labels True and False" in err


def test_numbers_are_names_too(classes):
    change(classes, CLASSES, 'classes = [0, 1, 2, "3"]')
    text = (classes.path / "in.jsonl").read_text()
    for i, name in enumerate(NAMES):
        text = text.replace(f'"{name}"', str(i) if i % 2 else f'"{i}"')
    (classes.path / "in.jsonl").write_text(text)
    code, out, err = classes.command("replay", "--json")
    assert code == 0, err
    assert list(json.loads(out)["recall"]) == ["0", "1", "2", "3"]
    assert json.loads(out)["model_version"] == 1_000
