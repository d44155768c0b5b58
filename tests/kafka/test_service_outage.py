"""The broker goes away for 20 s under a running service, which waits, says so, and catches up."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from streamimb.engine import BothReported, Engine
from streamimb.linear_model import LogisticRegression
from streamimb.serve import Degraded, EventDecoder, FieldMapping, LabelDecoder, Runner, SqliteStore, Status
from streamimb_connectors.kafka import sink, source
from streamimb_connectors.prometheus import exporter
from tests.kafka.audit import read_topic
from tests.kafka.conftest import Row, create_topic, produce
from tests.kafka.kafka_server import KafkaServer

N = 3_000
ROLES = ("events", "labels")
AWAY_S = 20.0
T0 = 1_600_000_000


def rows(kind: str, start: int, stop: int) -> list[Row]:
    made: list[Row] = []
    for i in range(start, stop):
        fields: dict[str, object] = {"id": f"e{i}", "time": T0 + i}
        fields |= {"amount": i % 97} if kind == "events" else {"label": int(i % 40 == 0)}
        made.append((f"e{i}".encode(), json.dumps(fields).encode(), (T0 + i) * 1000))
    return made


def page(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address + path, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_for(true: Callable[[], bool], limit_s: float, what: str) -> float:
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < limit_s, f"not {what} within {limit_s} s"
        time.sleep(0.05)
    return time.monotonic() - start


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("how", ["stop", "kill9"])
def test_fault_65_broker_away_for_20_s(frail_broker: KafkaServer, how: str, tmp_path: Path) -> None:
    server = frail_broker
    topics = {name: create_topic(server, name) for name in ("events", "labels", "scores", "dead")}
    engine, status = Engine(LogisticRegression(), BothReported()), Status()
    runners: list[Runner] = []
    ended: list[str] = []

    def serve() -> None:
        common = {"bootstrap_servers": server.bootstrap, "bootstrap_timeout_ms": 1_000}
        with SqliteStore(tmp_path / "state.db") as store:
            runner = Runner(
                engine,
                [
                    source({**common, "topic": topics[name], "group_id": topics["scores"]}, name)
                    for name in ROLES
                ],
                {"events": EventDecoder(FieldMapping()), "labels": LabelDecoder(FieldMapping())},
                sink({**common, "topic": topics["scores"]}, "scores"),
                sink({**common, "topic": topics["dead"]}, "dead letters"),
                store,
                {},
                checkpoint_s=0.5,
                status=status,
            )
            runners.append(runner)
            ended.append(runner.run())

    loop = threading.Thread(target=serve)  # which goes on all the time
    pages = exporter({"port": 0}, engine, status, Degraded([engine, status]), dict)
    pages.start()
    loop.start()
    try:
        produce(server, topics["events"], rows("events", 0, N // 2))
        wait_for(lambda: status.scores == N // 2, 20, "scored")
        assert page(pages.address, "/readyz")[0] == 200
        produce(server, topics["labels"], rows("labels", 0, N // 4))
        produce(server, topics["events"], rows("events", N // 2, N // 2 + 200))
        getattr(server, how)()
        gone = time.monotonic()
        wait_for(lambda: bool(status.away), 10, "noticed")
        name = next(iter(status.away))  # of the sink where a batch was under way, otherwise of a source
        code, why = page(pages.address, "/readyz")
        assert code == 503
        assert name in why
        assert page(pages.address, "/healthz")[0] == 200  # a restart would not help
        assert name in page(pages.address, "/metrics")[1]
        time.sleep(max(0.0, gone + AWAY_S - time.monotonic()))
        assert loop.is_alive()
        server.start()
        wait_for(lambda: not status.away, 15, "back")
        assert page(pages.address, "/readyz")[0] == 200
        produce(server, topics["events"], rows("events", N // 2 + 200, N))
        produce(server, topics["labels"], rows("labels", N // 4, N))
        wait_for(lambda: status.events >= N and status.labels >= N, 30, "caught up")
    finally:
        runners[0].stop()
        loop.join(30)
        pages.close()
    assert ended == ["stopped"]
    assert status.waits >= 1
    assert (status.events, status.labels) == (N, N)
    assert engine.counters["joined"] + engine.counters["early_joined"] == N
    written = [key for key, _ in read_topic(server, topics["scores"])]
    assert set(written) == {f"e{i}".encode() for i in range(N)}
    assert len(written) - N <= status.resent
    assert read_topic(server, topics["dead"]) == []
