"""run and replay: from a configuration to scores and a state, and every way to be told no."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import msgspec
import pytest

from streamimb.serve import Runner, SqliteStore, read_state


def test_replay_scores_learns_and_commits(folder):
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["scores_sent"] == told["counters"]["joined"] == told["model_version"] == 600
    assert told["base_rate"]["low"] >= 0
    scores = folder.lines("scores.jsonl")
    assert len({score["id"] for score in scores}) == len(scores) == 600
    assert folder.lines("dead.jsonl") == []
    assert all(set(json.loads(line)) >= {"time", "level", "logger", "message"} for line in err.splitlines())
    code, out, _ = folder.command("run", "--json")  # goes on where it ended: nothing is left to do
    assert (code, json.loads(out)["records"], json.loads(out)["model_version"]) == (0, 0, 600)


def test_stopped_and_started_again_is_uninterrupted(folder):
    assert folder.command("replay")[0] == 0
    whole = read_state("state.db")
    lines = (folder.path / "in.jsonl").read_bytes().splitlines(keepends=True)
    (folder.path / "in.jsonl").write_bytes(b"".join(lines[:500]))
    assert folder.command("replay", "--state", "again.db")[0] == 0
    (folder.path / "in.jsonl").write_bytes(b"".join(lines))
    assert folder.command("replay", "--state", "again.db")[0] == 0
    assert read_state("again.db") == whole


def test_fault_53_a_typo_in_the_configuration_is_exit_2_and_names_the_right_key(folder):
    folder.configure("seed = 1", "sede = 1")
    code, _, err = folder.command("run")
    assert code == 2
    assert err == "streamimb: [model] 'sede' is not a key: did you mean 'seed'?\n"
    folder.configure('path = "scores.jsonl"', 'pth = "scores.jsonl"')  # the connector's own options too
    code, _, err = folder.command("run")
    assert code == 2
    assert "unknown option 'pth': did you mean 'path'?" in err
    folder.configure('[sink.scores]\ntype = "files"', '[sink.scores]\ntype = "file"')
    code, _, err = folder.command("run")
    assert code == 2
    assert "[sink.scores] type is 'file': did you mean 'files'?" in err


def test_fault_57_a_state_of_another_schema_is_refused_unless_forced(folder):
    assert folder.command("replay")[0] == 0
    folder.configure("min = 0", "min = 1")
    code, _, err = folder.command("run")
    assert code == 2
    assert "another schema" in err
    assert "--force" in err
    code, _, err = folder.command("run", "--force")
    assert code == 0
    assert "going on with the saved model" in err


def test_a_damaged_snapshot_is_refused_and_cannot_be_forced(folder):
    assert folder.command("replay")[0] == 0
    with SqliteStore("state.db") as store:
        store.commit(b"no snapshot", {}, {})
    for force in ((), ("--force",)):
        code, _, err = folder.command("replay", *force)
        assert code == 2
        assert "not a streamimb snapshot" in err
        assert "force" not in err


def test_a_state_of_another_model_is_refused_unless_forced(folder):
    assert folder.command("replay")[0] == 0
    folder.configure("[schema.amount]", "[sampler]\nmix = 0.1\n[schema.amount]")
    code, _, err = folder.command("run")
    assert code == 2
    assert "[sampler] mix: 0.5, not 0.1" in err


def test_fault_61_a_second_process_on_the_state_is_told_to_try_later(folder):
    with SqliteStore("state.db"):
        code, _, err = folder.command("run")
    assert code == 75
    assert "in use by process" in err


@pytest.mark.parametrize("paths", [("-", "-"), ("-", "/dev/stdin"), ("pipe", "./pipe")])
def test_two_inputs_that_read_one_stream_are_refused(folder, paths):
    os.mkfifo(folder.path / "pipe")
    reader, writer = os.pipe()
    kept = os.dup(0)
    os.dup2(reader, 0)
    more = f'[source.other]\ntype = "files"\npath = "{paths[1]}"\n'
    folder.configure('path = "in.jsonl"', f'path = "{paths[0]}"', more)
    try:
        told = [folder.command(name) for name in ("run", "replay")]
    finally:
        os.dup2(kept, 0)
        for fd in (kept, reader, writer):
            os.close(fd)
    for code, _, err in told:
        assert code == 2
        assert f"[source.other] path is '{paths[1]}', which [source.payments] reads too" in err
    folder.configure('path = "in.jsonl"', 'path = "in.jsonl"', more.replace(paths[1], "./in.jsonl"))
    assert folder.command("replay")[0] == 0  # a file can be read twice


def test_replay_runs_beside_a_service_and_serves_no_metrics(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        folder.configure("", "", f"\n[exporter.page]\ntype = 'prometheus'\nport = {taken.getsockname()[1]}\n")
        code, out, err = folder.command("replay", "--json")
        assert code == 0, err
        assert json.loads(out)["scores_sent"] == 600
        assert folder.command("run", "--force")[0] == 2


def test_a_renamed_input_is_refused(folder):
    assert folder.command("replay")[0] == 0
    text = (folder.path / "c.toml").read_text().replace("source.payments", "source.paymnts")
    (folder.path / "c.toml").write_text(text)
    code, _, err = folder.command("run")
    assert code == 2
    assert "positions of 'payments'" in err


def test_replay_on_the_state_of_a_run_is_refused_where_it_would_read_again(folder):
    folder.configure("", "", "\n[source.payments.replay]\nbatch = 100\n")
    assert folder.command("run")[0] == 0
    saved = read_state("state.db")
    code, _, err = folder.command("replay")
    assert code == 2
    assert "[source.payments]" in err
    assert "a state of its own (--state)" in err
    assert read_state("state.db") == saved
    assert folder.command("replay", "--state", "own.db")[0] == 0
    assert folder.command("replay", "--state", "own.db")[0] == 0  # its own it goes on with
    folder.configure('path = "state.db"', 'path = "own.db"', "\n[source.payments.replay]\nbatch = 100\n")
    code, _, err = folder.command("run")
    assert code == 0
    assert "[source.payments] was read into this state by `replay` only" in err
    assert "by `replay` only" not in folder.command("run")[2]


def test_a_model_of_the_users_own(folder):
    (folder.path / "my_model_of_the_test.py").write_text(
        """
