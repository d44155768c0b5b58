"""Without a [schema]: what is inferred is logged once, shown by `inspect`, and not compared at a restart."""

import json

import msgspec

from tests.cli.conftest import CONFIG


def without_schema(folder, more: str = "") -> None:
    text = CONFIG[: CONFIG.index("[schema.amount]")] + CONFIG[CONFIG.index("[source.payments]") :]
    (folder.path / "c.toml").write_text(text + more)


def said(err: str) -> list[str]:
    lines = [json.loads(line)["message"] for line in err.splitlines() if line.startswith("{")]
    return [line for line in lines if line.startswith("inferred schema: ")]


def spoiled(folder, field: str, first: int, last: int, value: object) -> None:
    """These events have another value in the field."""
    lines = (folder.path / "in.jsonl").read_bytes().splitlines()
    for i in range(first, last):
        record = msgspec.json.decode(lines[i])
        if field in record:
            lines[i] = msgspec.json.encode({**record, field: value})
    (folder.path / "in.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def test_what_is_inferred_is_logged_once_and_inspected(folder):
    folder.stream(600)
    without_schema(folder, "[guard]\nwarm_up = 100\n")
    spoiled(folder, "amount", 0, 1, "one odd amount")
    code, _, err = folder.command("replay")
    assert code == 0
    assert len(said(err)) == 1
    assert "amount (number)" in said(err)[0]
    assert "merchant (string)" in said(err)[0]
    assert "one odd amount" not in err
    code, out, _ = folder.command("inspect", "--json")
    assert code == 0
    state = json.loads(out)["state"]
    assert state["inferred_schema"]["amount"].startswith("number, in ")
    assert state["inferred_schema"]["abroad"] == "bool, in 100.0% of recent events"
    assert state["guard"]["left_out:amount"] <= 2
    assert state["counters"]["unlearnable"] == 0
    assert "one odd amount" not in out


def test_another_inferred_schema_is_no_reason_to_refuse_a_state(folder):
    folder.stream(300)
    without_schema(folder, "[guard]\nwarm_up = 100\n")
    assert folder.command("replay")[0] == 0
    code, out, _ = folder.command("inspect", "--json")
    first = json.loads(out)["state"]
    lines = (folder.path / "in.jsonl").read_bytes()
    folder.stream(3_000, "more.jsonl")
    more = (folder.path / "more.jsonl").read_bytes().splitlines(keepends=True)
    records = [msgspec.json.decode(line) for line in more]
    later = [
        {**record, "id": f"later-{record['id']}", **({"amount": "text"} if "amount" in record else {})}
        for record in records
    ]
    (folder.path / "in.jsonl").write_bytes(lines + b"".join(msgspec.json.encode(r) + b"\n" for r in later))
    code, _, err = folder.command("replay")
    assert code == 0, err
    again, change = said(err)
    assert "amount (number)" in again  # a log that starts anew has the schema it starts with
    assert change == "inferred schema: 1 field changed: amount from number to string"
    code, out, _ = folder.command("inspect", "--json")
    second = json.loads(out)["state"]
    assert first["inferred_schema"]["amount"].startswith("number")
    assert second["inferred_schema"]["amount"].startswith("string")


def test_a_configured_schema_is_not_inferred(folder):
    folder.stream(600)
    code, _, err = folder.command("replay")
    assert code == 0
    assert said(err) == []
    assert json.loads(folder.command("inspect", "--json")[1])["state"]["inferred_schema"] == {}
