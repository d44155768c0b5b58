"""`make bench`: what its gates let through, and that a work runs from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench import main
from benchmarks.messages import NUMBERS, floats, json_decode, msgspec_decode
from benchmarks.rounds import Gate, Line, Side, Verdict, round_us, times_faster, times_the_cost
from benchmarks.table import drawn, merged
from benchmarks.works import GROUPS

CHECKOUT = Path(__file__).resolve().parents[2]
TITLE = "LogisticRegression, 30 floats, msgspec"


@pytest.mark.parametrize(
    ("gate", "ours", "reference", "verdict"),
    [
        (times_faster(30.0, 27.0), 1.0, 30.0, "ok"),
        (times_faster(30.0, 27.0), 1.0, 27.0, "below goal"),
        (times_faster(30.0, 27.0), 1.0, 26.9, "MISS"),
        (times_faster(14.0), 1.0, 13.9, "MISS"),
        (times_the_cost(1.5), 1.5, 1.0, "ok"),
        (times_the_cost(1.5), 1.6, 1.0, "MISS"),
    ],
)
def test_a_gate_judges_the_ratio(gate: Gate, ours: float, reference: float, verdict: Verdict) -> None:
    assert gate.verdict(gate.ratio(ours, reference)) == verdict


def test_the_worse_of_two_interpreters_decides() -> None:
    fast = Line("a work", 1.0, 3.0, 3.0, ">= 2 x", "ok", "River")
    slow = Line("a work", 1.0, 1.0, 1.0, ">= 2 x", "MISS", "River")
    for measured in ({"3.11": [fast], "3.13": [slow]}, {"3.11": [slow], "3.13": [fast]}):
        (row,) = merged(measured)
        assert row.verdict == "MISS"
        assert row.plain()["measured"].keys() == {"3.11", "3.13"}
        assert "3.00" in drawn([row], list(measured))


def test_what_one_interpreter_measured_keeps_its_column() -> None:
    alone = Line("Kafka", 5.0, 6.0, 1.2, ">= 1 x", "ok", "the bare client")
    both = Line("a work", 1.0, 2.0, 2.0, ">= 2 x", "ok", "River")
    rows = merged({"3.11": [both, alone], "3.13": [both]})
    assert [row.work for row in rows] == ["a work", "Kafka"]
    assert "  - " in drawn(rows, ["3.11", "3.13"]).splitlines()[2]


def test_every_line_of_the_table_has_a_title_of_its_own() -> None:
    titles = [case.title for group in GROUPS for case in group.cases]
    assert len(set(titles)) == len(titles)


def test_only_what_is_run_is_timed() -> None:
    prepared: list[int] = []

    def spin(_: object) -> None:
        sum(range(20_000))

    def prepare(block: int) -> None:
        prepared.append(block)
        for _ in range(20):
            spin(None)

    outside = Side(prepare, lambda _: None, 100)
    inside = Side(prepared.append, spin, 100)
    assert round_us([outside], 0)[0] < round_us([inside], 0)[0]
    assert len(set(prepared)) == 20  # the blocks of a round, each once


def test_no_object_of_an_event_is_met_twice_where_json_loads_decodes() -> None:
    stream = floats()
    one, other = (stream.features(0, json_decode) for _ in range(2))
    assert tuple(one) == NUMBERS
    assert not {id(key) for key in one} & {id(key) for key in other}
    shared = {id(key) for key in stream.features(0, msgspec_decode)} & {
        id(key) for key in stream.features(1, msgspec_decode)
    }
    assert len(shared) >= len(NUMBERS) // 2


def test_a_work_runs_from_end_to_end() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.bench",
            "--json",
            "--newest",
            "",
            "--rounds",
            "1",
            "--only",
            TITLE,
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr  # the gate depends on the load of the machine
    (row,) = json.loads(done.stdout)["rows"]
    (measured,) = row["measured"].values()
    assert 0.0 < measured["ours"] < measured["reference"]


def test_an_interpreter_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--newest", "/no/such/python"])
    with pytest.raises(SystemExit):
        main()
    assert "/no/such/python: no such program" in capsys.readouterr().err
