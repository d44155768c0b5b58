"""`[decision]` and `[explanation]` through the whole service: scores, figures, restarts, and what is refused."""

import json
import random

import pytest

from streamimb.cli import build
from streamimb.config import ConfigError, load, loads

CONFIG = """
[model]
seed = 1
[decision]
type = "RateLimit"
rule = {type = "decision.AlertBudget", share = 0.05}
actions = 50
per_s = 60
[explanation]
top = 2
[explanation.codes]
speed = "R01"
[source.payments]
type = "files"
role = "both"
path = "in.jsonl"
[sink.scores]
type = "files"
path = "scores.jsonl"
[sink.dead_letters]
type = "files"
path = "dead.jsonl"
[state]
path = "state.db"
"""
ENDS = CONFIG[CONFIG.index("[source") :]


def lines(first, last):
    rng = random.Random(5)
    found = []
    for i in range(last):
        y = rng.random() < 0.03
        speed, amount = rng.gauss(2.5 * y, 1.0), rng.lognormvariate(3.0, 1.0)
        if i < first:
            continue
        found.append(
            {"type": "event", "id": f"e{i}", "time": 1_600_000_000 + i, "speed": speed, "amount": amount}
        )
        found.append({"type": "label", "id": f"e{i}", "time": 1_600_000_000 + i, "label": int(y)})
    return "".join(f"{json.dumps(line)}\n" for line in found)


UNEXPLAINED = '[learner]\nfactory = "river.naive_bayes:GaussianNB"\nallow_pickle = true\n'


@pytest.fixture
def deciding(folder):
    (folder.path / "c.toml").write_text(CONFIG)
    (folder.path / "in.jsonl").write_text(lines(0, 3_000))
    return folder


def test_scores_carry_the_action_its_threshold_and_its_reasons(deciding):
    code, out, err = deciding.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    scores = deciding.lines("scores.jsonl")
    assert len(scores) == 3_000
    acted = [score for score in scores if score["acted"]]
    assert told["acted"] == len(acted)
    assert len(acted) / 3_000 == pytest.approx(0.05, abs=0.01)
    assert all(score["acted"] == (score["p"] >= score["threshold"]) for score in scores)
    late = [score for score in acted if int(score["id"][1:]) > 1_500]
    assert sum(score["because"][:1] == ["R01"] for score in late) > 0.8 * len(late)
    assert told["actions_withheld"] == 0


def test_a_restart_goes_on_and_other_options_start_the_rule_afresh(deciding):
    assert deciding.command("replay", "--json")[0] == 0
    (deciding.path / "in.jsonl").write_text(lines(0, 3_000) + lines(3_000, 3_100))
    code, _, err = deciding.command("replay", "--json")
    assert code == 0, err
    assert "afresh" not in err
    text = (deciding.path / "c.toml").read_text()
    (deciding.path / "c.toml").write_text(text.replace("share = 0.05", "share = 0.1"))
    _, out, _ = deciding.command("doctor")
    assert "the next start changes [decision] rule.share: 0.05, not 0.1" in " ".join(
        out.replace("│", " ").split()
    )
    (deciding.path / "in.jsonl").write_text(lines(0, 3_000) + lines(3_000, 3_200))
    code, _, err = deciding.command("replay", "--json")
    assert code == 0, err
    assert "[decision] rule.share: 0.05, not 0.1; it is reset" in err


def test_inspect_shows_every_reading_that_replay_shows(deciding):
    """Of metrics, prior, class sizes, detectors and the rule too: these were missing."""
    text = (deciding.path / "c.toml").read_text()
    (deciding.path / "c.toml").write_text('[metric.short]\ntype = "LogLoss"\nhalf_life = 100\n' + text)
    code, out, _ = deciding.command("replay", "--json")
    assert code == 0
    told = json.loads(out)
    code, out, _ = deciding.command("inspect", "--json")
    assert code == 0
    state = json.loads(out)["state"]
    shown, not_saved = state["metrics"], {"metric_failures", "detector_failures"}  # counted since the start
    ours = {reading.name for reading in build.engine(load(deciding.path / "c.toml"), replay=True).readings()}
    beside = {
        "pending",
        "held",
        "waiting",
        "finished",
        "guard",
        "model_version",
        "share_learned",
    }  # under other names
    assert ours - not_saved - beside == shown.keys()
    assert {name: told[name] for name in shown} == shown
    assert shown["short_log_loss"] > 0.0
    assert {
        "prior",
        "class_size",
        "imbalance_ratio",
        "actions_withheld",
        "label_delay_label_delay_drift_alarms",
    } <= shown.keys()
    assert shown["class_size"]["true"] == pytest.approx(0.03, abs=0.01)
    assert state["unread"] == {}


def test_without_a_decision_scores_have_no_such_fields(folder):
    (folder.path / "c.toml").write_text(ENDS)
    (folder.path / "in.jsonl").write_text(lines(0, 50))
    assert folder.command("replay", "--json")[0] == 0
    assert not any({"acted", "threshold", "because"} & set(score) for score in folder.lines("scores.jsonl"))


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ("[decision]\nshare = 0.1\n", r"\[decision\] type is missing: there are AlertBudget, "),
        ('[decision]\ntype = "AlertBudgt"\n', r"did you mean 'AlertBudget'"),
        (
            '[decision]\ntype = "AlertBudget"\nshar = 0.1\n',
            r"\[decision\] 'shar' is not an option of AlertBudget",
        ),
        (
            '[decision]\ntype = "AlertBudget"\nbudget = 0.1\n',
            r"it belongs to \[sampler\], write it there; here there are share, step, start",
        ),
        ('[decision]\ntype = "MondrianConformal"\n', r"\[decision\] type is 'MondrianConformal'"),
        ("[explanation]\ntop = 3\n", r"\[explanation\] explains actions, and there is no \[decision\]"),
        ('[decision]\ntype = "AlertBudget"\n[explanation]\ntop = 99\n', r"explanation"),
    ],
)
def test_a_wrong_table_is_refused(tables, told):
    with pytest.raises(ConfigError, match=told):
        loads(tables + ENDS)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ('[decision]\ntype = "AlertBudget"\nshare = 2.0\n', "[decision] AlertBudget: share=2.0: expected"),
        (
            '[decision]\ntype = "AlertBudget"\n[labels]\nclasses = ["a", "b"]\n[learner]\ntype = "SoftmaxRegression"\n',
            "[decision] a rule decides on P(True)",
        ),
        (
            f'[decision]\ntype = "AlertBudget"\n[explanation]\ntop = 2\n{UNEXPLAINED}',
            "[explanation] top: 2 features",
        ),
        ("[drift.scores]\nhalf_life = 0\n", "[drift.scores] ScoreDrift: half_life=0"),
        ('[metric.ece]\ntype = "ECE"\nhalf_life = 0\n', "[metric.ece] ECE: half_life=0"),
        ('[labels]\nclasses = ["a", "b"]\n[learner]\ntype = "LogisticRegression"\n', "[labels] classes: "),
    ],
)
def test_what_does_not_fit_is_refused_at_the_start(folder, tables, told):
    (folder.path / "c.toml").write_text(tables + ENDS)
    (folder.path / "in.jsonl").write_text(lines(0, 5))
    code, _, err = folder.command("replay", "--json")
    assert code != 0
    assert err.startswith(f"streamimb: {told}")  # behind no other table
