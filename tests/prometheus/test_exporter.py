"""Metrics and health: read at the scrape, honest about waiting and silence, cheap to hostile clients."""

import http.client
import json
import math
import socket
import threading
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streamimb.compose import Field, GuardedClassifier, Schema
from streamimb.connections import Record
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label
from streamimb.linear_model import LogisticRegression
from streamimb.serve import (
    Decoder,
    Degraded,
    EventDecoder,
    FieldMapping,
    LabelDecoder,
    MemorySource,
    MemoryStore,
    NullSink,
    Runner,
    Status,
)
from streamimb_connectors.prometheus import Exporter, exporter, server

T0 = 1_600_000_000


def engine_of():
    """An engine that was given two events, one of them with a label, and a label of no event."""
    model = GuardedClassifier(LogisticRegression(), Schema({"amount": Field(min=0.0)}))
    engine = Engine(model, BothReported())
    for name in ("a", "b"):
        engine.on_event(Event(name, float(T0), {"amount": 1.0}))
    for name in ("a", "z"):
        engine.on_label(Label(name, float(T0), False))
    return engine


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def parts():
    engine, status, clock = engine_of(), Status(), Clock()
    degraded = Degraded([status])
    made = Exporter({"port": 0}, engine, status, degraded, lambda: {"scores": status.scores}, clock)
    made.start()
    yield made, engine, status, clock
    made.close()
    made.close()


