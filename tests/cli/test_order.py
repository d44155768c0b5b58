"""Inputs merged by time: as one file would be, and whatever time a single record has."""

import json

import pytest

from streamimb.serve import Runner, read_state

LABELS = """
[source.late]
type = "files"
role = "labels"
path = "labels.jsonl"
"""


def test_two_files_merged_by_time_give_the_state_of_one(folder):
    for kind in ("event", "label"):  # where roles say what a record is, `type` is a feature like others
        folder.stream(600, f"{kind}s.jsonl", f'"type":"{kind}",'.encode())
    assert folder.command("replay")[0] == 0
    one = read_state("state.db")
    two_files = """
role = "events"
path = "events.jsonl"
"""
    folder.configure('\nrole = "both"\npath = "in.jsonl"\n', two_files, LABELS)
    code, _, err = folder.command("replay", "--state", "two.db")
    assert code == 0, err
    two = read_state("two.db")
    # Records of one time may come in another order, but no label here has the time of an event.
    assert one is not None
    assert two is not None
    assert (one[0], one[2]) == (two[0], two[2])


def test_files_are_merged_by_the_time_that_the_decoder_reads(folder):
    assert folder.command("replay")[0] == 0
    versions = [score["model_version"] for score in folder.lines("scores.jsonl")]
    assert versions[-1] > versions[0]
    tables = []
    for kind in ("event", "label"):
        folder.stream(600, f"{kind}s.jsonl", f'"type":"{kind}",'.encode())
        records = [{**line, "at": line["time"] * 1000} for line in folder.lines(f"{kind}s.jsonl")]
        lines = (json.dumps({k: v for k, v in record.items() if k != "time"}) + "\n" for record in records)
        (folder.path / f"{kind}s.jsonl").write_text("".join(lines))
        tables.append(f'role = "{kind}s"\npath = "{kind}s.jsonl"\n[source.{kind}s.fields]\n')
        tables.append('time = "at"\ntime_unit = "ms"\n')
    events, labels = "".join(tables[:2]), '[source.labels]\ntype = "files"\n' + "".join(tables[2:])
    folder.configure("[source.payments]", "[source.events]")
    text = (folder.path / "c.toml").read_text()
    one = 'role = "both"\npath = "in.jsonl"\n[source.payments.fields]\n'
    assert one in text
    (folder.path / "c.toml").write_text(text.replace(one, events) + labels)
    code, _, err = folder.command("replay", "--state", "two.db")
    assert code == 0, err
    assert [score["model_version"] for score in folder.lines("scores.jsonl")] == 2 * versions


@pytest.mark.parametrize("kind", ["event", "label"])
@pytest.mark.parametrize("wrong", [lambda t: t * 1000, lambda t: t + 5 * 365 * 86_400])
def test_one_wrong_time_in_one_of_two_files_keeps_nothing_back(folder, monkeypatch, kind, wrong):
    for one in ("event", "label"):
        folder.stream(600, f"{one}s.jsonl", f'"type":"{one}",'.encode())
    assert folder.command("replay", "--state", "clean.db")[0] == 0
    clean = [score["model_version"] for score in folder.lines("scores.jsonl")]
    (folder.path / "scores.jsonl").unlink()
    lines = folder.lines(f"{kind}s.jsonl")
    lines[50]["time"] = wrong(lines[50]["time"])
    (folder.path / f"{kind}s.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    folder.configure(
        '\nrole = "both"\npath = "in.jsonl"\n', '\nrole = "events"\npath = "events.jsonl"\n', LABELS
    )
    code, out, _ = folder.command("replay", "--json")
    assert code == 0
    assert json.loads(out)["counters"]["joined"] >= 599
    versions = [score["model_version"] for score in folder.lines("scores.jsonl")]
    assert all(
        abs(one - other) <= 1
        for one, other in zip(versions[100:], clean[-len(versions[100:]) :], strict=True)
    )
    handle = Runner._handle

    def handle_a_few(self):
        self.batch_n = 25
        self.stop()
        return handle(self)

    monkeypatch.setattr(Runner, "_handle", handle_a_few)
    for _ in range(8):  # stop again and again before, at and after the wrong time, which is near record 100
        assert folder.command("replay", "--state", "again.db")[0] == 0
    monkeypatch.setattr(Runner, "_handle", handle)
    assert folder.command("replay", "--state", "again.db")[0] == 0
    assert read_state("again.db") == read_state("state.db")
