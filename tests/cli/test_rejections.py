"""An input of which too many records are rejected makes the service degraded, and says why."""

import gzip
import json

import pytest

from streamimb.cli.rejections import Rejections
from streamimb.config import Connector
from streamimb.engine import BothReported, Engine
from streamimb.linear_model import LogisticRegression
from streamimb.serve import Degraded, Status
from streamimb_connectors.prometheus import Exporter

REASON = "rejected_records"


def messages(err):
    return [line["message"] for line in map(json.loads, err.splitlines())]


@pytest.mark.parametrize("command", ["run", "replay"])
@pytest.mark.parametrize("encode", [gzip.compress, lambda data: data.decode().encode("utf-16")])
def test_a_file_that_cannot_be_read_is_degraded(folder, command, encode):
    path = folder.path / "in.jsonl"
    path.write_bytes(encode(path.read_bytes()) + b"\n")
    code, out, err = folder.command(command, "--json")
    assert code == 0
    rejected = len(folder.lines("dead.jsonl"))
    (entry,) = [message for message in messages(err) if message.startswith("degraded: ")]
    assert entry.startswith(f"degraded: {REASON}: input payments: 100.0% of its last records were rejected")
    assert entry.endswith("most often as 'decode': [sink.dead_letters] has their places")
    assert list(json.loads(out)["degraded"]) == [REASON]
    (end,) = [message for message in messages(err) if message.startswith("ended at")]
    counts = f"{rejected:,} records read, 0 scored, {rejected:,} rejected (decode {rejected:,})"
    assert end == f"ended at model version 0: {counts}"


def test_what_is_well_is_not_degraded(folder):
    code, out, err = folder.command("replay", "--json")
    assert code == 0
    assert json.loads(out)["degraded"] == {}
    assert not [message for message in messages(err) if "degraded" in message]
    assert messages(err)[-1] == "ended at model version 600: 1,200 records read, 600 scored, 0 rejected"


class Watched:
    """Two inputs, one of them well."""

    def __init__(self, sink: str = "files") -> None:
        self.status = Status()
        self.rejections = Rejections(self.status, Connector("dead_letters", sink, {}))

    def read(self, n: int, rejected: int, reason: str = "ts_unit") -> str:
        """What is said after so many more records."""
        for name, count in (("well", 10 * n), ("ill", n)):
            self.status.read[name] = self.status.read.get(name, 0) + count
        for _ in range(rejected):
            self.status.dead_letter(reason, "ill")
        self.rejections.look()
        return self.rejections.degraded.get(REASON, "")


def test_at_least_a_hundred_are_seen_and_each_input_is_judged_by_itself():
    watched = Watched()
    assert not watched.read(99, 99)
    told = watched.read(1, 0)
    assert told.startswith("input ill: 99.0% of its last records were rejected, most often as 'ts_unit'")
    assert "well" not in told


def test_the_reason_is_entered_above_5_percent_and_left_below_half_of_that():
    watched = Watched("none")
    assert not watched.read(100_000, 0)
    assert not watched.read(500, 490)  # 4.8 % of the last 10,000
    told = watched.read(100, 100, "decode")
    assert "most often as 'ts_unit'" in told
    assert told.endswith("[sink.dead_letters] would have their places, but its type is 'none'")
    share = 590 / 10_000
    left_after = next(n for n in range(100, 20_000, 100) if share * (1 - 1e-4) ** n < 0.025)
    for n in range(0, left_after + 500, 100):
        told = watched.read(100, 0)
        assert bool(told) == (n + 100 < left_after) or abs(n - left_after) <= 400


@pytest.mark.parametrize("chunk", [1, 7, 500])
def test_how_often_it_looks_makes_no_difference(chunk):
    watched = Watched()
    for i in range(0, 3500, chunk):
        watched.read(min(chunk, 3500 - i), chunk // 7 if chunk > 1 else int(i % 7 == 0))
    assert watched.rejections._inputs["ill"].share == pytest.approx(1 / 7, rel=0.01)


def test_a_short_input_is_judged_at_its_end():
    watched = Watched()
    assert not watched.read(5, 5)
    watched.rejections.look(enough=1)
    assert "input ill: 100.0%" in watched.rejections.degraded[REASON]


def test_fault_78_more_than_5_percent_rejected_is_not_ok():
    watched = Watched()
    degraded = Degraded([watched.status, watched.rejections])
    engine = Engine(LogisticRegression(), BothReported())
    made = Exporter({"port": 0}, engine, watched.status, degraded, dict)

    def ok():
        degraded.look()
        shown = json.loads(made._state()[2])["ok"]
        (reading,) = [reading for reading in made.readings() if reading.name == "ok"]
        assert shown is bool(reading.value)
        return shown

    watched.status.open = True
    watched.read(1_000, 40)
    assert ok()
    watched.read(1_000, 80)
    assert not ok()
    assert list(degraded.reasons) == [REASON]
    watched.read(9_000, 0)
    assert ok()
    made.close()
