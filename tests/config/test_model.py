"""`[model]` and the tables of its parts: what fills them, where an option belongs, and names that are nearly right."""

from __future__ import annotations

import re
from typing import Any

import pytest

from streamimb import catalogue
from streamimb.cli import build
from streamimb.compose import recipes
from streamimb.config import RECIPES, ConfigError, Correction, Factory, Model, PartChoice, loads
from streamimb.engine import snapshot
from streamimb.events import Event
from tests.config.test_config import MINIMAL


def sampler_of(text: str) -> PartChoice:
    sampler = model_of(text).sampler
    assert sampler is not None
    return sampler


def model_of(text: str) -> Model:
    read = loads(MINIMAL + text).model
    assert isinstance(read, Model)
    return read


def test_a_recipe_fills_the_tables_and_has_no_synthesizer() -> None:
    recipe = RECIPES["default"]
    read = model_of("")
    assert (read.learner, read.sampler, read.calibrator, read.correction) == (
        recipe.learner, recipe.sampler, recipe.calibrator, recipe.correction,
    )  # fmt: skip
    assert read.synthesizer is None
    for choice in read.choices:
        assert catalogue.name_of(catalogue.class_of(choice.type)) == choice.type


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_the_model_of_the_function_of_its_name(name: str) -> None:
    made = build.engine(loads(MINIMAL + f"[model]\nrecipe = '{name}'\nprior = 0.01\nseed = 3"), replay=False)
    assert snapshot.dumps(made.model.classifier) == snapshot.dumps(getattr(recipes, name)(prior=0.01, seed=3))


@pytest.mark.parametrize(("name", "learner"), [("default", "SoftmaxGAM"), ("linear", "SoftmaxRegression")])
def test_a_recipe_has_a_learner_of_classes_by_name(name: str, learner: str) -> None:
    text = MINIMAL + f"[model]\nrecipe = '{name}'\nseed = 3\n[labels]\nclasses = ['a', 'b', 'c']\n"
    made = build.engine(loads(text), replay=False)
    assert type(made.model.classifier.classifier.classifier).__name__ == learner
    function = getattr(recipes, name)(seed=3, classes=True)
    assert snapshot.dumps(made.model.classifier) == snapshot.dumps(function)
    for i in range(60):
        made.on_event(Event(f"e{i}", float(i), {"n": float(i % 7)}, "abc"[i % 3]))
    assert made.counters["learn_failed"] == 0
    read = loads(text + "[learner]\nhash_bits = 10\n").model
    assert isinstance(read, Model)
    assert read.learner == PartChoice("learner", f"linear_model.{learner}", {"hash_bits": 10})


@pytest.mark.parametrize(
    ("written", "key"),
    [
        *[(f"[model]\nprior = {prior}", "[model] prior") for prior in ("nan", "true", "'x'", "1", "[0.1]")],
        *[(f"[model]\nseed = {seed}", "[model] seed") for seed in ("1.5", "true", "'x'", "nan")],
        *[
            (f"[labels]\nclasses = {names}", "[labels] classes")
            for names in ("['a']", "'a'", "true", "[]", "[nan, 'a']")
        ],
        ("[model]\nclasses = true", "[model] 'classes' is not a key: it belongs to [labels]"),
    ],
)
def test_an_argument_of_a_recipe_of_another_kind_is_refused_by_its_key(written: str, key: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(key)}"):
        build.engine(loads(MINIMAL + written + "\n"), replay=False)


def test_a_synthesizer_is_chosen_by_its_type_and_has_none_without() -> None:
    text = "[synthesizer]\ntype = 'SMOTE'\nk = 3\nreservoir = { type = 'stats.RecencyReservoir', size = 100 }"
    read = model_of(text)
    reservoir = {"type": "stats.RecencyReservoir", "size": 100}
    assert read.synthesizer == PartChoice("synthesizer", "synthesis.SMOTE", {"k": 3, "reservoir": reservoir})
    assert read.synthesizer in read.choices
    with pytest.raises(ConfigError, match=r"^\[synthesizer\] type is missing: give it"):
        model_of("[synthesizer]\nk = 3")
    made = build.engine(loads(MINIMAL + text), replay=False)
    smote = made.model.classifier.classifier.synthesizer
    assert (smote.k, smote.reservoir.size) == (3, 100)
    with pytest.raises(
        ConfigError, match=r"^\[synthesizer\] it replaces copies, and ClassWeights gives weights"
    ):
        build.engine(loads(MINIMAL + text + "\n[sampler]\ntype = 'ClassWeights'"), replay=False)


def test_a_table_replaces_its_part_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    from streamimb.config import model

    half = PartChoice("sampler", "sampling.UnderSampler", {"share": 0.5})
    monkeypatch.setitem(model.RECIPES, "half", model.Recipe(sampler=half))
    assert model_of("[model]\nrecipe = 'half'").sampler == half
    written = model_of("[model]\nrecipe = 'half'\n[sampler]\nkeep_rate = 0.1").sampler
    assert written == PartChoice("sampler", "sampling.UnderSampler", {"keep_rate": 0.1})


