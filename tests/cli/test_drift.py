"""`[drift]` and `[sink.alarms]` through the whole service: log, output, figures, saved state, and what is refused."""

import json
import random

import pytest

from streamimb.config import ConfigError, loads

ENDS = """
[model]
seed = 1
[source.payments]
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
"""
ALARMS = '[sink.alarms]\ntype = "files"\npath = "alarms.jsonl"\n'
QUICK = "[drift.features]\nevery = 1\nblock = 100\n"
DEFAULT = ["concept", "scores", "calibration", "features", "label_delay"]


def lines(first, last, unit=1.0):
    found = []
    for i in range(first, last):
        rng = random.Random(i)
        y = rng.random() < 0.05
        amount = unit * rng.lognormvariate(3.0, 1.0)
        event = {
            "type": "event",
            "id": f"e{i}",
            "time": 1_600_000_000 + i,
            "amount": amount,
            "speed": rng.gauss(y, 1),
        }
        found += [event, {"type": "label", "id": f"e{i}", "time": 1_600_000_000 + i, "label": int(y)}]
    return "".join(f"{json.dumps(line)}\n" for line in found)


def prepared(folder, tables, stream):
    (folder.path / "c.toml").write_text(tables + ENDS)
    (folder.path / "in.jsonl").write_text(stream)


def told_by(folder, *command):
    code, out, err = folder.command(*command, "--json")
    assert code == 0, err
    return json.loads(out), [json.loads(line)["message"] for line in err.splitlines()]


def test_an_alarm_is_in_log_output_figures_and_state_and_comes_once(folder):
    prepared(folder, ALARMS + QUICK, lines(0, 600) + lines(600, 900, 100.0))
    told, log = told_by(folder, "replay")
    (alarm,) = folder.lines("alarms.jsonl")
    assert (alarm["source"], alarm["name"], alarm["fields"], alarm["n"]) == (
        "features",
        "unit",
        ["amount"],
        1,
    )
    assert 70.0 < alarm["evidence"]["factor"] < 140.0
    assert 1_600_000_600 < alarm["t"] < 1_600_000_900
    assert alarm["look_at"].startswith("All values of a field were multiplied by one factor")
    (line,) = [message for message in log if message.startswith("alarm: ")]
    assert line.startswith("alarm: features: unit in amount (fields_n 1, factor ")
    assert told["alarms"] == {"features": {"unit": 1}}
    assert told["last_alarm_timestamp_seconds"] == {"features": {"unit": alarm["t"]}}
    assert (told["alarms_sent"], told["last_alarms"]) == (1, [alarm])
    state = json.loads(folder.command("inspect", "--json")[1])["state"]
    assert (state["alarms"]["n"], state["alarms"]["recent"]) == (1, [alarm])
    assert "alarms" in folder.command("inspect")[1]
    told, log = told_by(folder, "replay")  # nothing new
    assert (told["alarms_sent"], folder.lines("alarms.jsonl")) == (0, [alarm])
    assert told["alarms"] == {"features": {"unit": 1}}
    code, out, _ = folder.command("doctor")
    assert (code, "output alarms" in out) == (0, True)


def test_without_an_output_alarms_are_logged_and_without_drift_there_are_none(folder):
    stream = lines(0, 600) + lines(600, 900, 100.0)
    prepared(folder, QUICK, stream)
    told, log = told_by(folder, "replay")
    assert told["alarms"] == {"features": {"unit": 1}}
    assert sum(message.startswith("alarm: ") for message in log) == 1
    (folder.path / "state.db").unlink()
    prepared(folder, QUICK + "[drift]\nenabled = false\n", stream)
    told, log = told_by(folder, "replay")
    assert (told["alarms"], "detector_failures" in told) == ({}, False)
    assert not [message for message in log if message.startswith("alarm: ")]


OWN = """
from river import drift as river_drift
from streamimb import drift


class Mine(drift.DDMOCI):
    pass


class Raises(drift.ScoreDrift):
    def update(self, p, w=1.0):
        raise ArithmeticError("2.5 is the amount")


def adwin(delta):
    return drift.ForeignDetector(river_drift.ADWIN(delta), of="label")
"""


def test_detectors_of_your_own_by_class_or_factory_and_one_that_raises(folder):
    (folder.path / "my_detectors.py").write_text(OWN)
    tables = (
        "[drift.mine]\ntype = 'my_detectors:Mine'\n[drift.odd]\ntype = 'my_detectors:Raises'\n"
        "[drift.rivers]\nfactory = 'my_detectors:adwin'\narguments = {delta = 0.01}\nallow_pickle = true\n"
    )
    prepared(folder, tables, lines(0, 700))
    told, log = told_by(folder, "replay")
    failures = told["detector_failures"]["odd"]
    assert failures > 500
    assert "[drift.odd] raises ArithmeticError (detector_failures)" in log
    assert told["rivers_foreign_detector_alarms"] == {"drift": 0}
    assert "detectors_fail" in told["degraded"]
    failures = told["detector_failures"]["odd"]
    told, _ = told_by(folder, "replay")  # from the saved state, which counts on
    assert told["detector_failures"]["odd"] == failures


@pytest.mark.parametrize(
    ("tables", "names"),
    [
        ("", DEFAULT),
        ("[drift]\nenabled = false\n", []),
        ("[drift.scores]\ntype = 'none'\n", [name for name in DEFAULT if name != "scores"]),
        ("[drift.more]\ntype = 'LFR'\n", [*DEFAULT, "more"]),
        (
            "[labels]\nclasses = ['a', 'b']\n[learner]\ntype = 'SoftmaxRegression'\n",
            ["features", "label_delay"],
        ),
    ],
)
def test_a_default_set_is_on(tables, names):
    assert list(loads(tables + ENDS).drift) == names


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ("[drift]\nenabled = 1\n", r"\[drift\] enabled is no switch: give true or false"),
        ("[drift]\nenable = true\n", r"\[drift\] 'enable' is not a key: did you mean 'enabled'"),
        (
            "[drift.more]\nblock = 9\n",
            r"\[drift.more\] type is missing: there are .*ClassConditionalDrift, .*'none'",
        ),
        ("[drift.features]\nblok = 9\n", r"\[drift.features\] 'blok' is not an option of FeatureDrift"),
        (
            "[drift.features]\ntype = 'none'\nblock = 9\n",
            r"\[drift.features\] type is 'none', which has no options",
        ),
        ("[drift.more]\ntype = 'ScoreDrif'\n", r"did you mean 'ScoreDrift'"),
        ("[sink.alarm]\ntype = 'none'\n", r"\[sink\] 'alarm' is not an output: did you mean 'alarms'"),
    ],
)
def test_a_wrong_table_is_refused(tables, told):
    with pytest.raises(ConfigError, match=told):
        loads(tables + ENDS)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ("[drift.features]\nblock = 9\n", "[drift.features] FeatureDrift: block=9: expected"),
        ("[drift.Odd]\ntype = 'LFR'\n", "[drift] 'Odd' is no name"),
        (
            "[drift.more]\nfactory = 'json:loads'\narguments = {s = '1'}\n",
            "gave a int: give a river.base.DriftDetector",
        ),
        (
            "[drift.more]\ntype = 'LFR'\n[labels]\nclasses = ['a', 'b']\n[learner]\ntype = 'SoftmaxRegression'\n",
            "[drift] 'more' watches labelled scores",
        ),
    ],
)
def test_what_does_not_fit_is_refused_at_the_start(folder, tables, told):
    prepared(folder, tables, lines(0, 5))
    code, _, err = folder.command("replay", "--json")
    assert code == 2
    assert told in err
