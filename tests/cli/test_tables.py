"""The tables of the model through the whole service: chosen parts, changed options, what is refused and why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streamimb import catalogue
from streamimb.cli.app import called
from streamimb.config import model
from tests.cli.conftest import Folder


def tables(folder: Folder, text: str, head: str = "seed = 1") -> None:
    """The configuration with these tables behind `[model]`."""
    folder.configure("seed = 1\n", f"{head}\n{text}\n")


def replayed(folder: Folder) -> dict[str, Any]:
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def inspected(folder: Folder) -> dict[str, Any]:
    code, out, err = folder.command("inspect", "--json")
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)["state"]
    return told


CHOSEN = """
[learner]
type = "LogisticRegression"
learning_rates = [0.1, 0.5]
hash_bits = 10
[sampler]
type = "ClassWeights"
weights = [[true, 10], [false, 1.0]]
[calibrator]
type = "Platt"
memory = 40
[correction]
type = "prior"
anchor = "live"
"""


def test_each_table_chooses_and_configures_its_part(folder: Folder) -> None:
    tables(folder, CHOSEN)
    assert replayed(folder)["model_version"] == 600
    told = inspected(folder)
    assert told["recipe"] == "default"
    calibrated = told["model"]["classifier"]
    assert calibrated["calibrator"] == {"class": "calibration.Platt", "memory": 40}
    sampled = calibrated["classifier"]
    assert (sampled["correction"], sampled["anchor"], sampled["seed"]) == ("prior", "live", 1)
    weights = [[True, 10.0], [False, 1.0]]
    assert sampled["sampler"] == {"class": "sampling.ClassWeights", "weights": weights, "beta": None}
    assert sampled["classifier"]["learning_rates"] == [0.1, 0.5]
    assert sampled["classifier"]["class"] == "linear_model.LogisticRegression"
    code, out, _ = folder.command("doctor")
    assert code == 0
    assert "sampling.ClassWeights" in out.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("type = 'RateRatio'", {"class": "correction.RateRatio", "draws": True}),
        ("type = 'correction.Weight'", {"class": "correction.Weight"}),
    ],
)
def test_a_correction_is_a_part_like_the_others(folder: Folder, text: str, described: dict[str, Any]) -> None:
    tables(folder, f"[correction]\n{text}")
    folder.stream(300)
    replayed(folder)
    assert inspected(folder)["model"]["classifier"]["classifier"]["correction"] == described
    folder.stream(600)
    assert replayed(folder)["model_version"] == 600  # from the saved state on
    code, out, _ = folder.command("doctor")
    assert code == 0
    assert described["class"] in out.replace("\n", "")
    tables(folder, "[correction]\ntype = 'prior'")
    code, _, err = folder.command("replay")
    assert (code, "[correction]" in err or "correction: " in err) == (2, True)


def test_an_option_in_range_is_for_the_part_to_say(folder: Folder) -> None:
    for text, words in {
        "[sampler]\nshare = 2.0": "[sampler] ScoreUnderSampler: share=2.0: expected",
        "[learner]\nhash_bits = 99": "[learner] LogisticGAM: hash_bits=99: expected a whole number from 1 to 28",
        "[learner]\nlearning_rates = 0.1": "[learner] LogisticGAM: learning_rates=0.1: expected a tuple",
        "[calibrator]\ntype = 'Platt'\nmemory = 'x'": "[calibrator] Platt: memory='x': expected",
        "[sampler]\ntype = 'ClassWeights'\n[correction]\ntype = 'weight'": "[correction] correction='weight'",
        "[correction]\ntype = 'RateRatio'\ndraws = 1": "[correction] RateRatio: draws=1: expected True or False",
        "[correction]\ntype = 'PriorRatio'": "[correction] PriorRatio is exact only where the rate",
        "[sampler]\ntype = 'UnderSampler'": "[sampler] UnderSampler: share=None, keep_rate=None: give exactly one",
        "[correction]\nanchor = {type = 'correction.FrozenAnchor', after = 0}": "[correction] FrozenAnchor: after=0",
        "[correction]\nanchor = {type = 'correction.FrozenAnchr'}": "did you mean 'correction.FrozenAnchor'?",
        "[correction]\nanchor = {type = 'FrozenAnchr'}": "type is 'FrozenAnchr': did you mean 'FrozenAnchor'?",
        "[correction]\nanchor = {type = 'FrozenAnchor', after = 0}": "[correction] FrozenAnchor: after=0",
        "[correction]\nanchor = {type = 'Segmented'}": "there are calibration.Segmented, metrics.Segmented: give one",
        "[correction]\nanchor = {type = 'x'}": "`streamimb parts` lists them all; a class of your own is given as",
        "[correction]\nanchor = {type = 'correction.FrozenAnchor', afte = 1}": "did you mean 'after'",
    }.items():
        tables(folder, text)
        code, _, err = folder.command("run")
        assert (code, words in err) == (2, True), err


def test_a_share_changed_between_two_starts_is_applied_told_and_counted(folder: Folder) -> None:
    lines = (folder.path / "in.jsonl").read_bytes().splitlines(keepends=True)
    (folder.path / "in.jsonl").write_bytes(b"".join(lines[:500]))  # so that some events wait for their labels
    tables(folder, "[sampler]\nshare = 0.2")
    counters = replayed(folder)["counters"]
    assert (counters["parameter_changes"], counters["pending"] > 0) == (0, True)
    tables(folder, "[sampler]\nshare = 0.4")
    code, out, _ = folder.command("doctor", "--json")
    assert code == 0
    assert "the next start changes [sampler] share: from 0.2 to 0.4" in out
    (folder.path / "in.jsonl").write_bytes(b"".join(lines))
    code, out, err = folder.command("replay", "--json")
    assert code == 0
    (line,) = [json.loads(line) for line in err.splitlines() if "changes the saved model" in line]
    assert line["level"] == "info"
    assert line["message"].endswith("[sampler] share: from 0.2 to 0.4")
    counters = json.loads(out)["counters"]
    assert (counters["parameter_changes"], counters["pending"], counters["joined"]) == (1, 0, 600)
    told = inspected(folder)
    assert told["counters"]["parameter_changes"] == 1
    assert told["model"]["classifier"]["classifier"]["sampler"]["share"] == 0.4
    code, out, err = folder.command("replay", "--json")  # it is the configuration of the state now
    assert (code, json.loads(out)["counters"]["parameter_changes"]) == (0, 1)
    assert "changes the saved model" not in err


def test_a_calibrator_may_start_afresh(folder: Folder) -> None:
    folder.stream(300)
    tables(folder, "[calibrator]\nmemories = [100, 20]")
    replayed(folder)
    tables(folder, "[calibrator]\nmemories = [100]")
    folder.stream(600)
    code, _, err = folder.command("replay")
    assert code == 0
    assert "memories: from [100, 20] to [100]; the calibrator is reset" in err
    assert inspected(folder)["model"]["classifier"]["calibrator"]["memories"] == [100]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[learner]\nlearning_rates = [0.1]", "[learner] learning_rates: [0.05, 0.2, 0.8], not [0.1]"),
        ("[learner]\nhash_bits = 12", "[learner] hash_bits: 18, not 12"),
        (
            "[sampler]\ntype = 'UnderSampler'\nshare = 0.2",
            "sampling.ScoreUnderSampler, not sampling.UnderSampler",
        ),
        ("[correction]\nanchor = 'frozen'", "anchor: 'live', not 'frozen'"),
    ],
)
def test_what_would_break_the_state_is_refused_with_the_reason(folder: Folder, text: str, words: str) -> None:
    folder.stream(100)
    replayed(folder)
    before = (folder.path / "state.db").read_bytes()
    tables(folder, text)
    code, _, err = folder.command("replay")
    assert code == 2
    assert words in err
    assert "what was learned belongs to it" in err
    assert (folder.path / "state.db").read_bytes() == before
    code, _, err = folder.command("replay", "--force")
    assert code == 0
    assert "going on with the saved model" in err


def test_a_state_of_another_recipe_is_refused_by_its_name(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.stream(100)
    replayed(folder)
    monkeypatch.setitem(model.RECIPES, "steady", model.RECIPES["default"])
    tables(folder, "", head='recipe = "steady"\nseed = 1')
    code, _, err = folder.command("replay")
    assert code == 2
    assert "(recipe = 'default', not recipe = 'steady')" in err


LEARNER = """
from river import linear_model, preprocessing
def build(l2=0.0):
    return preprocessing.StandardScaler() | linear_model.LogisticRegression(l2=l2)