@pytest.mark.parametrize("kind", ["UnderSampler", "sampling.UnderSampler"])
def test_a_type_is_a_class_with_or_without_its_room(kind: str) -> None:
    assert sampler_of(f"[sampler]\ntype = '{kind}'\nshare = 0.1").type == "sampling.UnderSampler"


def test_a_class_of_ones_own_is_checked_when_it_is_imported() -> None:
    choice = sampler_of("[sampler]\ntype = 'nowhere:Mine'\nanything = 1")
    assert choice.own
    assert choice.options == {"anything": 1}


def test_a_factory_gives_the_model_or_the_learner() -> None:
    whole = loads(MINIMAL + "[model]\nfactory = 'a:b'\n[model.arguments]\nn = 3").model
    assert whole == Factory("a:b", {"n": 3})
    learner = model_of("[learner]\nfactory = 'a:b'\nallow_pickle = true\n[sampler]\nshare = 0.1").learner
    assert learner == Factory("a:b", {}, allow_pickle=True)


def test_an_anchor_is_a_word_or_a_part() -> None:
    assert model_of("[correction]\nanchor = 'frozen'").correction == Correction("auto", "frozen")
    anchor: dict[str, Any] = {"type": "correction.FrozenAnchor", "after": 10}
    text = "[correction.anchor]\ntype = 'correction.FrozenAnchor'\nafter = 10"
    assert model_of(text).correction == Correction("auto", anchor)


def test_a_correction_is_a_word_or_a_part_with_options() -> None:
    rate = PartChoice("correction", "correction.RateRatio", {"draws": False})
    text = "[correction]\ntype = 'RateRatio'\ndraws = false\nanchor = 'frozen'"
    assert model_of(text).correction == Correction(rate, "frozen")
    assert rate in model_of(text).choices
    own = model_of("[correction]\ntype = 'nowhere:Mine'\nanything = 1").correction.type
    assert own == PartChoice("correction", "nowhere:Mine", {"anything": 1})


MOVED = {
    "keep_rate": "sampler",
    "mix": "sampler",
    "learning_rates": "learner",
    "hash_bits": "learner",
    "hash_seed": "learner",
}


