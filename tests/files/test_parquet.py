"""Rows of Parquet as records: restart at a row, and columns of every kind."""

import json
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streamimb_connectors import files
from tests.files.reading import read_all


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "in.parquet"
    n = 1000
    table = pa.table(
        {
            "time": pa.array([100 + i for i in range(n)], pa.int64()),
            "a": pa.array(
                [float("nan") if i % 3 == 0 else float("inf") if i == 4 else i / 2 for i in range(n)]
            ),
            "c": pa.array(["x", None] * (n // 2)).dictionary_encode(),
            "d": pa.array([1_000_000 * i for i in range(n)], pa.timestamp("us")),
        }
    )
    pq.write_table(table, path, row_group_size=128)
    return path


def test_parquet_rows_are_json_records(parquet):
    records = read_all(files.source({"path": str(parquet)}, "s"))
    assert [record.offset for record in records] == list(range(1000))
    assert [record.t for record in records[:3]] == [100.0, 101.0, 102.0]
    assert json.loads(records[3].value) == {"time": 103, "a": None, "c": None, "d": 3.0}
    assert json.loads(records[4].value)["a"] == 1e308
    assert json.loads(records[2].value) == {"time": 102, "a": 1.0, "c": "x", "d": 2.0}


@pytest.mark.parametrize("position", [0, 1, 127, 128, 129, 999, 1000])
def test_parquet_restarts_at_a_row(parquet, position):
    whole = read_all(files.source({"path": str(parquet), "batch": 50}, "s"))
    assert read_all(files.source({"path": str(parquet), "batch": 50}, "s"), {0: position}) == whole[position:]


@pytest.mark.parametrize("row_group_size", [1000, 20_000])
def test_rows_before_the_position_are_skipped_in_few_polls_and_not_kept(
    tmp_path, monkeypatch, row_group_size
):
    monkeypatch.setattr("streamimb_connectors.files.parquet.SKIP_S", 60.0)
    times = [1.6e9 + i for i in range(20_000)]
    pq.write_table(pa.table({"time": times}), tmp_path / "in.parquet", row_group_size=row_group_size)
    source = files.source({"path": str(tmp_path / "in.parquet"), "batch": 100}, "s")
    source.open({0: 19_990})
    tracemalloc.start()
    try:
        records = source.poll(0.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        source.close()
    assert [record.t for record in records] == times[19_990:]
    assert peak < 1e6  # a record of each row would be more than 2 MB


def test_a_stop_signal_does_not_wait_for_the_position(parquet, monkeypatch):
    monkeypatch.setattr("streamimb_connectors.files.parquet.SKIP_S", 0.0)
    source = files.source({"path": str(parquet), "batch": 50}, "s")
    source.open({0: 990})
    assert source.poll(0.0) == []
    assert source.waiting() == [0]
    source.close()


def test_parquet_refusals(parquet, tmp_path):
    lines = tmp_path / "in.jsonl"
    lines.write_text('{"time": 1}\n')
    with pytest.raises(ValueError, match="not a column"):
        files.source({"path": str(parquet), "time": "when"}, "s").open({})
    with pytest.raises(ValueError, match="beyond the 1000 rows"):
        files.source({"path": str(parquet)}, "s").open({0: 1001})
    with pytest.raises(ValueError, match="not a Parquet file"):
        files.source({"path": str(lines), "format": "parquet"}, "s").open({})


def test_parquet_times_of_every_kind_are_seconds(tmp_path):
    path = tmp_path / "in.parquet"
    ns = 1_600_000_000_123_456_789
    columns = {
        "time": pa.array([ns, None], pa.timestamp("ns")),
        "zone": pa.array([ns, None], pa.timestamp("ns", tz="Europe/Vienna")),
        "us": pa.array([ns // 1000, None], pa.timestamp("us")),
        "ms": pa.array([ns // 1_000_000, None], pa.timestamp("ms")),
        "s": pa.array([ns // 1_000_000_000, 1 << 52], pa.timestamp("s")),
        "took": pa.array([1_500_000_001, None], pa.duration("ns")),
        "took_ms": pa.array([1500, -1 << 62], pa.duration("ms")),
        "clock": pa.array([3_600_000_000_001, None], pa.time64("ns")),
        "clock_s": pa.array([3600, None], pa.time32("s")),
        "day": pa.array([10, (1 << 31) - 1], pa.date32()),
        "day_ms": pa.array([864_000_000, (1 << 62)], pa.date64()),
        "often": pa.array([ns, ns], pa.timestamp("ns")).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), path)
    first, second = read_all(files.source({"path": str(path)}, "s"))
    assert first.t == second.t == 1_600_000_000.123456
    t = 1_600_000_000.123456
    assert json.loads(first.value) == {
        "time": t,
        "zone": t,
        "us": t,
        "ms": 1_600_000_000.123,
        "s": 1.6e9,
        "took": 1.5,
        "took_ms": 1.5,
        "clock": 3600.0,
        "clock_s": 3600.0,
        "day": 864_000.0,
        "day_ms": 864_000.0,
        "often": t,
    }
    assert json.loads(second.value)["time"] is None


def test_parquet_values_that_python_has_no_word_for_end_nothing(tmp_path):
    path = tmp_path / "in.parquet"
    text = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(b"\x00\0\0\0\x01\0\0\0\x03\0\0\0"), pa.py_buffer(b"a\xff\xfe")]
    )
    nested = pa.array([[0], [1_600_000_000_123_456_789]], pa.list_(pa.timestamp("ns")))
    structs = pa.array([{"at": 0}, {"at": 1 << 62}], pa.struct([("at", pa.timestamp("ms"))]))
    columns = {"time": pa.array([1, 2]), "text": text, "nested": nested, "structs": structs}
    pq.write_table(pa.table(columns), path)
    first, second = read_all(files.source({"path": str(path)}, "s"))
    assert json.loads(first.value)["text"] == "a"
    told = json.loads(second.value)
    assert told.pop("nested") in ({}, [{}])  # where pandas is installed, pyarrow has a word of its own
    assert told == {"time": 2, "text": {}, "structs": {}}
