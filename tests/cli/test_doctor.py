"""doctor: one table over everything a configuration reaches, and an exit code for machines."""

import json
import os

import msgspec
import pytest

from streamimb.cli import build
from streamimb.config import ConfigError, load
from streamimb.connections import Unavailable
from streamimb.serve import Degraded, SqliteStore, Status


def verdicts(folder):
    code, out, _ = folder.command("doctor", "--json")
    return code, {finding["what"]: (finding["verdict"], finding["detail"]) for finding in json.loads(out)}


def test_all_is_well(folder):
    code, found = verdicts(folder)
    assert code == 0
    assert found["input payments"] == ("ok", "open; of 100 records 100 events")
    assert found["state"][1] == "none yet: a new one will be started"
    assert {verdict for what, (verdict, _) in found.items() if what not in ("exporter", "kernels")} == {"ok"}
    assert not (folder.path / "state.db").exists()
    assert found["configuration"][1] == "1 input, regime both"
    assert found["exporter"] == ("warning", "no [exporter.<name>] is configured: no metrics page is served")
    code, out, _ = folder.command("doctor")
    assert code == 0
    assert "verdict" in out


def test_a_sample_that_does_not_fit_the_schema_is_told_by_reason(folder):
    folder.configure('[schema.merchant]\ntype = "string"', '[schema.merchant]\ntype = "number"')
    code, found = verdicts(folder)
    assert code == 2
    verdict, detail = found["input payments"]
    assert verdict == "wrong"
    assert "100 events that would not be learned" in detail
    assert "type:merchant ×100" in detail
    assert "shop-" not in str(found)


def test_a_column_with_a_role_is_no_unknown_field(folder):
    folder.configure('[schema.merchant]\ntype = "string"', '[schema.merchant]\nrole = "group"')
    code, found = verdicts(folder)
    assert code == 0
    assert found["input payments"] == ("ok", "open; of 100 records 100 events")


def test_a_wrong_time_unit_is_told(folder):
    folder.configure('drop = ["card"]', 'drop = ["card"]\ntime_unit = "ms"')
    code, found = verdicts(folder)
    assert code == 2
    assert "ts_unit:time ×100" in found["input payments"][1]


def test_a_clock_that_is_not_ours(folder):
    lines = folder.lines("in.jsonl")
    for line in lines:
        line["time"] += 1e9
    (folder.path / "in.jsonl").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    code, found = verdicts(folder)
    assert code == 0
    assert found["clock of input payments"][0] == "warning"


def test_a_state_in_use_is_for_later(folder):
    with SqliteStore("state.db"):
        code, found = verdicts(folder)
    assert code == 75
    assert found["state"][0] == "retry"


def test_an_input_that_is_away_is_for_later(folder, monkeypatch):
    class Away:
        name = "payments"

        def open(self, positions, identity=b""):
            raise Unavailable("no connection to any broker")

        def close(self):
            pass

    monkeypatch.setattr(build, "sources", lambda config, replay: [Away()])
    code, found = verdicts(folder)
    assert code == 75
    assert found["input payments"] == ("retry", "no connection to any broker")


@pytest.mark.parametrize(
    ("part", "verdict", "exit_code"),
    [("broker", "retry", 75), ("topic", "wrong", 2), ("clock", "warning", 0)],
)
def test_what_a_connector_finds_by_itself(folder, monkeypatch, part, verdict, exit_code):
    monkeypatch.setattr(
        build, "diagnosis", lambda connector: [("options", True, "fine"), (part, False, "why")]
    )
    code, found = verdicts(folder)
    assert code == exit_code
    for what in ("input payments", "output scores", "output dead_letters"):
        assert found[f"{what}: options"] == ("ok", "fine")
        assert found[f"{what}: {part}"] == (verdict, "why")
    for what in ("input payments", "output scores"):  # not even tried where it cannot work
        assert (what in found) == (verdict == "warning")


@pytest.mark.parametrize(
    ("old", "new", "what", "detail"),
    [
        ('path = "in.jsonl"', 'path = "no.jsonl"', "inputs", "does not exist"),
        ('path = "scores.jsonl"', 'path = "/nowhere/s.jsonl"', "output scores", "appending"),
        ('path = "state.db"', 'path = "/nowhere/s.db"', "disk", "no directory"),
        (
            "[schema.amount]",
            "[sampler]\nshare = 2.0\n[schema.amount]",
            "model",
            "[sampler] ScoreUnderSampler: share=2.0",
        ),
        ("seed = 1", "share = 0.1", "configuration", "it belongs to [sampler]"),
        ("seed = 1", "sed = 1", "configuration", "did you mean 'seed'"),
        (
            "[schema.amount]",
            "[exporter.page]\ntype = 'promtheus'\n[schema.amount]",
            "exporter page",
            "[exporter.page] type is 'promtheus': did you mean 'prometheus'?",
        ),
        (
            "[schema.amount]",
            "[exporter.page]\ntype = 'prometheus'\nport = -1\n[schema.amount]",
            "exporter page",
            "port is -1",
        ),
        (
            "[schema.amount]",
            "[exporter.page]\ntype = 'prometheus'\nport = 'x'\n[schema.amount]",
            "exporter page",
            "port is 'x': give a whole number",
        ),
        ("[schema.amount]", "[labels]\nttl_s = inf\n[schema.amount]", "model", "[labels] ttl_s=inf"),
        ('path = "in.jsonl"', "batch = 9", "inputs", "path is missing: give it, such as path ="),
    ],
)
def test_what_is_wrong_is_named(folder, old, new, what, detail):
    folder.configure(old, new)
    code, found = verdicts(folder)
    assert code == 2
    assert found[what][0] == "wrong"
    assert detail in found[what][1]


