"""Whether a file or a pipe has something now, and what one can wait for."""

import os
import select

import pyarrow as pa
import pyarrow.parquet as pq

from streamimb_connectors import files


def test_a_regular_file_is_behind_until_it_is_read_to_its_end(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"time": 1}\n' * 10)
    pq.write_table(pa.table({"time": [1.0] * 10}), tmp_path / "in.parquet")
    for name in ("in.jsonl", "in.parquet"):
        source = files.source({"path": str(tmp_path / name), "batch": 4}, "s")
        source.open({})
        read = 0
        while source.waiting():
            assert list(source.behind()) == [0]
            assert source.fileno() is None
            read += len(source.poll(0.0))
        assert list(source.behind()) == []
        assert read == 10
        source.close()


def test_a_pipe_is_behind_only_while_something_can_be_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    source = files.source({"path": str(path), "batch": 2}, "s")
    source.open({})
    assert list(source.behind()) == []
    assert list(source.waiting()) == [0]
    descriptor = source.fileno()
    assert descriptor is not None
    assert not select.select([descriptor], [], [], 0.0)[0]
    os.write(writer, b'{"time": 1}\n{"time": 2}\n{"time": 3}\n{"ti')
    assert select.select([descriptor], [], [], 5.0)[0]
    assert list(source.behind()) == [0]
    assert len(source.poll(0.0)) == 2
    assert list(source.behind()) == [0]  # a line that was read and not handed over
    assert len(source.poll(0.0)) == 1
    assert list(source.behind()) == []  # half a line is nothing yet
    assert not select.select([descriptor], [], [], 0.0)[0]
    source.close()
    assert source.fileno() is None
    os.close(writer)
