"""JSON lines out: whole lines, on disk after flush, mended after a kill, waiting out a full disk."""

import errno
import os
import sys

import pytest

from streamimb.connections import Unavailable
from streamimb_connectors import files


def test_appends_one_line_per_output(tmp_path):
    path = tmp_path / "out.jsonl"
    for round_ in range(2):
        sink = files.sink({"path": str(path)}, "scores")
        sink.send(b"k", b'{"n":%d}' % round_)
        sink.flush()
        sink.close()
        sink.close()
    assert path.read_bytes() == b'{"n":0}\n{"n":1}\n'


def test_unflushed_output_was_not_promised(tmp_path):
    path = tmp_path / "out.jsonl"
    sink = files.sink({"path": str(path)}, "scores")
    sink.send(b"k", b"{}")
    sink.close()
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"n":0}\n{"n', b'{"n":0}\n'),
        (b'{"n":0}', b'{"n":0}\n'),
        (b'{"n', b""),
        (b"", b""),
        (b"{}\n", b"{}\n"),
    ],
)
def test_torn_last_line_is_cut_and_whole_one_is_ended(tmp_path, before, after, caplog):
    path = tmp_path / "out.jsonl"
    path.write_bytes(before)
    files.sink({"path": str(path)}, "scores").close()
    assert path.read_bytes() == after
    assert ("incomplete" in caplog.text) == (len(after) < len(before))


def test_full_disk_is_unavailable_and_nothing_is_lost_or_doubled(tmp_path, monkeypatch):
    path = tmp_path / "out.jsonl"
    sink = files.sink({"path": str(path)}, "scores")
    sink.send(b"k", b'{"n":-1}')
    sink.flush()
    before = path.read_bytes()
    write, room = os.write, [10, 0]

    def full(fd, data):
        if room:
            left = room.pop(0)
            if not left:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(fd, bytes(data[:left]))
        return write(fd, data)

    monkeypatch.setattr(os, "write", full)
    for n in range(5):
        sink.send(b"k", b'{"n":%d}' % n)
    with pytest.raises(Unavailable, match="No space left"):
        sink.flush()
    assert path.read_bytes() == before
    for n in range(5):  # as the runner does: all since the last flush again
        sink.send(b"k", b'{"n":%d}' % n)
    sink.flush()
    sink.close()
    assert path.read_bytes() == b"".join(b'{"n":%d}\n' % n for n in range(-1, 5))


def test_two_sinks_on_one_file_are_refused(tmp_path):
    path = str(tmp_path / "out.jsonl")
    first = files.sink({"path": path}, "scores")
    with pytest.raises(ValueError, match="its own file"):
        files.sink({"path": path}, "dead_letters")
    first.close()
    files.sink({"path": path}, "dead_letters").close()


def test_stdout(capfdbinary):
    sink = files.sink({"path": "-"}, "scores")
    sink.send(b"k", b"{}")
    sink.flush()
    sink.close()
    assert capfdbinary.readouterr().out == b"{}\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pat": "x"}, "did you mean 'path'"),
        ({"path": "/nowhere/o"}, "appending"),
        ({"path": "/tmp"}, "directory"),
    ],
)
def test_wrong_options_fail_at_construction(options, message):
    with pytest.raises(ValueError, match=message):
        files.sink(options, "scores")


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_a_stream_that_is_closed_is_refused(monkeypatch, stream):
    """Its number may be that of the state by now."""
    monkeypatch.setattr(sys, stream, None)
    with pytest.raises(ValueError, match="path is '-', but this stream was closed when the process started"):
        (files.source if stream == "stdin" else files.sink)({"path": "-"}, "s")
