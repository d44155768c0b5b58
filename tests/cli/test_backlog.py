"""`run` on files that are there already, the labels in a short one: every label finds its event."""

import gc
import json

import pytest

from streamimb.serve import Runner
from tests.serve.backlog import WINDOW_S, backlog, encoded, ratio

CONFIG = """
[labels]
regime = "positives"
window_s = {window_s}
{sources}
[sink.scores]
type = "files"
path = "scores.jsonl"
[sink.dead_letters]
type = "none"
[state]
path = "state.db"
"""
SOURCE = """
[source.{role}]
type = "files"
role = "{role}"
path = "{role}.jsonl"
"""


@pytest.mark.parametrize("roles", [("events", "labels"), ("labels", "events")])
def test_no_label_of_a_backlog_is_orphaned(folder, roles):
    made = backlog(8_000)
    for role, rows in (("events", made.events), ("labels", made.labels)):
        (folder.path / f"{role}.jsonl").write_bytes(b"\n".join(encoded(rows)) + b"\n")
    sources = "".join(SOURCE.format(role=role) for role in roles)
    (folder.path / "c.toml").write_text(CONFIG.format(window_s=WINDOW_S, sources=sources))
    code, out, err = folder.command("run", "--json")
    assert code == 0, err
    counters = json.loads(out)["counters"]
    assert (counters["events"], counters["labels"]) == (8_000, len(made.labels))
    assert counters["orphaned"] <= 0.01 * len(made.labels)
    scores = (folder.path / "scores.jsonl").read_bytes().splitlines()
    assert 0.8 < ratio(scores, made.truth, 2_500) < 1.25


def test_what_is_there_at_the_start_is_kept_out_of_collections_while_the_service_runs(folder, monkeypatch):
    run, frozen = Runner.run, []

    def noted(runner: Runner) -> str:
        frozen.append((gc.get_freeze_count(), runner.status.records))
        return run(runner)

    monkeypatch.setattr(Runner, "run", noted)
    assert folder.command("run")[0] == 0
    assert [(count > 10_000, records) for count, records in frozen] == [(True, 0)]
    assert gc.get_freeze_count() == 0
