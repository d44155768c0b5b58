"""Parts of a user's own module in the tables: they work, change and are refused as ours are, with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Folder

SOURCE = '''
import math
from fractions import Fraction

class Halving:
    """Keeps a share of the rest. A second sentence."""
    depends_on_x, draws = False, True
    _mutable_attributes = frozenset({"keep"})
    def __init__(self, keep=0.5, power=1.0):
        self.keep, self.power = keep, power
    def rates_one(self, x, p, prior):
        return {label: 1.0 if label is True else self.keep for label in p}
    def learn_one(self, x, y, p, rates, prior, w=1.0):
        self.last = bool(y)
class Zero(Halving):
    def rates_one(self, x, p, prior):
        return dict.fromkeys(p, 0.0)
class Lacks(Halving):
    def rates_one(self, x, p, prior):
        return {True: 1.0}
class NoMapping(Halving):
    def rates_one(self, x, p, prior):
        return 0.5
class Raises(Halving):
    def rates_one(self, x, p, prior):
        raise KeyError("a value of a feature")
class ReadsAmount(Halving):
    depends_on_x = True
    def rates_one(self, x, p, prior):
        return dict.fromkeys(p, 1.0 if x["amount"] > 0 else 0.5)
class Forgets(Halving):
    def __init__(self, keep=0.5):
        super().__init__(keep)
        self.kept = self.__dict__.pop("keep")
class HoldsAFunction(Halving):
    def __init__(self, keep=0.5):
        super().__init__(keep)
        self.chosen = lambda: 1
class HoldsAFraction(Halving):
    def __init__(self, keep=0.5):
        super().__init__(keep)
        self.third = Fraction(1, 3)
class Shrinks:
    answer = None
    def __init__(self, by=1.0):
        self.by = by
    def calibrate_one(self, p):
        return p * self.by
    def learn_one(self, p, y, w=1.0):
        self.last = bool(y)
class SaysNaN(Shrinks):
    def calibrate_one(self, p):
        return math.nan
class SaysThree(Shrinks):
    def calibrate_one(self, p):
        return 3.0
class SaysNone(Shrinks):
    def calibrate_one(self, p):
        return None
class Corrects:
    needs_rates = True
    def __init__(self):
        pass
    def correct_one(self, p, rates, prior):
        return dict(p)
    def give_one(self, y, rate, w, copies):
        return w
class CorrectsToNone(Corrects):
    def correct_one(self, p, rates, prior):
        return None
class CorrectsToMore(Corrects):
    def correct_one(self, p, rates, prior):
        return dict.fromkeys(p, 0.9)
'''


@pytest.fixture
def own(folder: Folder, own_parts: None) -> Folder:
    (folder.path / "own_parts_of_the_test.py").write_text(SOURCE)
    folder.stream(600)
    return folder


def configured(folder: Folder, text: str) -> None:
    folder.configure("seed = 1\n", f"seed = 1\n{text.replace('own:', 'own_parts_of_the_test:')}\n")


PRODUCT = "[sampler]\ntype = 'Product'\nsecond = {type = 'own:Halving'}"
WRONG = {
    "[sampler]\ntype = 'own:Zero'": "the sampler Zero: rates_one gives 0.0, not a finite rate above 0",
    "[sampler]\ntype = 'own:Lacks'": "the sampler Lacks: rates_one gives no rate of the class False",
    "[sampler]\ntype = 'own:NoMapping'": "the sampler NoMapping: rates_one gives float, not a rate for each class",
    "[sampler]\ntype = 'own:Raises'": "the sampler Raises: rates_one raises KeyError;",
    "[calibrator]\ntype = 'own:SaysNaN'": "the calibrator SaysNaN: calibrate_one gives nan, not a probability",
    "[calibrator]\ntype = 'own:SaysThree'": "the calibrator SaysThree: calibrate_one gives 3.0, not a probability",
    "[calibrator]\ntype = 'own:SaysNone'": "the calibrator SaysNone: calibrate_one gives NoneType, not a probab",
    "[correction]\ntype = 'own:CorrectsToMore'": "correct_one gives probabilities that do not sum to 1",
    "[correction]\ntype = 'own:CorrectsToNone'": "the correction CorrectsToNone: correct_one gives NoneType",
    "[sampler]\ntype = 'own:Forgets'": "[sampler] Forgets does not keep its parameter 'keep', so a change of it",
    "[sampler]\ntype = 'own:HoldsAFunction'": "sampling.HoldsAFunction.chosen: a function is no data",
    "[sampler]\ntype = 'own:HoldsAFraction'": "HoldsAFraction.third: fractions.Fraction is not a class of streamimb",
    "[sampler]\ntype = 'own:math'": "type is 'own_parts_of_the_test:math', which is not a class: give module:Class",
    "[sampler]\ntype = 'own:Halvin'": "has no class 'Halvin': did you mean 'Halving'?",
    f"{PRODUCT}\nfirst = {{type = 'own:Halvin'}}": "has no class 'Halvin': did you mean 'Halving'?",
    f"{PRODUCT}\nfirst = {{type = 'own:Halving', kep = 1}}": "'kep' is not an option of Halving: did you mean 'keep'",
    f"{PRODUCT}\nfirst = {{type = 3}}": "[sampler] type is 3: give the name of a part",
    "[learner]\nfactory = 'own:math'": "[learner] factory is 'own_parts_of_the_test:math', which is not a function",
}


@pytest.mark.parametrize(("text", "words"), WRONG.items(), ids=range(len(WRONG)))
def test_a_part_with_which_no_event_would_be_scored_is_refused_before_outputs_are_touched(
    own: Folder, text: str, words: str
) -> None:
    configured(own, text)
    code, out, err = own.command("replay")
    assert (code, words in err) == (2, True), err
    assert "a value of a feature" not in err
    assert not (own.path / "scores.jsonl").exists()
    assert not (own.path / "dead.jsonl").exists()
    code, out, _ = own.command("doctor", "--json")
    assert (code, words in out) == (2, True), out


RIGHT = {
    "a sampler": "[sampler]\ntype = 'own:Halving'\nkeep = 0.3",
    "one that reads a feature": "[sampler]\ntype = 'own:ReadsAmount'\n[correction]\ntype = 'own:Corrects'",
    "inside a part": "[sampler]\ntype = 'Product'\nfirst = {type = 'own:Halving', keep = 0.3}\n"
    "second = {type = 'sampling.OverSampler', share = 0.3}",
    "inside a part inside a part": "[sampler]\ntype = 'Product'\n"
    "first = {type = 'sampling.Product', first = {type = 'own:Halving'}, second = {type = 'own:Halving'}}\n"
    "second = {type = 'sampling.OverSampler', share = 0.3}",
    "a calibrator": "[calibrator]\ntype = 'own:Shrinks'\nby = 0.9",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_own_classes_score_learn_and_start_again(own: Folder, text: str) -> None:
    configured(own, text)
    for learned in (600, 600):
        code, out, err = own.command("replay", "--json")
        assert code == 0, err
        assert json.loads(out)["model_version"] == learned


TWO = """[sampler]
type = 'Product'
[sampler.first]
type = 'own:Halving'
keep = {0}
[sampler.second]
type = 'own:Halving'
keep = {0}"""


@pytest.mark.parametrize(
    ("text", "old", "new", "code", "words"),
    [
        ("[sampler]\ntype = 'own:Halving'\nkeep = {}", 0.5, 0.3, 0, "[sampler] keep: from 0.5 to 0.3"),
        ("[sampler]\ntype = 'own:Halving'\npower = {}", 1.0, 2.0, 2, "[sampler] power: 1.0, not 2.0"),
        (
            TWO,
            0.5,
            0.3,
            0,
            "[sampler] first.keep: from 0.5 to 0.3; [sampler] second.keep: from 0.5 to 0.3",
        ),
        (
            "[calibrator]\ntype = 'own:Shrinks'\nby = {}",
            1.0,
            0.9,
            0,
            "by: from 1.0 to 0.9; the calibrator is reset",
        ),
    ],
)
def test_a_changed_option_is_applied_or_refused(
    own: Folder, text: str, old: Any, new: Any, code: int, words: str
) -> None:
    configured(own, text.format(old))
    assert own.command("replay")[0] == 0
    configured(own, text.format(new))
    assert words in own.command("doctor", "--json")[1]
    found, _, err = own.command("replay")
    assert found == code, err
    assert all(word in err for word in words.split("; [")), err