"""
NUMBERS = 'drop = ["card", "merchant", "hour", "abroad", "soon"]'


def test_a_factory_gives_only_the_learner(folder: Folder) -> None:
    (folder.path / "learner_of_the_test.py").write_text(LEARNER)
    text = '[learner]\nfactory = "learner_of_the_test:build"\n{}[learner.arguments]\nl2 = 0.1\n[sampler]\nshare = 0.3'

    def configure(allow: str) -> None:
        tables(folder, text.format(allow))
        read = (folder.path / "c.toml").read_text()
        head, tail = read[: read.index("[schema.amount]")], read[read.index("[source.payments]") :]
        tail = tail.replace('drop = ["card"]\ncategorical = ["hour"]', NUMBERS)
        (folder.path / "c.toml").write_text(head + tail)

    configure("")
    code, _, err = folder.command("replay")
    assert code == 2
    assert "allow_pickle = true beside the factory" in err
    configure("allow_pickle = true\n")
    assert replayed(folder)["model_version"] == 600
    assert "holds a pickled" in inspected(folder)["model"]


CALIBRATOR = """
class Trusting:
    def __init__(self, part=1.0):
        self.part = part
    def calibrate_one(self, p):
        return self.part * p
    def learn_one(self, p, y, w=1.0, memo=None):
        self.last = p