from river import linear_model, preprocessing
from streamimb import CalibratedClassifier, SampledClassifier, sampling

def build(share):
    river = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    return CalibratedClassifier(SampledClassifier(river, sampling.UnderSampler(share=share), seed=1))

def nothing():
    return 3
"""
    )
    own = '\nfactory = "my_model_of_the_test:build"\nallow_pickle = true\n[model.arguments]\nshare = 0.2\n'
    numbers = "[schema.amount]\nmin = 0\n[schema.log_over_usual]\n"
    text = (folder.path / "c.toml").read_text().replace("\nseed = 1\n", own)
    text = text[: text.index("[schema.merchant]")] + text[text.index("[source.payments]") :]
    assert numbers in text
    (folder.path / "c.toml").write_text(text)
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    assert json.loads(out)["model_version"] == 600
    assert folder.command("run")[0] == 0  # and its state comes back
    for wrong, message in (
        ("my_model_of_the_test:biuld", "did you mean 'build'"),
        ("my_model_of_the_test", "give module:function"),
        ("no_such_module_here:f", "cannot be imported"),
    ):
        (folder.path / "c.toml").write_text(text.replace("my_model_of_the_test:build", wrong))
        code, _, err = folder.command("run")
        assert code == 2
        assert message in err
    (folder.path / "c.toml").write_text(
        text.replace("of_the_test:build", "of_the_test:nothing").replace("\nshare = 0.2", "")
    )
    code, _, err = folder.command("run")
    assert code == 2
    assert "gave a int" in err


PAN = "4539578763621486"  # passes Luhn


def test_a_model_that_raises_is_told_once_and_not_quoted(folder):
    (folder.path / "raising_model_of_the_test.py").write_text(
        f"""
from river import base

class Raising(base.Classifier):
    def learn_one(self, x, y):
        raise KeyError("{PAN}")

    def predict_proba_one(self, x):
        return {{True: 0.1, False: 0.9}}
