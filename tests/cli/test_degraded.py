"""What is degraded is shown wherever a person or a machine looks: log, pages, table, figures, inspect."""

import json
import socket
import urllib.error
import urllib.request

from rich.console import Console

from streamimb.cli import figures
from streamimb.engine import BothReported, Engine
from streamimb.linear_model import LogisticRegression
from streamimb.serve import Degraded, Runner, Status
from streamimb_connectors.prometheus import Exporter

COLD = {"cold": "too few positives were learned: wait for labels, or set [model] prior"}


def messages(err):
    return [line["message"] for line in map(json.loads, err.splitlines())]


def final(folder, *command):
    code, out, err = folder.command(*command, "--json")
    assert code == 0, err
    return json.loads(out), messages(err)


def test_a_reason_of_the_engine_is_in_the_log_the_figures_and_the_saved_state(folder, monkeypatch):
    def look(self, counts, guard, **more):
        self.reasons = COLD if counts.learned < 500 else {}
        self.evidence = {name: {} for name in self.reasons}

    monkeypatch.setattr("streamimb.engine.DegradedReasons.look", look)
    told, log = final(folder, "run")
    assert told["degraded"] == {}
    entry, left = f"degraded: cold: {COLD['cold']}", "no longer degraded: cold"
    assert [message for message in log if "degraded" in message] == [entry, left]
    code, out, _ = folder.command("inspect", "--json")
    assert json.loads(out)["state"]["degraded"] == {}
    lines = (folder.path / "in.jsonl").read_bytes().splitlines(keepends=True)
    (folder.path / "in.jsonl").write_bytes(b"".join(lines[:300]))
    (folder.path / "state.db").unlink()
    told, log = final(folder, "replay")
    assert told["degraded"] == COLD
    assert [message for message in log if "degraded" in message] == [entry]
    code, out, _ = folder.command("inspect", "--json")
    assert (code, json.loads(out)["state"]["degraded"]) == (0, COLD)
    code, out, _ = folder.command("inspect")
    assert code == 0
    assert "cold" in out


def test_a_service_shows_its_reasons_on_its_pages(folder, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
        port, second = free.getsockname()[1], other.getsockname()[1]
    table = "\n[exporter.{}]\ntype = 'prometheus'\nport = {}\n"
    folder.configure("", "", table.format("page", port) + table.format("second", second))
    seen, ticks = {}, []

    def page(path, port=port):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    class Looked(Runner):
        def run(self):
            self.status.degraded = {"silent": "an input is silent: look at it"}
            self.status.open = True
            self._tick()
            for path in ("/readyz", "/status", "/metrics"):
                seen[path] = page(path)
            seen["second"] = page("/readyz", second)
            return super().run()

    monkeypatch.setattr("streamimb.cli.service.Runner", Looked)
    monkeypatch.setattr(Exporter, "tick", lambda self: ticks.append(self))
    assert folder.command("run")[0] == 0
    assert seen["/readyz"] == (200, "ready\ndegraded: silent: an input is silent: look at it\n")
    assert seen["second"] == seen["/readyz"]
    assert len(set(ticks)) == 2
    assert 'streamimb_degraded{reason="silent"} 1.0' in seen["/metrics"][1]
    told = json.loads(seen["/status"][1])
    assert (seen["/status"][0], told["ready"], told["state"]) == (200, True, "flowing")
    assert told["degraded"] == {"silent": "an input is silent: look at it"}
    assert {"counters", "log_loss", "model_version", "guard", "rejected"} <= told.keys()


def test_the_table_has_a_row_for_each_reason():
    engine, status = Engine(LogisticRegression(), BothReported()), Status()
    degraded = Degraded([status])
    console = Console(width=120)

    def shown():
        with console.capture() as capture:
            console.print(figures.table(engine, status, degraded, 0.0))
        return capture.get()

    assert "degraded" not in shown()
    status.degraded = {"a": "first: set [run] merge_wait_s", "b": "second: mend it"}
    degraded.look()
    assert "a: first: set [run] merge_wait_s" in shown()
    assert "b: second: mend it" in shown()
