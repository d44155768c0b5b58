"""run and replay on inputs that are not what they were, on paths of a configuration, and on new states."""

import json
import os
from pathlib import Path

import pytest

from streamimb.cli import build
from streamimb.connections import Record, Unavailable
from streamimb.serve import MemorySource, read_state


def messages(err):
    return [line["message"] for line in map(json.loads, err.splitlines())]


def figures(folder, *command):
    code, out, err = folder.command(*command, "--json")
    assert code == 0, err
    return json.loads(out), messages(err)


def test_a_rotated_input_is_read_whole_and_the_log_and_a_counter_say_so(folder):
    assert figures(folder, "run")[0]["counters"]["events"] == 600
    path = folder.path / "in.jsonl"
    path.rename(folder.path / "in.jsonl.1")
    path.write_bytes((folder.path / "in.jsonl.1").read_bytes().replace(b'"tx-', b'"ty-'))
    code, found = doctor(folder)
    assert code == 0
    assert found["input payments: position"][0] == "warning"
    told, log = figures(folder, "run")
    assert (told["records"], told["scores_sent"], told["inputs_started_over"]) == (1200, 600, 1)
    assert sum("is another file than the one read before" in message for message in log) == 1
    assert len({score["id"] for score in folder.lines("scores.jsonl")}) == 1200
    told, log = figures(folder, "run")
    assert (told["records"], told["inputs_started_over"]) == (0, 0)
    assert "input payments: position" not in doctor(folder)[1]


def doctor(folder):
    code, out, _ = folder.command("doctor", "--json")
    return code, {finding["what"]: (finding["verdict"], finding["detail"]) for finding in json.loads(out)}


@pytest.mark.parametrize("command", ["run", "replay"])
def test_a_half_written_last_line_is_scored_once_it_is_whole(folder, command):
    path = folder.path / "in.jsonl"
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if b'"type":"event"' in line)
    path.write_bytes(b"".join(lines[:last]) + lines[last][:-20])
    told, log = figures(folder, command)
    assert (told["scores_sent"], told["rejected"]) == (599, {})
    assert sum("has no newline and is not a whole JSON object" in message for message in log) == 1
    path.write_bytes(whole)
    told, _ = figures(folder, command)
    assert (told["scores_sent"], told["rejected"], told["model_version"]) == (1, {}, 600)
    assert folder.lines("dead.jsonl") == []


@pytest.mark.parametrize("command", ["run", "replay", "doctor", "inspect"])
def test_paths_are_relative_to_the_configuration(folder, command, monkeypatch):
    elsewhere = folder.path / "elsewhere"
    elsewhere.mkdir()
    assert folder.command("replay")[0] == 0
    there = set(os.listdir(folder.path)) | {"state.db-wal", "state.db-shm"}  # SQLite's own
    monkeypatch.chdir(elsewhere)
    for config in ("../c.toml", str(folder.path / "c.toml")):
        code, out, err = folder.command(command, config=config)
        assert code == 0, err + out
        assert Path.cwd() == elsewhere
    assert os.listdir(elsewhere) == []
    assert set(os.listdir(folder.path)) <= there
    saved = read_state(folder.path / "state.db")
    assert saved is not None
    assert folder.command("replay", "--state", "own.db", config="../c.toml")[0] == 0
    assert (elsewhere / "own.db").exists()  # an argument is relative to where it is given
    assert folder.command("inspect", "--state", "own.db", config="../c.toml")[0] == 0


def test_a_factory_is_found_beside_the_configuration_from_anywhere(folder, monkeypatch):
    (folder.path / "beside_model_of_the_test.py").write_text(
        "from streamimb.linear_model import LogisticRegression\ndef build():\n    return LogisticRegression()\n"
    )
    folder.configure("seed = 1", 'factory = "beside_model_of_the_test:build"')
    (folder.path / "elsewhere").mkdir()
    monkeypatch.chdir(folder.path / "elsewhere")
    code, _, err = folder.command("replay", config="../c.toml")
    assert code == 0, err


class Grouped(MemorySource):
    """A source whose group has committed offsets; at first it cannot be asked."""

    def __init__(self, committed, away):
        super().__init__("payments", {0: [Record(0, 2, 1.6e9, None, None)]})
        self.told = []
        self.committed = committed
        self.away = away

    def commit(self, positions):
        self.told.append(dict(positions))

    def committed_outside(self):
        self.away -= 1
        if self.away >= 0:
            raise Unavailable("the group cannot be asked")
        return self.committed


@pytest.fixture
def grouped(folder, monkeypatch):
    def with_group(committed, away=0):
        monkeypatch.setattr(build, "sources", lambda config, replay: [Grouped(committed, away)])

    return with_group


def test_a_new_state_where_a_group_has_committed_is_refused_without_new(folder, grouped):
    grouped({0: 17, 2: 5}, away=1)
    for _ in range(2):  # being refused leaves no state behind that would be gone on with
        code, _, err = folder.command("run")
        assert code == 2
        assert "[source.payments] its group has committed offsets (by partition 0: 17, 2: 5)" in err
        assert "start anew with run --new" in err
    grouped({0: 17})
    code, found = doctor(folder)
    assert code == 2
    assert found["input payments"][0] == "wrong"
    assert "run --new" in found["input payments"][1]
    grouped({})
    assert folder.command("run")[0] == 0


def test_new_starts_a_new_state_on_purpose_and_refuses_one_that_is_there(folder, grouped, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(build, "sources", lambda config, replay: [Grouped({0: 17}, 0)])
        assert folder.command("run", "--new")[0] == 0
    monkeypatch.undo()
    monkeypatch.chdir(folder.path)
    assert folder.command("replay")[0] == 0
    saved = read_state("state.db")
    code, _, err = folder.command("run", "--new")
    assert code == 2
    assert "'state.db' holds a state already: leave out --new" in err
    assert read_state("state.db") == saved
    grouped({0: 17})
    assert folder.command("run")[0] == 0  # a state that is not new is gone on with
    assert doctor(folder)[0] == 0


def test_replay_is_not_refused_and_tells_the_group_nothing(folder, monkeypatch):
    made = []

    def sources(config, replay):
        made.append(Grouped({0: 17}, 0))
        return made[-1:]

    monkeypatch.setattr(build, "sources", sources)
    assert folder.command("replay")[0] == 0
    assert made[-1].told == []
    monkeypatch.setattr(Grouped, "committed_outside", lambda source: {})
    (folder.path / "state.db").unlink()
    assert folder.command("run")[0] == 0
    assert made[-1].told == [{0: 3}]