"""


def test_a_class_beside_the_configuration_is_a_part(folder: Folder, own_parts: None) -> None:
    (folder.path / "calibrator_of_the_test.py").write_text(CALIBRATOR)
    tables(folder, "[calibrator]\ntype = 'calibrator_of_the_test:Trusting'\npart = 0.5")
    assert replayed(folder)["model_version"] == 600
    assert replayed(folder)["records"] == 0  # it was saved and loaded

    def forget() -> None:
        """As in a process that has not imported it."""
        del catalogue._BY_CLASS[catalogue._BY_NAME.pop("calibration.Trusting")]

    forget()
    assert inspected(folder)["model"]["classifier"]["calibrator"] == {
        "class": "calibration.Trusting",
        "part": 0.5,
    }
    forget()
    folder.capfd.readouterr()
    assert called(["inspect", "--state", "state.db"]) == 2
    assert (
        "'calibration.Trusting' is not a registered part: install or import" in folder.capfd.readouterr().err
    )


def test_parts_lists_every_part_with_its_options(folder: Folder) -> None:
    folder.capfd.readouterr()
    assert called(["parts"]) == 0
    lines = folder.capfd.readouterr().out.splitlines()
    assert "sampling, chosen by type in [sampler]" in lines
    (line,) = [line for line in lines if line.startswith("  ScoreUnderSampler")]
    assert "  type: auto | offset | prior | weight, or a part; anchor: live | frozen, or a table" in lines
    assert "correction, chosen by type in [correction]" in lines
    assert any(line.startswith("  RateRatio: draws = true. ") for line in lines)
    assert any(line.startswith("  FrozenAnchor (not a type of [correction]): prior = 0.05") for line in lines)
    assert line.startswith(
        "  ScoreUnderSampler: share (left out: 0.2 unless keep_rate is given); keep_rate (left out: share applies); "
        'mix = 0.5; criterion = "score"; keep_first = 0. Learn every rare event'
    )
    assert called(["parts", "--json"]) == 0
    told = json.loads(folder.capfd.readouterr().out)
    (platt,) = [part for part in told["parts"] if part["name"] == "calibration.Platt"]
    assert platt["table"] == "calibrator"
    assert platt["options"] == [
        {"name": "memory", "annotation": "float", "default": 50, "required": False, "left_out": ""}
    ]
    assert (platt["state_version"], told["broken"]) == (1, {})


def test_a_product_takes_its_samplers_as_tables(folder: Folder) -> None:
    text = """
[sampler]
type = "Product"
first = { type = "sampling.UnderSampler", keep_rate = 0.5 }
second = { type = "sampling.OverSampler", share = 0.3 }
"""
    tables(folder, text)
    assert replayed(folder)["model_version"] == 600
    sampler = inspected(folder)["model"]["classifier"]["classifier"]["sampler"]
    assert sampler["class"] == "sampling.Product"
    assert sampler["second"] == {"class": "sampling.OverSampler", "share": 0.3, "max_copies": 1000.0}
