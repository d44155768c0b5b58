"""stdout: a reader that goes away, and who may write there."""

import json
import os
import subprocess
import sys

import pytest

STREAMIMB = [sys.executable, "-c", "from streamimb.cli import main; main()"]


def test_a_reader_of_stdout_that_went_away_ends_it_quietly(folder):
    folder.configure('path = "scores.jsonl"', 'path = "-"')
    command = [*STREAMIMB, "run", "--config", "c.toml"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 141
    assert all(json.loads(line)["level"] == "info" for line in said.splitlines())
    done = subprocess.run(command, capture_output=True, check=True)  # nothing was lost
    assert len({json.loads(line)["id"] for line in done.stdout.splitlines()}) == 600


@pytest.mark.parametrize("arguments", [["inspect", "--json"], ["inspect"], ["doctor"], ["demo", "--help"]])
def test_what_is_printed_for_nobody_is_no_traceback(folder, arguments):
    assert folder.command("replay")[0] == 0
    given = arguments if arguments[0] == "demo" else [*arguments, "--config", "c.toml"]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*STREAMIMB, *given], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert done.returncode in (1, 141)  # 1 is rich's own way
    assert done.stderr == b""


@pytest.mark.parametrize("sink", ["scores", "dead"])
@pytest.mark.parametrize("path", ["-", "/dev/stdout", "/dev/fd/1"])
def test_figures_and_records_do_not_share_stdout(folder, sink, path):
    folder.configure(f'path = "{sink}.jsonl"', f'path = "{path}"')
    code, out, err = folder.command("replay", "--json")
    assert (code, out) == (2, "")
    assert f"[sink.{sink}" in err
    assert f"path is '{path}'" in err
    assert "--json" in err


def test_figures_go_to_stdout_where_the_files_of_records_are_there_already(folder):
    for name in ("scores.jsonl", "dead.jsonl"):
        (folder.path / name).touch()
    code, out, _ = folder.command("replay", "--json")
    assert code == 0
    assert json.loads(out)
    assert len(folder.lines("scores.jsonl")) == 600
