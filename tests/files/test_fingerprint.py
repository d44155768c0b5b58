"""A file is known by what was read of it: one that grew goes on, any other one is read from its start."""

import gzip
import json
import os
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streamimb_connectors import files
from streamimb_connectors.files.fingerprint import SPAN


def rows(start, stop, filler=""):
    return b"".join(
        json.dumps({"time": 100 + i, "id": f"{filler}{i}", "x": "y" * (i % 40)}).encode() + b"\n"
        for i in range(start, stop)
    )


def begun(path, positions=None, identity=b"", **options):
    """(the ids that are read, the positions after that, the identity of these, what `open` returned)"""
    source = files.source({"path": str(path), **options}, "s")
    opened = source.open(positions or {}, identity)
    records: list[Any] = []
    while source.waiting():
        records.extend(source.poll(0.01))
    at = {0: records[-1].offset + 1} if records else {**(positions or {}), **opened}
    identity = source.identity(at)
    source.close()
    return [json.loads(record.value)["id"] for record in records], at, identity, opened


def ids(start, stop, filler=""):
    return [f"{filler}{i}" for i in range(start, stop)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "in.jsonl"


@pytest.mark.parametrize("n", [1, 3, 100, 5000])  # far shorter than the fingerprint, and far longer
def test_a_file_that_grew_goes_on(path, n, caplog):
    path.write_bytes(rows(0, n))
    assert begun(path)[0] == ids(0, n)
    _, at, identity, _ = begun(path)
    path.write_bytes(rows(0, 2 * n))
    assert begun(path, at, identity)[::3] == (ids(n, 2 * n), {})
    path.write_bytes(rows(0, n))
    assert begun(path, at, identity)[0] == []
    assert not caplog.records


def longer(whole):
    return rows(0, 2000, "other")


REPLACED = {
    "longer": longer,
    "shorter": lambda whole: rows(0, 20, "other"),
    "of the same size": lambda whole: whole.replace(b'"id": "', b'"ID": "'),
    "with the same beginning": lambda whole: whole[: SPAN + 1000] + b'{"time": 1, "id": "other"}\n' * 5000,
    "with another beginning": lambda whole: b'{"time": 1, "id": "other"}\n' + whole[27:],
    "compressed": gzip.compress,
    "empty": lambda whole: b"",
}


@pytest.mark.parametrize("how", REPLACED)
@pytest.mark.parametrize("way", ["in place", "by rename"])
def test_a_file_that_was_replaced_is_read_from_its_start(path, how, way, caplog):
    whole = rows(0, 600)
    path.write_bytes(whole)
    _, at, identity, _ = begun(path)
    other = REPLACED[how](whole)
    if way == "by rename":
        path.rename(path.with_suffix(".1"))
    path.write_bytes(other)
    source = files.source({"path": str(path)}, "payments")
    assert source.open(at, identity) == {0: 0}
    offsets = [record.offset for record in source.poll(0.01)]
    source.close()
    assert offsets[:1] == ([0] if other else [])
    (warning,) = [record.getMessage() for record in caplog.records if "another file" in record.getMessage()]
    assert warning.startswith(f"source 'payments': '{path}' is another file than the one read before")
    assert f"Of the earlier one, {len(whole)} of {len(whole)} bytes were read" in warning


def test_the_warning_says_how_much_of_the_earlier_file_was_not_read(path, caplog):
    path.write_bytes(rows(0, 600))
    source = files.source({"path": str(path), "batch": 305}, "s")
    source.open({})
    records = source.poll(0.01)
    identity = source.identity({0: records[-1].offset + 1})
    source.close()
    at = {0: records[-1].offset + 1}
    end = len(rows(0, 305))
    path.write_bytes(rows(0, 900, "other"))
    assert begun(path, at, identity)[0] == ids(0, 900, "other")
    assert f"{end} of {len(rows(0, 600))} bytes were read" in caplog.text


def test_a_file_that_was_only_cut_short_is_refused(path):
    path.write_bytes(rows(0, 600))
    _, at, identity, _ = begun(path)
    path.write_bytes(rows(0, 300))
    with pytest.raises(ValueError, match=r"is shorter than what was read of it before \(\d+ of \d+ bytes\)"):
        begun(path, at, identity)


def test_another_kind_of_identity_is_refused(path):
    path.write_bytes(rows(0, 6))
    for identity in (b"m1VtP0zKQ9y", b"\x94\x01", b"\xff" * 40):
        with pytest.raises(ValueError, match="holds no fingerprint"):
            begun(path, {0: 10}, identity)


def test_before_anything_was_read_there_is_no_fingerprint(path):
    path.write_bytes(rows(0, 6))
    source = files.source({"path": str(path)}, "s")
    assert source.identity({0: 10}) == b""
    source.open({})
    assert source.identity({}) == source.identity({0: 0}) == b""
    source.close()


def parquet(path, start, stop, filler="", **options):
    table = pa.table(
        {
            "time": [100 + i for i in range(start, stop)],
            "id": ids(start, stop, filler),
            "amount": [float(len(filler) + i * i % 97) for i in range(start, stop)],
        }
    )
    pq.write_table(table, path, row_group_size=100, **options)


@pytest.mark.parametrize(
    "options", [{}, {"compression": "none", "write_statistics": False, "use_dictionary": False}]
)
def test_parquet_goes_on_in_the_file_it_was_and_starts_over_in_another(tmp_path, caplog, options):
    path = tmp_path / "in.parquet"
    parquet(path, 0, 600, **options)
    _, at, identity, _ = begun(path)
    assert begun(path, at, identity)[::3] == ([], {})
    parquet(path, 0, 900, **options)  # more rows after the same row groups
    assert begun(path, at, identity)[::3] == (ids(600, 900), {})
    assert begun(path, {0: 250}, identity)[::3] == (ids(250, 900), {})
    assert not caplog.records
    for filler in ("other", "q"):
        parquet(path, 0, 700, filler, **options)
        assert begun(path, at, identity)[::3] == (ids(0, 700, filler), {0: 0})
    table = pq.read_table(path)
    amounts = [value + 1 for value in table["amount"].to_pylist()]  # only one column differs
    _, at, identity, _ = begun(path)
    pq.write_table(table.set_column(2, "amount", pa.array(amounts)), path, row_group_size=100, **options)
    assert begun(path, at, identity)[3] == {0: 0}
    assert "Of the earlier one, 7 of 7 row groups were read" in caplog.text


class Piped:
    """A source on a named pipe, into which a process has written."""

    def __init__(self, folder, data, positions=None, identity=b"", close=True):
        fifo = folder / "pipe"
        if not fifo.exists():
            os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.writer = os.open(fifo, os.O_WRONLY)
        self.source = files.source({"path": str(fifo)}, "s")
        assert self.source.open(positions or {}, identity) == {}
        os.close(reader)
        os.write(self.writer, data)
        if close:
            os.close(self.writer)

    def read(self):
        records: list[Any] = []
        while self.source.waiting():
            records.extend(self.source.poll(0.01))
        return records


def test_a_pipe_goes_on_where_the_same_is_piped_in_again_and_starts_over_where_not(tmp_path, caplog):
    first = Piped(tmp_path, rows(0, 50))
    records = first.read()
    at = {0: records[-1].offset + 1}
    identity = first.source.identity(at)
    first.source.close()
    same = Piped(tmp_path, rows(0, 70), at, identity)
    assert [json.loads(record.value or b"")["id"] for record in same.read()] == ids(50, 70)
    same.source.close()
    assert not caplog.records
    other = Piped(tmp_path, rows(0, 60, "other"), at, identity, close=False)
    records = list(other.source.poll(0.01))  # at once: a line that tells them apart has come
    assert [json.loads(record.value or b"")["id"] for record in records][:50] == ids(0, 50, "other")
    assert caplog.text.count("is another file than the one read before") == 1
    assert other.source.identity(at) == b""  # nothing of it was handled: the position is the earlier pipe's
    assert other.source.identity({0: 1}) not in (b"", identity)
    os.close(other.writer)
    other.source.close()


def test_a_last_line_that_is_not_whole_is_left_and_read_when_it_is(path, caplog):
    whole = rows(0, 10)
    path.write_bytes(whole[:-9])
    read, at, identity, _ = begun(path)
    assert read == ids(0, 9)
    (warning,) = caplog.messages
    assert "has no newline and is not a whole JSON object: it is left" in warning
    assert f"({len(whole) - len(rows(0, 9)) - 9} bytes from byte {len(rows(0, 9))} on)" in warning
    path.write_bytes(rows(0, 12))
    assert begun(path, at, identity)[0] == ids(9, 12)


@pytest.mark.parametrize(
    "torn", [b'{"time": 1, "id": "a"', b'{"id": "a", "time": ', b"\x00" * 50, b"12", b'"a"', b"{", b" "]
)
def test_any_beginning_of_a_line_is_left(path, torn):
    path.write_bytes(rows(0, 3) + torn)
    assert begun(path)[0] == ids(0, 3)


def test_a_last_line_without_newline_that_is_whole_is_read_once(path):
    path.write_bytes(rows(0, 10)[:-1])
    read, at, identity, _ = begun(path)
    assert read == ids(0, 10)
    path.write_bytes(rows(0, 11))
    assert begun(path, at, identity)[0] == ids(10, 11)


def test_after_the_end_of_a_pipe_the_last_line_is_handed_over(tmp_path):
    piped = Piped(tmp_path, rows(0, 2) + b'{"time": 1, "id')
    assert [record.value for record in piped.read()][-1] == b'{"time": 1, "id'
    piped.source.close()
