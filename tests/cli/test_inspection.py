"""inspect: counts, positions and parameters of a state, from outside, and never an event."""

import json

import pytest

from streamimb.engine.snapshot import dumps
from streamimb.serve import SqliteStore, read_state


def test_a_state_is_shown_without_its_events(folder):
    folder.stream(3_000)  # with more than five positives: the metrics say something
    lines = (folder.path / "in.jsonl").read_bytes().splitlines(keepends=True)
    (folder.path / "in.jsonl").write_bytes(b"".join(lines[:5_000]))  # so that some wait for their labels
    assert folder.command("replay")[0] == 0
    code, out, _ = folder.command("inspect", "--json")
    assert code == 0
    told = json.loads(out)
    state = told["state"]
    assert state["rows"]["pending events"] > 0
    assert state["model_version"] == state["counters"]["joined"] > 0
    assert state["positions"] == {"payments": {"0": sum(map(len, lines[:4_999])) + 1}}
    assert state["model"]["classifier"]["classifier"]["seed"] == 1
    assert state["metrics"]["log_loss"] > 0
    assert told["configuration"]["source"]["payments"]["path"] == "in.jsonl"
    saved = read_state("state.db")
    assert saved is not None
    assert b"shop-" in b"".join(saved[2].values())  # it is in the state, and stays there:
    code, text, _ = folder.command("inspect")
    assert "shop-" not in out + text
    assert "tx-" not in out + text


def test_a_state_in_use_may_be_looked_at(folder):
    assert folder.command("replay")[0] == 0
    with SqliteStore("state.db"):
        assert folder.command("inspect")[0] == 0


def test_what_is_not_a_state(folder):
    code, _, err = folder.command("inspect")
    assert code == 2
    assert "no such file" in err
    (folder.path / "state.db").write_bytes(b"something else" * 1000)
    assert folder.command("inspect")[0] == 2


@pytest.mark.parametrize("damage", ["bit", "short", "none", "other"])
def test_fault_54_a_damaged_snapshot_is_exit_2(folder, damage):
    assert folder.command("replay")[0] == 0
    with SqliteStore("state.db") as store:
        loaded = store.load()
        assert loaded is not None
        whole = loaded[0]
        damaged = {
            "bit": whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:],
            "short": whole[:1000],
            "none": b"",
            "other": dumps({"no": "engine"}),
        }[damage]
        store.commit(damaged, {}, {})
    for more in ((), ("--json",)):
        code, out, err = folder.command("inspect", *more)
        assert (code, out) == (2, "")
        assert err.startswith("streamimb: [state] state.db: ")


def test_a_foreign_model_is_named_not_opened(folder):
    (folder.path / "foreign_model_of_the_test.py").write_text(
        "from river import naive_bayes\ndef build():\n    return naive_bayes.GaussianNB()\n"
    )
    text = (folder.path / "c.toml").read_text()
    text = text.replace(
        "\nseed = 1\n", '\nfactory = "foreign_model_of_the_test:build"\nallow_pickle = true\n'
    )
    text = text[: text.index("[schema.merchant]")] + text[text.index("[source.payments]") :]
    (folder.path / "c.toml").write_text(text)
    assert folder.command("replay")[0] == 0
    code, out, _ = folder.command("inspect", "--json")
    assert code == 0
    assert "GaussianNB" in json.loads(out)["state"]["model"]
