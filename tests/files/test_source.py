"""Records of JSON lines: offsets, restart anywhere, times, closed ends, strict options."""

import contextlib
import errno
import fcntl
import json
import os
import random

import msgspec
import pytest

from streamimb.connections import Record
from streamimb_connectors import files
from tests.files.reading import read_all


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [{"type": "event", "id": str(i), "time": 100.5 + i, "v": "x" * (i % 7)} for i in range(1000)]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def test_every_line_is_a_record_with_its_byte_and_its_time(lines):
    records = read_all(files.source({"path": str(lines), "batch": 64}, "s"))
    data = lines.read_bytes()
    assert len(records) == 1000
    for i, record in enumerate(records):
        assert record.partition == 0
        assert record.t == 100.5 + i
        assert data[record.offset :].startswith(record.value + b"\n")


def test_both_meanings_of_the_next_position_start_at_the_next_line(lines):
    records = read_all(files.source({"path": str(lines)}, "s"))
    for i in (0, 1, 499, 998):
        for position in (records[i].offset + 1, records[i + 1].offset):
            again = read_all(files.source({"path": str(lines)}, "s"), {0: position})
            assert again == records[i + 1 :], position
    assert read_all(files.source({"path": str(lines)}, "s"), {0: records[-1].offset + 1}) == []


def test_restart_at_any_byte_equals_the_rest_of_an_uninterrupted_read(tmp_path):
    seed = 20
    rng = random.Random(seed)
    pieces = [
        b'{"time": 5}',
        b"",
        b"rubbish",
        b'{"time": null}',
        b'{"time": 7.25, "a": "\\n"}',
        b"{" * 300,
        b"\xff\xfe",
        b'{"time":1e999}',
    ]
    data = b"\n".join(rng.choice(pieces) for _ in range(60))
    path = tmp_path / "in.jsonl"
    path.write_bytes(data)
    options = {"path": str(path), "max_line_bytes": 100, "batch": 7}
    whole = read_all(files.source(options, "s"))
    for position in range(len(data) + 1):
        rest = [record for record in whole if record.offset >= position]
        assert read_all(files.source(options, "s"), {0: position}) == rest, (seed, position)


def test_last_line_without_newline_and_carriage_returns(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"time":1}\r\n{"time":2,\r"a":1}\n{"time":3}')
    assert [record.t for record in read_all(files.source({"path": str(path)}, "s"))] == [1.0, 2.0, 3.0]
    path.write_bytes(b"")
    assert read_all(files.source({"path": str(path)}, "s")) == []


def test_unreadable_line_keeps_its_place(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'nope\n{"time":4}\n{"x":1}\n{"time":"4"}\n' + b"[" * 100_000 + b'\n{"time":6}\n')
    records = read_all(files.source({"path": str(path)}, "s"))
    assert [record.t for record in records] == [0.0, 4.0, 4.0, 4.0, 4.0, 6.0]


def test_a_line_too_long_is_cut_not_held(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"time":1}\n' + b"y" * 1_000_000 + b'\n{"time":2}\n')
    records = read_all(files.source({"path": str(path), "max_line_bytes": 1000}, "s"))
    assert [len(record.value) for record in records] == [10, 1000, 10]
    assert [record.offset for record in records] == [0, 11, 1_000_012]


@pytest.mark.parametrize(
    ("unit", "value", "seconds"),
    [
        ("s", 3.5, 3.5),
        ("ms", 3500, 3.5),
        ("us", 3_500_000, 3.5),
    ],
)
def test_time_units(tmp_path, unit, value, seconds):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"when": value}) + "\n")
    (record,) = read_all(files.source({"path": str(path), "time": "when", "time_unit": unit}, "s"))
    assert record.t == pytest.approx(seconds, rel=1e-12)


def test_stdin_is_read_as_it_comes_and_skips_to_its_position(monkeypatch):
    reader, writer = os.pipe()
    kept = os.dup(0)
    os.dup2(reader, 0)
    try:
        source = files.source({"path": "-"}, "s")
        source.open({0: 12})
        assert source.poll(0.01) == []  # nothing there: returns, does not block
        assert source.waiting() == [0]
        os.write(writer, b'{"time": 1}\n{"time": 2}\n{"time": 3')
        assert [record.t for record in source.poll(1)] == [2.0]
        os.write(writer, b"}")
        os.close(writer)
        rest: list[Record] = []
        while source.waiting():
            rest += source.poll(1)
        assert [(record.t, record.offset) for record in rest] == [(3.0, 24)]
        source.close()
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(reader)
        with contextlib.suppress(OSError):
            os.close(writer)