def test_a_directory_that_may_not_be_written(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    code, found = verdicts(folder)
    assert code == 2
    assert "may not be written" in found["disk"][1]


def test_the_port_of_the_running_service_is_no_fault(folder):
    table = "\n[exporter.{}]\ntype = 'prometheus'\nport = {}\n"
    folder.configure("", "", table.format("page", 0))
    config = load(folder.path / "c.toml")
    engine = build.engine(config, replay=False)
    running = build.exporter(config.exporters[0], engine, Status(), Degraded([]), dict)
    port = running.address.rpartition(":")[2]
    folder.configure("", "", table.format("page", port))
    assert verdicts(folder)[0] == 2
    with SqliteStore("state.db"):
        code, found = verdicts(folder)
    assert code == 75
    assert found["exporter page"][0] == "warning"
    running.close()
    folder.configure("", "", table.format("page", port) + table.format("second", port))
    code, found = verdicts(folder)
    assert (code, found["exporter page"][0]) == (2, "ok")
    assert "[exporter.second]" in found["exporter second"][1]
    assert "cannot be listened on" in found["exporter second"][1]


def test_an_extra_that_is_not_installed_is_a_line_of_the_table(folder, monkeypatch):
    def lacking(connector):
        raise ConfigError("it needs kafka: pip install 'streamimb[kafka]'")

    monkeypatch.setattr(build, "diagnosis", lacking)
    code, found = verdicts(folder)
    assert code == 2
    wanted = ("wrong", "it needs kafka: pip install 'streamimb[kafka]'")
    assert found["input payments"] == found["output scores"] == wanted


def test_what_replay_would_open_is_tested_too(folder):
    (folder.path / "past.jsonl").write_bytes((folder.path / "in.jsonl").read_bytes()[:0])
    folder.configure(
        "",
        "",
        '\n[source.payments.replay]\npath = "past.jsonl"\n[sink.scores.replay]\npath = "old.jsonl"\n',
    )
    code, found = verdicts(folder)
    assert code == 0
    assert found["input payments"] == ("ok", "open; of 100 records 100 events")
    assert found["input payments.replay"] == ("ok", "open; no record to look at")
    assert found["output scores.replay"] == ("ok", "files")
    assert "output dead_letters.replay" not in found


@pytest.mark.parametrize(
    ("table", "what", "detail"),
    [
        ('[source.payments.replay]\npath = "no.jsonl"', "inputs of replay", "does not exist"),
        ('[source.payments.replay]\npat = "in.jsonl"', "inputs of replay", "did you mean 'path'"),
        ("[source.payments.replay]\ntype = 'fils'", "inputs of replay", "did you mean 'files'"),
        ('[sink.scores.replay]\npath = "/nowhere/s.jsonl"', "output scores.replay", "appending"),
        ("[sink.dead_letters.replay]\ntype = 'fils'", "output dead_letters.replay", "did you mean 'files'"),
        (
            "[exporter.page]\ntype = 'prometheus'\n[exporter.page.replay]\nport = 1",
            "configuration",
            "[exporter.page.replay] has no effect",
        ),
    ],
)
def test_what_is_wrong_for_replay_is_named(folder, table, what, detail):
    folder.configure("", "", f"\n{table}\n")
    code, found = verdicts(folder)
    assert (code, found[what][0]) == (2, "wrong")
    assert detail in found[what][1]


def test_what_a_connector_finds_of_its_replay_table(folder, monkeypatch):
    asked = []

    def diagnosis(connector):
        asked.append((connector.name, connector.options.get("batch")))
        return [("topic", connector.options.get("batch") is None, "why")]

    monkeypatch.setattr(build, "diagnosis", diagnosis)
    folder.configure("", "", "\n[source.payments.replay]\nbatch = 7\n")
    code, found = verdicts(folder)
    assert ("payments.replay", 7) in asked
    assert (code, found["input payments.replay: topic"]) == (2, ("wrong", "why"))
    assert "input payments.replay" not in found


def test_a_sample_of_replay_that_does_not_fit_is_told(folder):
    (folder.path / "past.jsonl").write_bytes(b'{"id": 1}\n' * 5)
    folder.configure("", "", '\n[source.payments.replay]\npath = "past.jsonl"\n')
    code, found = verdicts(folder)
    assert (code, found["input payments.replay"][0]) == (2, "wrong")
    assert found["input payments"][0] == "ok"


def test_positions_of_an_input_that_was_renamed_are_told(folder):
    folder.stream(100)
    assert folder.command("replay")[0] == 0
    folder.configure("[source.payments]", "[source.cards]", "")
    text = (folder.path / "c.toml").read_text()
    (folder.path / "c.toml").write_text(text.replace("[source.payments.fields]", "[source.cards.fields]"))
    code, found = verdicts(folder)
    assert (code, found["state"][0]) == (2, "wrong")
    assert "has positions of 'payments', which is not among cards" in found["state"][1]
