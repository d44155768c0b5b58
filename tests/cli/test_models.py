"""Models of a user's own through the whole service: over restarts, unsaveable, and giving no probabilities."""

import itertools
import json

import msgspec
import pytest

from streamimb import catalogue

NAMES = itertools.count()
NUMBERS = 'drop = ["card", "merchant", "hour", "abroad", "soon"]'


class Own:
    """A folder whose model comes from a factory with the given source."""

    def __init__(self, folder, source):
        self.folder = folder
        self.module = f"own_model_{next(NAMES)}"  # a module is imported once in a process
        (folder.path / f"{self.module}.py").write_text(source)
        self.configure()

    def configure(self, arguments="", allow="true", fields=""):
        self.folder.configure()
        text = (self.folder.path / "c.toml").read_text()
        head = f'[model]\nfactory = "{self.module}:build"\nallow_pickle = {allow}\n{arguments}'
        inputs = text[text.index("[source.payments]") :].replace(
            'drop = ["card"]\ncategorical = ["hour"]', NUMBERS
        )
        (self.folder.path / "c.toml").write_text(head + inputs + fields)

    def command(self, *more):
        return self.folder.command(*more)

    def grow(self, lines):
        """The inputs get longer, as they do between two starts."""
        self.folder.stream(lines)

    def untouched(self):
        return not any((self.folder.path / name).exists() for name in ("scores.jsonl", "dead.jsonl"))


FOREST = """
from river import forest
def build(n_models=2):
    return forest.ARFClassifier(n_models=n_models, seed=1)
"""
PATCHES = """
from river import ensemble, tree
def build(n_models=2):
    return ensemble.SRPClassifier(tree.HoeffdingTreeClassifier(), n_models=n_models, subspace_size=90, seed=1)
"""
WRAPPED = """
from river import forest, preprocessing
from streamimb import CalibratedClassifier, SampledClassifier, sampling
def build(n_models=2):
    river = preprocessing.StandardScaler() | forest.ARFClassifier(n_models=n_models, seed=1)
    return CalibratedClassifier(SampledClassifier(river, sampling.UnderSampler(share=0.5), seed=1))
"""


@pytest.mark.parametrize("source", [FOREST, PATCHES, WRAPPED], ids=["forest", "patches", "wrapped"])
def test_a_model_that_rewrites_its_parameters_starts_again_and_again(folder, source):
    own = Own(folder, source)
    versions = []
    for lines in (200, 400, 600):
        own.grow(lines)
        code, out, err = own.command("replay", "--json")
        assert code == 0, err
        versions.append(json.loads(out)["model_version"])
    assert versions[0] < versions[1] < versions[2]
    own.configure(arguments="[model.arguments]\nn_models = 3\n")  # what really changed is told, and only that
    code, _, err = own.command("replay")
    assert code == 2
    assert "n_models: 2, not 3" in err
    assert "max_features" not in err
    assert "training_method" not in err
    code, _, err = own.command("replay", "--force")
    assert code == 0
    assert "going on with the saved model" in err
    own.configure()
    assert own.command("replay")[0] == 0  # the state is still of the first configuration


def test_a_recipe_is_compared_with_what_it_was_built_as_over_restarts(folder):
    for lines in (200, 400, 600):
        folder.stream(lines)
        assert folder.command("replay")[0] == 0
    folder.configure("[schema.amount]", "[sampler]\nmix = 0.3\n[schema.amount]")
    code, _, err = folder.command("replay")
    assert code == 2
    assert "[sampler] mix: 0.5, not 0.3" in err


PLAIN = """
import threading
from river import base, compose, ensemble, linear_model, multiclass, preprocessing
from streamimb import CalibratedClassifier

class Model(base.Classifier):
    def __init__(self):
        self._learned = 0
        {held}
    def learn_one(self, x, y):
        self._learned += 1
        {later}
    def predict_proba_one(self, x):
        return {answer}

class OneTooFew(Exception):
    def __init__(self, a, b):
        super().__init__(a)

def build():
    return {built}
"""
GOOD = {"held": "", "later": "", "answer": "{False: 0.9, True: 0.1}", "built": "Model()"}
UNSAVEABLE = {
    "a generator": ({"held": "self._x = (i for i in [])"}, "Model._x is a generator"),
    "a lock": ({"held": "self._x = threading.Lock()"}, "Model._x is a lock"),
    "wrapped": (
        {"held": "self._x = [lambda: 0]", "built": "CalibratedClassifier(Model())"},
        "Model._x[0] is a lambda",
    ),
    "a step": (
        {"built": "compose.FuncTransformer(lambda x: x) | linear_model.LogisticRegression()"},
        "Pipeline.steps['<lambda>'].func is a lambda",
    ),
    "loads not": (
        {"held": "self._x = OneTooFew(1, 2)"},
        "Model._x is a OneTooFew, which pickle cannot save and load",
    ),
}


