"""Bad records among good ones, through the whole service: each is told by its place, and no score is another."""

import json
from collections import Counter

BAD = {
    "fault 1: no JSON": (b"amount=3", "decode"),
    "fault 1: truncated": (b'{"type": "event", "id": "cut', "decode"),
    "fault 2: no UTF-8": (b'{"type": "event", "id": "\xff\xfe"}', "decode"),
    "fault 4: too long": (b'{"type": "event", "id": "long", "x": "%s"}' % (b"x" * (1 << 20)), "max_bytes"),
    "fault 5: nesting bomb": (b"[" * 100_000, "decode"),
    "fault 10: no id": (b'{"type": "event", "amount": 1.0}', "no_id"),
    "fault 11: a long id": (b'{"type": "event", "id": "%s"}' % (b"x" * 10_000), "id_too_long"),
    "fault 32: milliseconds": (b'{"type": "event", "id": "ms", "time": 1767225600000}', "ts_unit"),
    "fault 42: no such class": (b'{"type": "label", "id": "tx-1", "label": "chargeback"}', "label_value"),
    "fault 43: no such number": (b'{"type": "label", "id": "tx-1", "label": 2}', "label_value"),
}
# An event that is scored and not learned; its label comes with the others.
UNTRUSTED = b'{"type": "event", "id": "bad-%d", "time": %d, "amount": %s, "label": 1}'
VALUES = (b"null", b"1e308", b'"12"', b"true", b"-5", b"[1]")  # faults 15, 14, 16, 17, 20


def test_faults_1_to_20_bad_records_are_told_by_their_place_and_change_no_score(folder):
    folder.configure()
    clean = (folder.path / "in.jsonl").read_bytes().splitlines()
    code, out, err = folder.command("replay", "--json", "--state", "clean.db")
    assert code == 0, err
    said = folder.lines("scores.jsonl")
    (folder.path / "scores.jsonl").unlink()

    soiled: list[bytes] = []
    at: dict[int, str] = {}
    letters = list(BAD.values())
    for number, line in enumerate(clean):
        if number % 60 == 30:
            bad, reason = letters[number // 60 % len(letters)]
            at[sum(len(one) + 1 for one in soiled)] = reason
            soiled.append(bad)
        if number % 100 == 50:
            t = int(json.loads(line)["time"])
            soiled.append(UNTRUSTED % (number, t, VALUES[number // 100 % len(VALUES)]))
        soiled.append(line)
    (folder.path / "in.jsonl").write_bytes(b"".join(line + b"\n" for line in soiled))
    code, again, err = folder.command("replay", "--json", "--state", "soiled.db")
    assert code == 0, err

    told = folder.lines("dead.jsonl")
    assert {letter["offset"]: letter["reason"] for letter in told} == at
    assert len(at) >= 2 * len(BAD)
    assert json.loads(again)["rejected"] == dict(Counter(at.values()))
    scores = folder.lines("scores.jsonl")
    assert [score for score in scores if not score["id"].startswith("bad-")] == said
    untrusted = [score for score in scores if score["id"].startswith("bad-")]
    assert len(untrusted) == json.loads(again)["counters"]["unlearnable"] == len(clean) // 100
    assert all(0.0 < score["p"] < 1.0 and score["reasons"] for score in untrusted)
    assert json.loads(again)["model_version"] == json.loads(out)["model_version"]