def get(made, path):
    connection = http.client.HTTPConnection("127.0.0.1", made.port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def samples(made):
    status, body = get(made, "/metrics")
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_metrics_are_those_of_the_scrape(parts):
    made, engine, status, _ = parts
    seen = samples(made)
    assert seen["streamimb_events_total",] == 2
    assert seen["streamimb_label_outcomes_total", "joined"] == 1
    assert seen["streamimb_engine_total", "learned"] == 1
    assert (seen["streamimb_pending",], seen["streamimb_held",], seen["streamimb_finished",]) == (1, 1, 1)
    assert not any(name[0] == "streamimb_guard_total" for name in seen)
    assert seen["streamimb_share_learned",] == 1.0
    assert math.isnan(seen["streamimb_log_loss",])
    engine.on_event(Event("c", float(T0), {"amount": 1.0}))
    for i in range(1000):
        engine.metrics.served.add(0.5, 0.02, 0.01, i % 100 == 0)
    status.dead_letter("decode")
    engine.model.learn_one({"amount": -1.0, "4111111111111111": 1}, False)
    seen = samples(made)
    assert seen["streamimb_guard_total", "bounded:amount"] == 1
    assert "4111" not in str(seen)
    assert seen["streamimb_events_total",] == 3
    assert seen["streamimb_calibration_ratio", "value", "raw"] == pytest.approx(50, rel=0.05)
    assert seen["streamimb_calibration_ratio", "value", "calibrated"] == pytest.approx(1, rel=0.05)
    assert seen["streamimb_calibration_ratio", "low", "calibrated"] < 1
    assert seen["streamimb_base_rate", "high"] > 0.01
    assert seen["streamimb_normalized_entropy",] == pytest.approx(1, abs=0.05)
    assert seen["streamimb_rejected_total", "decode"] == 1


def test_every_label_is_in_one_metric():
    events = [b'{"id": "e%d", "time": %d, "a": 1}' % (i, T0 + i) for i in range(20)]
    labels = [b'{"id": "e%d", "time": %d, "label": 1}' % (i, T0 + 30 + i) for i in range(-3, 18)]
    labels += [b'{"id": "e7", "time": %d, "label": 0}' % (T0 + 60)]
    bad = [
        b"no JSON",
        b'{"id": "e1", "label": "maybe"}',
        b'{"label": 1}',
        b'{"id": "e1", "time": 5, "label": 1}',
    ]
    engine, status = Engine(LogisticRegression(), BothReported()), Status()
    sources = [
        MemorySource(name, {0: [Record(0, i, T0 + i, None, value) for i, value in enumerate(values)]})
        for name, values in (("events", events), ("labels", labels + bad))
    ]
    decoders: dict[str, Decoder] = {
        "events": EventDecoder(FieldMapping()),
        "labels": LabelDecoder(FieldMapping()),
    }
    Runner(engine, sources, decoders, NullSink(), NullSink(), MemoryStore(), {}, status=status).run()
    made = Exporter({"port": 0}, engine, status, Degraded([]), dict)
    made.start()
    seen, page = samples(made), get(made, "/metrics")[1]
    made.close()
    (told,) = [line for line in page.splitlines() if line.startswith("# HELP streamimb_labels_total")]
    assert "counted as rejected" in told
    ends = sum(value for name, value in seen.items() if name[0] == "streamimb_label_outcomes_total")
    rejected = sum(value for name, value in seen.items() if name[0] == "streamimb_rejected_total")
    assert seen["streamimb_label_outcomes_total", "conflict"] == 1
    assert seen["streamimb_labels_total",] == ends + seen["streamimb_held",] + seen["streamimb_waiting",]
    assert seen["streamimb_labels_total",] + rejected == len(labels) + len(bad)


def test_ready_says_why_not(parts):
    made, _, status, clock = parts
    assert get(made, "/readyz") == (503, "sources are not open\n")
    status.open = True
    assert get(made, "/readyz") == (200, "ready\n")
    status.wait("payments", clock.now - 12, "no connection")
    assert get(made, "/readyz") == (503, "waiting for payments for 12 s: no connection\n")
    status.wait("payments", clock.now, "the credentials were refused")
    assert get(made, "/readyz") == (503, "waiting for payments for 12 s: the credentials were refused\n")
    seen = samples(made)
    assert seen["streamimb_waiting_seconds",] == 12
    assert seen["streamimb_unavailable", "payments"] == 1
    assert seen["streamimb_stream_state", "waiting"] == 1
    status.back("payments")
    status.uncommitted, status.last_checkpoint = 9, clock.now - 121
    assert get(made, "/readyz") == (503, "last checkpoint 121 s ago, 9 records uncommitted\n")
    status.uncommitted = 0
    assert get(made, "/readyz") == (200, "ready\n")


def test_what_is_degraded_is_on_every_page_and_does_not_make_it_unready(parts):
    made, _, status, _ = parts
    degraded = made._degraded
    status.open, status.scores = True, 7
    assert json.loads(get(made, "/status")[1])["degraded"] == {}
    assert not any(name[0] == "streamimb_degraded" for name in samples(made))
    status.degraded = {"one": "the first is wrong: mend it", "two": "the second is wrong: mend it"}
    degraded.look()
    lines = [
        "ready",
        "degraded: one: the first is wrong: mend it",
        "degraded: two: the second is wrong: mend it",
    ]
    assert get(made, "/readyz") == (200, "\n".join(lines) + "\n")
    code, body = get(made, "/status")
    assert (code, json.loads(body)) == (
        200,
        {
            "ok": False,
            "ready": True,
            "unready_reason": "",
            "state": "flowing",
            "degraded": status.degraded,
            "scores": 7,
        },
    )
    seen = samples(made)
    assert (seen["streamimb_degraded", "one"], seen["streamimb_degraded", "two"]) == (1, 1)
    status.degraded = {"two": "still"}
    degraded.look()
    seen = samples(made)
    assert (seen["streamimb_degraded", "one"], seen["streamimb_degraded", "two"]) == (0, 1)
    assert get(made, "/readyz") == (200, "ready\ndegraded: two: still\n")
    status.wait("payments", 990.0, "no connection")
    assert get(made, "/readyz")[0] == 503
    told = json.loads(get(made, "/status")[1])
    assert (told["ready"], told["state"], told["degraded"]) == (False, "waiting", {"two": "still"})
    assert told["unready_reason"].startswith("waiting for payments")


def test_alive_until_the_loop_stands_still(parts):
    made, _, status, clock = parts
    clock.now += 121
    assert get(made, "/healthz")[0] == 503
    status.wait(
        "state", clock.now, "disk full"
    )  # standing still because something is away is no reason to die
    assert get(made, "/healthz")[0] == 200
    status.back("state")
    made.tick()
    assert get(made, "/healthz") == (200, "ok\n")


def test_fault_34_an_idle_stream_becomes_unknown_and_estimates_hold(parts):
    made, engine, status, clock = parts
    status.open, status.last_record = True, clock.now
    for i in range(1000):
        engine.metrics.served.add(0.5, 0.02, 0.01, i % 100 == 0)
    before = samples(made)
    assert before["streamimb_stream_state", "flowing"] == 1
    clock.now += 3600
    after = samples(made)
    assert after["streamimb_stream_state", "flowing"] == 0
    assert after["streamimb_stream_state", "unknown"] == 1
    assert after["streamimb_idle_seconds",] == 3600
    for name in ("base_rate", "calibration_ratio"):
        for key, value in before.items():
            if key[0] == f"streamimb_{name}":
                assert after[key] == value


def test_nothing_else_is_served(parts):
    made = parts[0]
    assert get(made, "/") == (404, "not found\n")
    assert get(made, "/../etc/passwd")[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", made.port, timeout=10)
    connection.request("POST", "/metrics", body=b"x" * 1000)
    assert connection.getresponse().status == 501
    connection.close()


def test_fault_75_hostile_clients_are_bounded(parts, monkeypatch):
    made = parts[0]
    monkeypatch.setattr(server, "WHOLE_S", 0.5)
    before = threading.active_count()
    silent = [socket.create_connection(("127.0.0.1", made.port)) for _ in range(40)]
    for client in silent[:20]:
        client.sendall(b"GET /metrics HTT")  # and no more
    time.sleep(0.2)
    assert threading.active_count() - before <= 2 * server.AT_ONCE
    time.sleep(0.6)
    assert get(made, "/readyz")[0] == 503  # answered again
    for client in silent:
        client.close()
    with socket.create_connection(("127.0.0.1", made.port)) as client:
        client.sendall(b"GET /metrics HTTP/1.0\r\n" + b"x: y\r\n" * 200 + b"\r\n")
        assert b"431" in client.recv(100)


def test_label_values_are_bounded(parts):
    made, _, status, _ = parts
    for i in range(1000):
        status.dead_letter(f"reason_{i:04}")
    seen = samples(made)
    assert sum(name[0] == "streamimb_rejected_total" for name in seen) == 201
    assert seen["streamimb_rejected_total", "other"] == 800


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prt": 1}, "did you mean 'port'"),
        ({"port": 70_000}, "port is 70000"),
        ({"port": "x"}, "port"),
        ({"idle_s": 0}, "idle_s is 0"),
    ],
)
def test_wrong_options_fail_at_construction(options, message):
    with pytest.raises(ValueError, match=message):
        exporter(options, engine_of(), Status(), Degraded([]), dict)


def test_a_port_that_is_taken_is_named(parts):
    with pytest.raises(ValueError, match=f"port = {parts[0].port} cannot be listened on"):
        exporter({"port": parts[0].port}, engine_of(), Status(), Degraded([]), dict)
