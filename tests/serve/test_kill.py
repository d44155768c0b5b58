"""kill -9 at every named point of a service on files; what is left, and what the next start makes of it."""

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from streamimb.connections import Saved
from streamimb.serve import SqliteStore
from tests.conftest import CHECKOUT
from tests.serve.service import CHECKPOINT, N, serve, write_inputs

# the point, and how many times it is passed before the process dies there: in mid-interval where it can be
POINTS = [
    ("decode", 5_321),
    ("score", 2_777),
    ("send", 3_141),
    ("flush", 37),
    ("commit_inside", 8),
    ("commit_after", 4),
]


class Done(NamedTuple):
    """What a service left behind."""

    state: Saved
    scores: list[str]
    dead: list[str]
    folder: Path


def lines(path: Path) -> list[str]:
    """Whole lines: a torn last one was never flushed."""
    return [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def left(folder: Path) -> Done:
    with SqliteStore(folder / "state.db") as store:
        state = store.load()
    assert state is not None
    return Done(state, lines(folder / "scores.jsonl"), lines(folder / "dead.jsonl"), folder)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("uninterrupted")
    write_inputs(folder)
    with SqliteStore(folder / "state.db") as store:
        engine = serve(folder, store)
        assert engine.counters["joined"] == N - N // 100
        assert engine.counters["learned"] == N - N // 100
    return left(folder)


@pytest.fixture
def folder(tmp_path: Path, uninterrupted: Done) -> Path:
    for name in ("events.jsonl", "labels.jsonl"):
        shutil.copy(uninterrupted.folder / name, tmp_path)
    return tmp_path


def die(folder: Path, point: str, nth: int, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.serve.service", str(folder), point, str(nth), how],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def audit(scores: list[str]) -> tuple[int, int]:
    """(events never scored, scores said twice); shares no code with the service."""
    ids = [json.loads(line)["id"] for line in scores]
    return N - len(set(ids)), len(ids) - len(set(ids))


def test_the_uninterrupted_run_scores_every_event_once(uninterrupted):
    assert audit(uninterrupted.scores) == (0, 0)
    reasons = [json.loads(line)["reason"] for line in uninterrupted.dead]
    assert reasons.count("decode") == 10
    assert reasons.count("label_value") == 8
    assert len(reasons) == 18


@pytest.mark.parametrize(("point", "nth"), POINTS, ids=[point for point, _ in POINTS])
def test_fault_62_killed_at(point, nth, folder, uninterrupted):
    die(folder, point, nth, "service")
    before = left(folder)
    with SqliteStore(folder / "state.db") as store:
        serve(folder, store)
    after = left(folder)

    assert after.state == uninterrupted.state  # model, positions and every pending row, to the last bit
    missing, repeated = audit(after.scores)
    assert missing == 0
    assert set(after.scores) == set(uninterrupted.scores)  # said again means said the same again
    assert set(after.dead) == set(uninterrupted.dead)
    # said twice are only those after the last commit before the death, and there are some to see
    assert repeated <= CHECKPOINT
    assert (repeated == 0) == (point == "commit_after")
    behind = (folder / "events.jsonl").read_bytes()[: before.state[1]["events"][0]]
    committed = {json.loads(line)["id"] for line in behind.splitlines() if line.endswith(b"}")}
    assert len(committed) > 100
    said = Counter(json.loads(line)["id"] for line in after.scores)
    assert not {name for name, times in said.items() if times > 1 and name in committed}


def test_positions_first_would_lose_records(folder, uninterrupted):
    # The negative control: the same death, the same audit, and a service that is wrong.
    die(folder, "score", 2_777, "control")
    with SqliteStore(folder / "state.db") as store:
        serve(folder, store, positions_first=True)
    missing, _ = audit(left(folder).scores)
    assert missing > 0
    assert left(folder).state[0] != uninterrupted.state[0]


def test_fault_71_sigterm_drains_commits_and_exits_with_0(folder, uninterrupted):
    with subprocess.Popen(
        [sys.executable, "-m", "tests.serve.service", str(folder), "none", "0", "service"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) > 1_500:
                break
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait(timeout=10) == 0
    stopped = left(folder)
    missing, repeated = audit(stopped.scores)
    assert 0 < missing < N
    assert repeated == 0
    with SqliteStore(folder / "state.db") as store:
        serve(folder, store)
    assert left(folder)[:3] == uninterrupted[:3]  # drained: not even a repeated score
