"""Every source, sink, state store and label policy of ours × the laws of its kind; Kafka's are in tests/kafka."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow
import pyarrow.parquet
import pytest

from streamimb import checks
from streamimb.connections import Record
from streamimb.engine import BothReported, PositivesReported
from streamimb.serve import MemorySink, MemorySource, MemoryStore, SqliteStore
from streamimb_connectors import files

RECORDS = {
    0: [Record(0, i, float(i), b"k", b"v%d" % i) for i in range(40)],
    3: [Record(3, i * 7, float(i), None, b"") for i in range(25)],
}


def lines(folder: Path) -> Callable[[], Any]:
    path = folder / "in.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode({"id": str(i), "time": i}) + b"\n" for i in range(300)))
    return lambda: files.source({"path": str(path), "batch": 16}, "s")


def parquet(folder: Path) -> Callable[[], Any]:
    path = str(folder / "in.parquet")
    rows = {"id": [str(i) for i in range(200)], "time": [float(i) for i in range(200)]}
    pyarrow.parquet.write_table(pyarrow.table(rows), path, row_group_size=50)
    return lambda: files.source({"path": path, "batch": 16}, "s")


SOURCES: dict[str, Callable[[Path], Callable[[], Any]]] = {
    "memory": lambda folder: lambda: MemorySource("s", RECORDS, 7),
    "JSON lines": lines,
    "Parquet": parquet,
}


def memory_sink(folder: Path) -> tuple[Callable[[], Any], Callable[[], list[bytes]]]:
    sink = MemorySink()
    return lambda: sink, lambda: [value for _, value in sink.written]


def lines_sink(folder: Path) -> tuple[Callable[[], Any], Callable[[], list[bytes]]]:
    path = folder / "out.jsonl"
    return lambda: files.sink({"path": str(path)}, "s"), lambda: path.read_bytes().splitlines()


def memory_store(folder: Path) -> Callable[[], Any]:
    store = MemoryStore()
    return lambda: store


SINKS = {"memory": memory_sink, "JSON lines": lines_sink}
STORES: dict[str, Callable[[Path], Callable[[], Any]]] = {
    "memory": memory_store,
    "SQLite": lambda folder: lambda: SqliteStore(folder / "state.db"),
}
POLICIES = {
    "BothReported": BothReported(),
    "BothReported short": BothReported(ttl_s=0.5),
    "BothReported long": BothReported(ttl_s=1e7),
    "PositivesReported short": PositivesReported(window_s=1.0),
    "PositivesReported long": PositivesReported(window_s=1e7),
}


def pairs(table: dict[str, Any], laws: tuple[Any, ...]) -> Any:
    return [
        pytest.param(part, law, id=f"{name}-{law.__name__}")
        for (name, part), law in itertools.product(table.items(), laws)
    ]


@pytest.mark.parametrize(("at", "law"), pairs(SOURCES, checks.SOURCE_LAWS))
def test_source(at: Any, law: Any, tmp_path: Path) -> None:
    law(at(tmp_path))


@pytest.mark.parametrize(("at", "law"), pairs(SINKS, checks.SINK_LAWS))
def test_sink(at: Any, law: Any, tmp_path: Path) -> None:
    law(*at(tmp_path))


@pytest.mark.parametrize(("at", "law"), pairs(STORES, checks.STORE_LAWS))
def test_state_store(at: Any, law: Any, tmp_path: Path) -> None:
    law(at(tmp_path))


@pytest.mark.parametrize(("policy", "law"), pairs(POLICIES, checks.LABEL_POLICY_LAWS))
def test_label_policy(policy: Any, law: Any) -> None:
    law(policy)
