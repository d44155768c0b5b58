from __future__ import annotations

from streamimb.engine.guard_findings import CURES, GuardFindings


def test_a_field_left_out_of_many_events_is_named_until_it_is_rare() -> None:
    findings = GuardFindings()
    findings.look({"left_out:amount": 4, "left_out:other": 60, "type:other": 60}, 1_000)
    assert '"other" (6.' in findings.left_out or '"other" (6 %)' in findings.left_out
    assert "amount" not in findings.left_out
    assert "[schema]" in findings.left_out
    findings.look({"left_out:amount": 4, "left_out:other": 60, "type:other": 60}, 1_500)
    assert '"other"' in findings.left_out  # 4 %: above half of the limit
    findings.look({"left_out:amount": 4, "left_out:other": 60, "type:other": 60}, 4_000)
    assert findings.left_out == ""


def test_the_cure_of_a_field_left_out_is_that_of_its_cause() -> None:
    for code, cure in {"too_large": "correct the unit", "too_long": "max_text", "inf": "computes"}.items():
        findings = GuardFindings()
        findings.look({"left_out:other": 60, f"{code}:other": 60, "type:amount": 3}, 1_000)
        assert findings.left_out.endswith(f"; {CURES[code]}")
        assert cure in findings.left_out


def test_of_many_fields_three_are_named_and_all_are_left_by_their_own_share() -> None:
    findings = GuardFindings()
    many = {f"left_out:f{i}": 60 + i for i in range(10)}
    findings.look(many, 1_000)
    assert [f'"f{i}"' in findings.left_out for i in (9, 8, 7, 6)] == [True, True, True, False]
    assert "and 7 more" in findings.left_out
    findings.look(many, 1_300)  # from 4.6 % to 5.3 %
    assert "and 7 more" in findings.left_out


def test_what_keeps_events_from_being_learned_is_named_most_often_first_with_its_cure() -> None:
    findings = GuardFindings()
    findings.look(
        {"missing:a": 5, "type:b": 90, "inf:c": 1, "nan:d": 2, "imputed:e": 900, "unknown_field": 999}, 1_000
    )
    named, _, cures = findings.unlearnable.partition("; under [schema]: ")
    assert named == 'type in "b", missing in "a", nan in "d"'
    assert cures.split("; ") == [CURES["type"], CURES["missing"], CURES["nan"]]


def test_a_new_reason_of_an_old_stream_is_a_share_of_all_its_events() -> None:
    findings = GuardFindings()
    findings.look({}, 5_000)
    findings.look({"left_out:a": 100}, 5_128)
    assert findings.left_out == ""
    new = GuardFindings()
    new.look({"left_out:a": 100}, 128)
    assert new.left_out != ""


def test_a_field_that_left_the_schema_is_no_finding_and_takes_no_memory() -> None:
    findings = GuardFindings()
    for turn in range(20):
        left = {"left_out": 900 * turn, "type": 900 * turn}  # of the fields that came and went before
        fields = {f"{code}:f{turn}_{i}": 9 for code in left for i in range(100)}
        findings.look({**left, **fields}, 1_000 * (turn + 1))
    assert len(findings.state()["shares"]) == 200
    assert findings.left_out == ""
    assert 'type in "f19_0"' in findings.unlearnable


def test_a_state_comes_back() -> None:
    one = GuardFindings()
    one.look({"left_out:a": 60, "type:b": 3}, 1_000)
    again = GuardFindings.of_state(one.state())
    for findings in (one, again):
        findings.look({"left_out:a": 61, "type:b": 9}, 1_300)
    assert again.state() == one.state()
    assert (again.left_out, again.unlearnable) == (one.left_out, one.unlearnable)