@pytest.mark.parametrize(("parts", "words"), UNSAVEABLE.values(), ids=UNSAVEABLE)
def test_a_model_that_cannot_be_saved_is_refused_before_anything_is_read_or_written(folder, parts, words):
    own = Own(folder, PLAIN.format(**{**GOOD, **parts}))
    for command in ("run", "replay"):
        code, _, err = own.command(command)
        assert code == 2, err
        assert words in err
        assert "__getstate__" in err
        assert own.untouched()
    code, out, _ = own.command("doctor", "--json")
    assert code == 2
    assert words in out


def test_a_model_that_is_not_ours_needs_leave_before_anything_is_read_or_written(folder):
    own = Own(folder, PLAIN.format(**GOOD))
    own.configure(allow="false")
    code, _, err = own.command("run")
    assert code == 2
    assert "allow_pickle = true" in err
    assert own.untouched()


def test_a_model_that_cannot_be_saved_after_it_learned_scores_on_and_is_told_at_the_end(folder):
    own = Own(folder, PLAIN.format(**{**GOOD, "later": "self._x = threading.Lock()"}))
    own.configure(fields="checkpoint_events = 100\n")
    code, _, err = own.command("replay")
    assert code == 2
    assert "Model._x is a lock" in err
    assert "they are read again at the next start" in err
    assert len(folder.lines("scores.jsonl")) == 600  # every event was scored


@pytest.mark.parametrize("without", ["self._learned.nothing", "{True: float('nan')}", "None", "{True: 7.0}"])
def test_what_a_model_answers_to_an_event_without_fields_is_not_held_against_it(folder, without):
    own = Own(folder, PLAIN.format(**{**GOOD, "answer": "{False: 0.9, True: 0.1} if x else " + without}))
    code, out, err = own.command("replay", "--json")
    assert code == 0, err
    assert json.loads(out)["model_version"] == json.loads(out)["scores_sent"] == 600


NO_PROBABILITY = {
    "voting": (
        {"built": "ensemble.VotingClassifier([linear_model.LogisticRegression() for _ in range(3)])"},
        "gives no probabilities",
    ),
    "one versus one": (
        {
            "built": "preprocessing.StandardScaler() | multiclass.OneVsOneClassifier(linear_model.LogisticRegression())"
        },
        "gives no probabilities",
    ),
    "wrapped": (
        {"built": "CalibratedClassifier(multiclass.OneVsOneClassifier(linear_model.LogisticRegression()))"},
        "gives no probabilities",
    ),
    "other classes": (
        {"answer": '{"0": 0.9, "1": 0.1}'},
        "classes of type str where labels are True and False",
    ),
}


@pytest.mark.parametrize(("parts", "words"), NO_PROBABILITY.values(), ids=NO_PROBABILITY)
def test_a_model_without_a_probability_of_true_is_refused_before_the_first_record(folder, parts, words):
    own = Own(folder, PLAIN.format(**{**GOOD, **parts}))
    code, _, err = own.command("run")
    assert code == 2, err
    assert words in err
    assert own.untouched()
    assert words in own.command("doctor", "--json")[1]


def test_a_model_that_names_other_classes_once_it_learned_is_poison_and_told_in_words(folder):
    answer = '{"0": 0.5, "1": 0.5} if self._learned else {}'
    own = Own(folder, PLAIN.format(**{**GOOD, "answer": answer}))
    code, out, err = own.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    letters = folder.lines("dead.jsonl")
    assert {letter["reason"] for letter in letters} == {"poison"}
    assert told["counters"]["rejected"] == {"poison": len(letters)}
    assert len(letters) + len(folder.lines("scores.jsonl")) == 600
    assert err.count("classes of type str where labels are True and False") == 1