@pytest.fixture
def pipe(tmp_path):
    """The path of a named pipe, and what writes to it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    kept = os.open(path, os.O_RDWR)  # else opening one end waits for the other
    yield path, kept
    os.close(kept)


def test_the_first_record_of_a_named_pipe_waits_for_no_other(pipe):
    path, writer = pipe
    source = files.source({"path": str(path), "skew_s": 10.0}, "s")
    source.open({})
    os.write(writer, b'{"time": 1600000000}\n')
    assert [record.t for record in source.poll(1)] == [1.6e9]
    source.close()


def test_a_held_record_of_a_pipe_waits_until_it_is_quiet(pipe, monkeypatch):
    path, writer = pipe
    now = 0.0
    monkeypatch.setattr("streamimb_connectors.files.lines.time.monotonic", lambda: now)
    source = files.source({"path": str(path), "skew_s": 10.0}, "s")
    source.open({})
    os.write(writer, b'{"time": 1}\n{"time": 99}\n')
    assert [record.t for record in source.poll(0.0)] == [1.0]
    assert source.poll(0.0) == []
    os.write(writer, b'{"time": 2}\n')  # back again: it was wrong
    assert [record.t for record in source.poll(0.0)] == [1.0, 2.0]
    os.write(writer, b'{"time": 200}\n')
    assert source.poll(0.0) == []
    now = 1.1
    assert [record.t for record in source.poll(0.0)] == [200.0]
    os.write(writer, b'{"time": 3}\n')
    assert [record.t for record in source.poll(0.0)] == [3.0]
    source.close()


def test_lines_before_the_position_are_skipped_in_one_poll(lines, monkeypatch):
    lines.write_bytes(b'{"x": 1}\n' * 100_000)  # without a time, it is read from its first byte
    position = lines.stat().st_size - 9
    for limit_s, expected in ((60.0, [position]), (0.0, [])):
        monkeypatch.setattr("streamimb_connectors.files.lines.SKIP_S", limit_s)
        source = files.source({"path": str(lines)}, "s")
        source.open({0: position})
        assert [record.offset for record in source.poll(0.0)] == expected
        source.close()


def test_another_file_than_before_is_refused(lines):
    with pytest.raises(ValueError, match="beyond the end"):
        files.source({"path": str(lines)}, "s").open({0: 10**9})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "/nowhere/in.jsonl"}, "does not exist"),
        ({"path": "/tmp"}, "directory"),
        ({"pth": "x"}, "did you mean 'path'"),
        ({}, "path"),
        ({"path": "-", "batch": 0}, "batch is 0"),
        ({"path": "-", "batch": "many"}, "batch"),
        ({"path": "-", "time_unit": "weeks"}, "time_unit"),
        ({"path": "-", "format": "parquet"}, "seekable"),
    ],
)
def test_wrong_options_fail_at_construction(options, message):
    with pytest.raises(ValueError, match=message) as raised:
        files.source(options, "payments")
    assert "payments" in str(raised.value)


def test_the_file_a_sink_writes_to_is_refused(lines):
    sink = files.sink({"path": str(lines)}, "dead_letters")
    source = files.source({"path": str(lines)}, "s")
    with pytest.raises(ValueError, match="which a sink writes to: give each its own file"):
        source.open({})
    sink.close()
    source.open({})
    files.sink({"path": str(lines)}, "dead_letters").close()  # nothing is held
    source.close()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_without_locks_is_read(lines, monkeypatch, number):
    def refused(fd, operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refused)
    assert len(read_all(files.source({"path": str(lines)}, "s"))) == 1000


@pytest.mark.parametrize("limit", [1 << 20, 1 << 24])
def test_a_long_line_takes_few_polls(tmp_path, limit):
    (tmp_path / "in.jsonl").write_bytes(b'{"time": 1, "x": "%s"}\n{"time": 2}\n' % (b"y" * 8_000_000))
    source = files.source({"path": str(tmp_path / "in.jsonl"), "max_line_bytes": limit}, "s")
    source.open({})
    polls = [source.poll(0.0) for _ in range(12)]
    records = [record for records in polls for record in records]
    assert [(len(record.value or b""), record.t) for record in records[1:]] == [(11, 2.0)]
    assert len(records[0].value or b"") == min(limit, 8_000_020)
    assert source.waiting() == []
    source.close()


def test_a_byte_order_mark_is_no_part_of_a_line(lines):
    whole = read_all(files.source({"path": str(lines)}, "s"))
    lines.write_bytes(b"\xef\xbb\xbf" + lines.read_bytes().replace(b"\n", b"\nrubbish\n", 1))
    records = read_all(files.source({"path": str(lines)}, "s"))
    assert records[0] == whole[0]
    assert [record.value for record in records[2:]] == [record.value for record in whole[1:]]
    again = read_all(files.source({"path": str(lines)}, "s"), {0: records[1].offset})
    assert again == records[1:]  # the rubbish has the time of the line before, after a restart too
    lines.write_bytes(2 * lines.read_bytes())  # two such files put together
    values = [record.value for record in read_all(files.source({"path": str(lines)}, "s"))]
    assert values == 2 * [record.value for record in records]
