"""The time that orders a record: a wrong one keeps nothing back, wherever the reading began."""

import json
import random

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streamimb_connectors import files
from tests.files.reading import read_all


@pytest.fixture
def times_with_faults(tmp_path):
    """JSON lines and Parquet of one stream: an unreadable time, two in milliseconds, one years ahead, a gap."""
    times: list[float | None] = [(1.6e9 if i < 400 else 1.61e9 - 400) + i for i in range(800)]
    times[100] = None
    times[150] = times[151] = 1.6e12
    times[250], times[251], times[252] = 1.75e9, None, None
    times[799] = 1.75e9
    rows = [{"time": t, "v": i} for i, t in enumerate(times)]
    (tmp_path / "in.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    table = pa.table({"time": pa.array(times, pa.float64()), "v": pa.array(range(800))})
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=50)
    return tmp_path


BELIEVED = {"earliest_s": 1e9, "latest_s": 4e9, "skew_s": 604_800.0, "batch": 7}


@pytest.mark.parametrize("name", ["in.jsonl", "in.parquet"])
def test_a_wrong_time_orders_nothing_and_a_gap_is_believed(times_with_faults, name):
    records = read_all(files.source({"path": str(times_with_faults / name)}, "s", BELIEVED))
    assert [json.loads(record.value)["v"] for record in records] == list(range(800))
    expected = [1.6e9 + i for i in range(400)] + [1.61e9 + i for i in range(400)]
    expected[100] = expected[99]
    expected[150] = expected[151] = expected[149]
    expected[250] = expected[251] = expected[252] = expected[249]
    expected[799] = 1.75e9  # nothing is behind it
    assert [record.t for record in records] == expected


@pytest.mark.parametrize("name", ["in.jsonl", "in.parquet"])
def test_the_order_after_a_restart_is_that_of_an_uninterrupted_read(times_with_faults, name):
    def opened():
        return files.source({"path": str(times_with_faults / name)}, "s", BELIEVED)

    whole = read_all(opened())
    for i in (0, *range(98, 104), *range(148, 155), *range(248, 256), *range(398, 403), 797, 798, 799):
        assert read_all(opened(), {0: whole[i].offset}) == whole[i:], i


def test_a_held_time_waits_for_the_next_one_and_not_for_ever(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"time":1}\n{"time":99}\n' + b"nope\n" * 150 + b'{"time":2}\n')
    options = {"path": str(path), "skew_s": 10.0}
    whole = read_all(files.source(options, "s"))
    assert [record.t for record in whole] == [1.0] + [99.0] * 151 + [2.0]
    for i, record in enumerate(whole):
        assert read_all(files.source(options, "s"), {0: record.offset}) == whole[i:], i


def test_a_wrong_time_of_the_very_first_record_orders_nothing(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"time":99}\nnope\n{"time":2}\n{"time":3}\n')
    options = {"path": str(path), "skew_s": 10.0}
    whole = read_all(files.source(options, "s"))
    assert [record.t for record in whole] == [0.0, 0.0, 2.0, 3.0]
    for i, record in enumerate(whole):
        assert read_all(files.source(options, "s"), {0: record.offset}) == whole[i:], i


def test_order_after_a_restart_at_any_line_of_any_times(tmp_path):
    seed = 21
    rng = random.Random(seed)
    path = tmp_path / "in.jsonl"
    pieces = [b'{"time":%d}' % t for t in (1, 5, 30, 31, 60, 61, 90, 2000)] + [b"nope", b""]
    options = {"path": str(path), "skew_s": 20.0, "latest_s": 1000.0, "batch": 3}
    for _ in range(10):
        path.write_bytes(b"\n".join(rng.choice(pieces) for _ in range(40)))
        whole = read_all(files.source(options, "s"))
        offsets = [record.offset for record in whole]
        assert offsets == sorted(offsets)
        for i, record in enumerate(whole):
            assert read_all(files.source(options, "s"), {0: record.offset}) == whole[i:], (seed, i)


def test_a_line_with_nan_keeps_its_own_time(tmp_path):
    """As Python writes it; the decoder reads such a line, so its time counts."""
    lines = [
        b'{"time": 1.6e9, "x": 1}',
        b'{"time": 1600000100, "x": NaN}',
        b'{"time": "1600000000", "x": NaN}',  # text is no time to the decoder either
        b'{"time": NaN}',
        b"[NaN]",
        b"nonsense",
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    source = files.source({"path": str(tmp_path / "in.jsonl")}, "in")
    assert [record.t for record in read_all(source)] == [1.6e9, 1600000100.0, *4 * [1600000100.0]]