def test_a_label_that_cannot_be_read_costs_the_label_and_not_the_score(folder):
    bad = ["", "1.0", "maybe", " 1", "TRUE", 2, [1], {"y": 1}]
    rows = [json.loads(line) for line in (folder.path / "in.jsonl").read_bytes().splitlines()]
    events = [row for row in rows if row["type"] == "event"]
    for i, row in enumerate(events):
        if i % 10 == 3:
            row["label"] = bad[i // 10 % len(bad)]
    (folder.path / "in.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    code, out, err = folder.command("replay", "--json")
    assert code == 0, err
    told = json.loads(out)
    letters = folder.lines("dead.jsonl")
    assert len(letters) == sum("label" in row for row in events) == 60
    assert {(letter["reason"], letter["field"]) for letter in letters} == {("label_value", "label")}
    assert [letter["id"] for letter in letters] == [row["id"] for row in events if "label" in row]
    assert told["counters"]["rejected"] == {"label_value": 60}
    assert {score["id"] for score in folder.lines("scores.jsonl")} == {row["id"] for row in events}
    # Their labels come later, as records of their own: every event is learned.
    assert told["model_version"] == told["counters"]["joined"] == 600


LEARNER = """
from river import forest
def build():
    return forest.ARFClassifier(n_models=2, seed=1)
"""


@pytest.mark.parametrize("command", ["run", "replay", "doctor"])
@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("model", "(a factory, not recipe = 'default')"),
        ("learner", "river.forest.adaptive_random_forest.ARFClassifier"),
    ],
)
def test_a_state_of_a_factory_under_a_recipe_is_refused_for_that_reason(folder, command, table, told):
    own = Own(folder, FOREST if table == "model" else LEARNER)
    text = (folder.path / "c.toml").read_text().replace("[model]", f"[{table}]", 1)
    (folder.path / "c.toml").write_text(text)
    own.grow(100)
    assert own.command("replay")[0] == 0
    before = (folder.path / "state.db").read_bytes()
    (folder.path / "c.toml").write_text(text[text.index("[source.payments]") :])
    code, out, err = own.command(command, *(["--json"] if command == "doctor" else []))
    assert code == 2
    words = json.loads(out) if command == "doctor" else [{"what": "state", "verdict": "wrong", "detail": err}]
    (finding,) = [each for each in words if each["what"] == "state"]
    assert finding["verdict"] == "wrong"
    assert told in finding["detail"]
    assert (
        "configure that one with allow_pickle = true beside its factory, or start with a new state"
        in finding["detail"]
    )
    assert "--force" not in finding["detail"]
    assert (folder.path / "state.db").read_bytes() == before


def test_a_state_of_the_same_factory_asks_for_allow_pickle_alone(folder):
    own = Own(folder, FOREST)
    own.grow(100)
    assert own.command("replay")[0] == 0
    own.configure(allow="false")
    text = (folder.path / "c.toml").read_text()
    (folder.path / "c.toml").write_text(text.replace("allow_pickle = false", ""))
    code, _, err = own.command("replay")
    assert code == 2
    assert "loaded only with allow_pickle=True (allow_pickle = true beside the factory)" in err
    assert "another [model]" not in err


def test_a_state_with_a_part_that_is_not_configured_any_more_is_refused_for_that_reason(folder):
    name = f"own_sampler_{next(NAMES)}"
    (folder.path / f"{name}.py").write_text(
        "from river import base\n"
        "class Half(base.Base):\n"
        "    depends_on_x, draws = False, True\n"
        "    def rates_one(self, x, p, prior): return {k: .5 for k in p}\n"
        "    def learn_one(self, x, y, p, rates, prior, w=1.0): pass\n"
    )
    folder.stream(100)
    folder.configure("seed = 1\n", f"seed = 1\n[sampler]\ntype = '{name}:Half'\n")
    assert folder.command("replay")[0] == 0
    catalogue._BY_CLASS.pop(catalogue._BY_NAME.pop("sampling.Half"))  # as in a new process
    folder.configure("seed = 1\n", "seed = 1\n")
    code, _, err = folder.command("replay")
    assert code == 2
    assert "class: 'sampling.Half', not 'sampling.ScoreUnderSampler'" in err
    assert "configure that one, or start with a new state" in err