"""
    )
    own = '\nfactory = "raising_model_of_the_test:Raising"\nallow_pickle = true\n'
    text = (folder.path / "c.toml").read_text().replace("\nseed = 1\n", own)
    (folder.path / "c.toml").write_text(text)
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    assert json.loads(out)["counters"]["learn_failed"] == 600
    assert err.count("the model raises KeyError") == 1
    assert PAN not in out + err


def test_fault_76_a_card_number_in_an_unknown_field_is_nowhere(folder, monkeypatch):
    pan = {"pan": PAN, f"field_{PAN}": 1}
    bad = [
        {"type": "event", "id": "a", "time": 1_767_225_601.0, "amount": PAN, **pan},
        {"type": "event", "id": "b", "time": PAN, **pan},
        {"type": "event", "time": 1_767_225_602.0, **pan},
        {"type": PAN, "id": "c", "time": 1_767_225_602.0},
        {"type": "label", "id": "a", "time": 1_767_225_603.0, "label": PAN, **pan},
        {"type": "event", "id": ["x", PAN], "time": 1_767_225_604.0},
        {
            "type": "event",
            "id": "d",
            "time": 1_767_225_605.0,
            "amount": {"pan": PAN},
            "merchant": [PAN],
            **pan,
        },
    ]
    with (folder.path / "in.jsonl").open("ab") as file:
        for row in bad:
            file.write(msgspec.json.encode(row) + b"\n")
        file.write(b'{"pan": "' + PAN.encode() + b"\n")
    folder.configure("", "", '\n[log]\nlevel = "debug"\n')
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert sum(told["rejected"].values()) >= 6
    assert told["guard"] or told["counters"]["unlearnable"]
    doctor = folder.command("doctor", "--json")
    inspect = folder.command("inspect", "--json")
    written = b"".join(
        (folder.path / name).read_bytes() for name in ("scores.jsonl", "dead.jsonl", "state.db")
    )
    everything = out + err + str(doctor) + str(inspect) + written.decode("latin-1")
    assert PAN not in everything


def test_fault_76_an_exception_of_a_library_is_not_quoted(folder, monkeypatch):
    from streamimb.cli import build

    def fails(*arguments, **options):
        return float(f"card {PAN}")

    monkeypatch.setattr(build, "engine", fails)
    code, out, err = folder.command("run")
    assert code == 1
    assert PAN not in out + err
    assert "ValueError at test_service.py" in err


def test_secrets_stay_out_of_messages(folder, monkeypatch):
    monkeypatch.setenv("STREAMIMB_TEST_SECRET", "/nowhere/hunter22")
    folder.configure('path = "scores.jsonl"', 'path = "${STREAMIMB_TEST_SECRET}"')
    code, _, err = folder.command("run")
    assert code == 2
    assert "path is '***'" in err
    for command in ("doctor", "inspect"):
        assert "hunter22" not in str(folder.command(command))


def test_secrets_stay_out_of_the_reasons_for_waiting(folder, monkeypatch):
    monkeypatch.setenv("STREAMIMB_TEST_SECRET", "hunter22.jsonl")
    folder.configure('path = "scores.jsonl"', 'path = "${STREAMIMB_TEST_SECRET}"')
    made = []

    class Idle(Runner):
        def run(self):
            made.append(self)
            self.status.wait("sink.scores", 0.0, "hunter22.jsonl: disk full")
            return "ended"

    monkeypatch.setattr("streamimb.cli.service.Runner", Idle)
    assert folder.command("run")[0] == 0
    assert made[0].status.why == {"sink.scores": "***: disk full"}


def test_fault_71_sigterm_drains_checkpoints_and_exits_0(folder):
    folder.configure('path = "in.jsonl"', 'path = "-"')
    command = [sys.executable, "-c", "from streamimb.cli import main; main()", "run", "--config", "c.toml"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ.copy())
    assert process.stdin is not None
    lines = (folder.path / "in.jsonl").read_bytes().splitlines(keepends=True)
    process.stdin.write(b"".join(lines[:400]))
    process.stdin.flush()  # and it stays open: there may be more
    until = time.monotonic() + 30
    while len(folder.lines("scores.jsonl") if (folder.path / "scores.jsonl").exists() else []) < 100:
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(0.5)
    stopped = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert time.monotonic() - stopped < 10
    assert b"stopped at model version" in err
    saved = read_state("state.db")
    assert saved is not None
    done = saved[1]["payments"][0]
    scored = len(folder.lines("scores.jsonl"))
    # The position names the first line that starts at or after it.
    whole = b"".join(lines)[:done]
    assert scored == sum(
        b'"type":"event"' in lines[n] for n in range(whole.count(b"\n") + (whole[-1:] != b"\n"))
    )
    assert done > len(b"".join(lines[:399]))


@pytest.mark.parametrize("arguments", [["rn"], ["run"], ["run", "--confg", "x"], ["inspect"]])
def test_wrong_arguments_are_exit_2(arguments, capfd):
    from streamimb.cli.app import called

    assert called(arguments) == 2
    assert capfd.readouterr().err.startswith("streamimb: ")


def test_help_is_there_at_once():
    command = [sys.executable, "-c", "from streamimb.cli import main; main()", "--help"]
    taken = []
    for _ in range(3):  # the processor's seconds, so that a busy machine does not count
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        taken.append(usage.ru_utime + usage.ru_stime)
    assert min(taken) < 0.3


def test_fault_15_an_absent_feature_takes_its_declared_default_and_is_counted(folder):
    lines = folder.lines("in.jsonl")
    for line in lines[:50]:
        line.pop("amount", None)
    absent = sum(line["type"] == "event" for line in lines[:50])
    (folder.path / "in.jsonl").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    folder.configure("[schema.amount]\nmin = 0", "[schema.amount]\nmin = 0\ndefault = 25.0")
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["guard"]["imputed:amount"] == absent
    assert told["model_version"] == 600  # a declared default is learned from
    scores = folder.lines("scores.jsonl")
    assert sum("imputed:amount" in score["reasons"] for score in scores) == absent
    folder.configure()  # without one it is scored as missing, and not learned
    code, out, err = folder.command("replay", "--json", "--state", "strict.db")
    told = json.loads(out)
    assert told["guard"]["missing:amount"] == absent
    assert told["counters"]["unlearnable"] == absent
