"""An input that is mostly rejected is told of once, with the commonest reason, and counted at the end."""

import gzip
import json

import pytest

from streamimb.cli.rejections import RejectionWatch
from streamimb.config import Connector
from streamimb.serve import Status

WARNING = "records were rejected, most often as"


def messages(err):
    return [line["message"] for line in map(json.loads, err.splitlines())]


@pytest.mark.parametrize("command", ["run", "replay"])
@pytest.mark.parametrize("encode", [gzip.compress, lambda data: data.decode().encode("utf-16")])
def test_a_file_that_cannot_be_read_is_told_of(folder, command, encode):
    path = folder.path / "in.jsonl"
    path.write_bytes(encode(path.read_bytes()))
    code, _, err = folder.command(command)
    assert code == 0
    rejected = len(folder.lines("dead.jsonl"))
    told = [message for message in messages(err) if WARNING in message]
    assert len(told) == 1
    assert "input payments: " in told[0]
    assert "'decode': [sink.dead_letters] has their places" in told[0]
    (end,) = [message for message in messages(err) if message.startswith("ended at")]
    counts = f"{rejected:,} records read, 0 scored, {rejected:,} rejected (decode {rejected:,})"
    assert end == f"ended at model version 0: {counts}"


def test_what_is_well_is_not_warned_of(folder):
    code, _, err = folder.command("replay")
    assert code == 0
    assert not [message for message in messages(err) if WARNING in message]
    assert messages(err)[-1] == "ended at model version 600: 1,200 records read, 600 scored, 0 rejected"


class Watched:
    """Two inputs, one of them well, under a watch."""

    def __init__(self, sink: str = "files") -> None:
        self.status = Status()
        self.watch = RejectionWatch(self.status, Connector("dead_letters", sink, {}))

    def read(self, n: int, rejected: int, reason: str = "ts_unit") -> None:
        for name, count in (("well", 10 * n), ("ill", n)):
            self.status.read[name] = self.status.read.get(name, 0) + count
        for _ in range(rejected):
            self.status.dead_letter(reason, "ill")


def told(caplog):
    return [record.getMessage() for record in caplog.records if WARNING in record.getMessage()]


def test_of_the_first_hundred_and_of_each_input_by_itself(caplog):
    watched = Watched()
    watched.read(99, 99)
    watched.watch.look()
    assert not told(caplog)  # too few to say
    watched.read(1, 0)
    watched.watch.look()
    watched.read(1000, 1000)
    watched.watch.look()
    (one,) = told(caplog)
    assert one.startswith("input ill: 99 of its last 100 records were rejected, most often as 'ts_unit'")


def test_of_the_last_thousand_whatever_came_before(caplog):
    watched = Watched("none")
    watched.read(100_000, 0)
    watched.watch.look()
    watched.read(500, 250)
    watched.watch.look()
    assert not told(caplog)  # half is not more than half
    watched.read(1, 1, "decode")
    watched.watch.look()
    (one,) = told(caplog)
    assert "input ill: 251 of its last 501" in one
    assert "'ts_unit': [sink.dead_letters] would have their places, but its type is 'none'" in one


def test_of_a_short_input_at_its_end(caplog):
    watched = Watched()
    watched.read(5, 5)
    watched.watch.look()
    assert not told(caplog)
    watched.watch.look(least=1)
    assert len(told(caplog)) == 1