@pytest.mark.parametrize(("key", "table"), MOVED.items(), ids=MOVED)
def test_an_option_of_a_part_is_not_one_of_the_model(key: str, table: str) -> None:
    words = rf"^\[model\] '{key}' is not a key: it belongs to \[{table}\], write it there$"
    with pytest.raises(ConfigError, match=words):
        loads(MINIMAL + f"[model]\n{key} = 0.2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "share = 0.2",
            "[model] 'share' is not a key: it belongs to [sampler] or [synthesizer], write it in the one",
        ),
        ("memory = 3", "or [calibrator], write it in the one that you mean"),
        (
            "calibrator = 'Platt'",
            "[model] 'calibrator' is not a key: it is a table of its own, write [calibrator] with",
        ),
        ("calibrator = 'Platt'", 'with type = "Platt"'),
        (
            "sampler = {type = 'UnderSampler'}",
            "[model] 'sampler' is not a key: it is a table of its own, write [sampler]",
        ),
        (
            "factory = 'a:b'\nprior = 0.1",
            "[model] 'prior' is not a key beside factory, where there are factory, arg",
        ),
        ("factory = 'a:b'\nprior = 0.1", "give it to the function, under [model.arguments], or leave it out"),
        ("factory = 'a:b'\nshare = 0.1", "give it to the function, under [model.arguments], or leave it out"),
        (
            "factory = 'a:b'\nalow_pickle = true",
            "[model] 'alow_pickle' is not a key: did you mean 'allow_pickle'?",
        ),
        ("[learner]\nfactory = 'a:b'\nhash_bits = 9", "[learner] 'hash_bits' is not a key beside factory"),
        ("[drift.own]\nfactory = 'a:b'\nshare = 9", "[drift.own] 'share' is not a key beside factory"),
    ],
)
def test_the_advice_is_accepted_when_it_is_followed(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loads(MINIMAL + f"[model]\n{text}")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("[sampler]\nshaer = 0.2", r"\[sampler\] 'shaer' is not an option of ScoreUnderSampler: did you mean 'share'"),
        ("[sampler]\nhash_bits = 2", r"\[sampler\] 'hash_bits' is not an option .*: it belongs to \[learner\]"),
        ("[calibrator]\nseed = 2", r"\[calibrator\] 'seed' is not an option .*: it belongs to \[model\]"),
        ("[sampler]\nseeds = 2", r"did you mean 'seed' of \[model\]\?"),
        ("[learner]\nseeds = 2", r"did you mean 'seed' of \[model\]\?"),  # nearer than its own hash_seed
        ("[learner]\nhash_sed = 2", r"did you mean 'hash_seed'\?"),
        ("[model]\nkeep_rat = 0.1", r"did you mean 'keep_rate' of \[sampler\]\?"),
        ("[calibrator]\nchekpoint_s = 2", r"did you mean 'checkpoint_s' of \[state\]\?"),
        ("[engine]\nttl_s = 2", r"\[engine\] 'ttl_s' is not a key: it belongs to \[labels\], write it there"),
        ("[run]\nwarmup = 2", r"\[run\] 'warmup' is not a key: did you mean 'warm_up' of \[guard\]\?"),
        ("[guard]\nshaer = 2", r"\[guard\] 'shaer' is not a key: did you mean 'share' of \[sampler\]\?"),
        ("[sampler]\nqqq = 2", r"'qqq' is not an option of ScoreUnderSampler: there are share, keep_rate, mix"),
        ("[sampler]\ntype = 'UnderSmapler'", r"\[sampler\] type is 'UnderSmapler': did you mean 'UnderSampler'\?"),
        ("[sampler]\ntype = 'Platt'", r"\[sampler\] type is 'Platt': there are .*ClassWeights, .*module:Class"),
        ("[sampler]\ntype = 3", r"\[sampler\] type is 3: give the name of a part in quotes"),
        ("[correction]\ntype = 'ofset'", r"\[correction\] type is 'ofset': did you mean 'offset'"),
        ("[correction]\ntype = 'RateRatoi'", r"\[correction\] type is 'RateRatoi': did you mean 'RateRatio'"),
        ("[correction]\ntype = 'FrozenAnchor'", r"is 'FrozenAnchor': there are auto, offset, prior, weight, Pr"),
        ("[correction]\ntype = 3", r"\[correction\] type is 3: give the name of a part in quotes"),
        ("[correction]\ntype = 'Weight'\ndraws = true", r"'draws' is not an option of Weight"),
        ("[correction]\ntype = 'RateRatio'\ndrows = true", r"'drows' is not an option of RateRatio: did you mean"),
        ("[correction]\ntype = 'offset'\ndraws = true", r"'draws' is not a key: there are type, anchor"),
        ("[correction]\nanchor = 3", r"\[correction\] anchor is '3': there are live, frozen"),
        ("[correction]\nanchor = 'live2'", r"\[correction\] anchor is 'live2': did you mean 'live'"),
        ("[correction]\nancor = 'live'", r"\[correction\] 'ancor' is not a key: did you mean 'anchor'"),
        ("[correction]\nshare = 1", r"\[correction\] 'share' is not a key: it belongs to \[sampler\]"),
        ("[model]\nrecipe = 'defualt'", r"\[model\] recipe is 'defualt': did you mean 'default'"),
        ("[model]\nfactory = 'a:b'\n[sampler]\n", r"^\[sampler\] is given, but \[model\] factory gives the whole"),
        ("[model]\nfactory = 'a:b'\n[learner]\n", r"^\[learner\] is given, but \[model\] factory"),
        ("[model]\nfactory = 'a:b'\n[calibrator]\n", r"^\[calibrator\] is given"),
        ("[model]\nfactory = 'a:b'\n[correction]\n", r"^\[correction\] is given"),
        ("[learner]\nfactory = 'a:b'\ntype = 'x'", r"\[learner\] type and factory are both given"),
        ("[learner]\nfactory = 'a:b'\nargument = {}", r"\[learner\] 'argument' is not a key: did you mean 'arguments'"),
        ("[leaner]\n", r"'leaner' is not a table: did you mean 'learner'"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_answered_by_the_right_one(wrong: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        loads(MINIMAL + wrong)


class Mine:
    """A sampler with an option that has to be given."""

    def __init__(self, rate: float) -> None:
        self.rate = rate


class Twin:
    """A sampler named as one of another room of the same table."""


def test_an_option_that_has_to_be_given_is_missing(own_parts: None) -> None:
    catalogue.register(Mine, "sampling.Mine")
    with pytest.raises(ConfigError, match=r"\[sampler\] rate is missing: give it"):
        loads(MINIMAL + "[sampler]\ntype = 'Mine'")


def test_a_class_of_two_rooms_has_to_be_told_with_its_room(
    own_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = catalogue.ROOMS["metrics"]
    monkeypatch.setitem(catalogue.ROOMS, "metrics", room._replace(table="sampler"))
    catalogue.register(Mine, "sampling.Twin")
    catalogue.register(Twin, "metrics.Twin")
    with pytest.raises(
        ConfigError, match=r"of which there are metrics\.Twin, sampling\.Twin: give one of these"
    ):
        loads(MINIMAL + "[sampler]\ntype = 'Twin'")
    assert sampler_of("[sampler]\ntype = 'metrics.Twin'").type == "metrics.Twin"
