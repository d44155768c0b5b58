"""`run` on files that are there already, the labels in a short one: every label finds its event."""

import gc
import json

import pytest

from streamimb.serve import Runner
from tests.serve.backlog import WINDOW_S, backlog, encoded, ratio
from tests.serve.configured import configured


@pytest.mark.parametrize("roles", [("events", "labels"), ("labels", "events")])
def test_no_label_of_a_backlog_is_orphaned(folder, roles):
    made = backlog(8_000)
    for role, rows in (("events", made.events), ("labels", made.labels)):
        (folder.path / f"{role}.jsonl").write_bytes(b"\n".join(encoded(rows)) + b"\n")
    sources = {role: {"type": "files", "role": role, "path": f"{role}.jsonl"} for role in roles}
    scores = {"type": "files", "path": "scores.jsonl"}
    labels = {"regime": "positives", "window_s": WINDOW_S}
    (folder.path / "c.toml").write_text(configured(sources, scores, labels=labels))
    code, out, err = folder.command("run", "--json")
    assert code == 0, err
    counters = json.loads(out)["counters"]
    assert (counters["events"], counters["labels"]) == (8_000, len(made.labels))
    assert counters["orphaned"] <= 0.01 * len(made.labels)
    written = (folder.path / "scores.jsonl").read_bytes().splitlines()
    assert 0.8 < ratio(written, made.truth, 2_500) < 1.25


def test_what_is_there_at_the_start_is_kept_out_of_collections_while_the_service_runs(folder, monkeypatch):
    run, frozen = Runner.run, []

    def noted(runner: Runner) -> str:
        frozen.append((gc.get_freeze_count(), runner.status.records))
        return run(runner)

    monkeypatch.setattr(Runner, "run", noted)
    assert folder.command("run")[0] == 0
    assert [(count > 10_000, records) for count, records in frozen] == [(True, 0)]
    assert gc.get_freeze_count() == 0
