"""explain: curves and shares of what a saved model has learned, as a table, as JSON and as a page."""

import json
from xml.etree import ElementTree

import pytest
from river import base

from streamimb import linear_model
from streamimb.cli.curve_page import FieldCurve, Learned, drawing, page
from streamimb.cli.explain import _print, learned
from streamimb.compose import recipes
from streamimb.config import ConfigError


def test_curves_of_a_service(folder):
    folder.stream(3_000)
    assert folder.command("replay")[0] == 0
    code, out, _ = folder.command("explain", "--out", "curves.html")
    assert code == 0
    assert "amount" in out
    assert "█" in out
    text = (folder.path / "curves.html").read_text()
    assert text.count("<svg") == 4  # a bool is a number too
    code, out, _ = folder.command("explain", "--json")
    told = json.loads(out)
    assert [one["learner"] for one in told] == ["LogisticGAM"]
    curves = told[0]["curves"]
    assert {curve["field"] for curve in curves} == {"amount", "log_over_usual", "abroad", "soon"}
    assert all(curve["class"] is None and len(point) == 3 for curve in curves for point in curve["points"])


def test_a_state_is_found_in_the_working_directory(folder, monkeypatch, tmp_path_factory):
    folder.stream(3_000)
    assert folder.command("replay")[0] == 0
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder.path / "state.db").rename(elsewhere / "b.db")
    monkeypatch.chdir(elsewhere)
    code, out, _ = folder.command("explain", "--state", "b.db", config=str(folder.path / "c.toml"))
    assert (code, "amount" in out) == (0, True)


def test_a_boosted_model_has_shares_and_the_curves_of_its_companion():
    model = recipes.boosting(prior=0.2, seed=1)
    for i in range(1_200):
        model.learn_one({"a": float(i % 100), "b": float(i % 7)}, i % 100 > 80)
    trees, companion = learned(model)
    assert trees.learner == "RollingBoostingClassifier"
    shares = dict(trees.importances)
    assert shares["a"] > shares["b"]
    assert companion.learner == "LogisticGAM"
    assert {curve.name for curve in companion.curves} == {"a", "b"}


def test_a_model_with_nothing_to_show_is_refused_in_words(folder):
    folder.configure("[model]\nseed = 1", '[model]\nseed = 1\nrecipe = "linear"')
    assert folder.command("replay")[0] == 0
    code, _, err = folder.command("explain")
    assert code == 2
    assert "the learner (LogisticRegression) shows no curves" in err


@pytest.mark.parametrize("state", ["missing", "empty"])
def test_what_is_no_state_is_refused(folder, state):
    if state == "empty":
        (folder.path / "state.db").write_bytes(b"")
    code, _, err = folder.command("explain")
    assert code == 2
    assert "state.db" in err


def test_a_page_that_cannot_be_written_is_refused(folder):
    folder.stream(3_000)
    assert folder.command("replay")[0] == 0
    code, _, err = folder.command("explain", "--out", "nowhere/curves.html")
    assert code == 2
    assert "--out nowhere/curves.html: No such file" in err


def test_the_curve_that_is_drawn_is_the_one_of_the_learner():
    model = linear_model.LogisticGAM()
    for i in range(2_000):
        model.learn_one({"hour": float(i % 24)}, 2 < i % 24 < 5)
    (one,) = learned(model)
    assert one.curves == [FieldCurve("hour", None, model.shape_one("hour"))]


def test_every_class_has_its_curve():
    model = linear_model.SoftmaxGAM()
    for i in range(2_000):
        model.learn_one({"hour": float(i % 24)}, "night" if i % 24 < 5 else "day")
    (one,) = learned(model)
    found = {curve.name: curve.points for curve in one.curves}
    assert set(found) == {"hour: day", "hour: night"}
    assert found["hour: night"] == model.shape_one("hour")["night"]


@pytest.mark.parametrize("name", ["<b>", 'a"b', "a&b"])
def test_names_are_escaped(name):
    curve = [(0.0, -1.0, 10.0), (1.0, 1.0, 5.0)]
    text = page([Learned("LogisticGAM", [FieldCurve(name, None, curve)], [(name, 1.0)])])
    assert name not in text
    ElementTree.fromstring(drawing(name, curve))


@pytest.mark.parametrize(
    "curve", [[(0.0, 0.0, 0.0)], [(1.0, -2.0, 3.0)], [(0.0, 0.0, 1.0), (1e300, 0.0, 2.0)]]
)
def test_flat_curves_are_drawn(curve):
    ElementTree.fromstring(drawing("a", curve))


@pytest.mark.parametrize("name", ["\\[/x]", "weird [/bold] <i> \\[b]", "\x1b[2J"])
def test_any_name_is_shown_as_it_is(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    model = linear_model.LogisticGAM()
    for i in range(400):
        model.learn_one({name: float(i % 24)}, i % 24 > 20)
    _print(list(learned(model)))
    shown = capsys.readouterr().out
    assert name.replace("\x1b", "\\x1b") in shown
    assert "\x1b[2J" not in shown


def test_names_that_are_equal_as_text_keep_their_curves():
    model = linear_model.LogisticGAM()
    for i in range(400):
        model.learn_one({1: float(i % 24), "1": float(i % 7)}, i % 24 > 20)
    (one,) = learned(model)
    assert [curve.field for curve in one.curves] == ["1", "1"]


def test_an_ensemble_is_told_by_its_name(folder):
    folder.configure(
        "[model]\nseed = 1", '[model]\nseed = 1\n[learner]\ntype = "ensemble.UOBClassifier"\nn_models = 2'
    )
    assert folder.command("replay")[0] == 0
    code, _, err = folder.command("explain")
    assert code == 2
    assert "the learner (UOBClassifier) shows no curves" in err


class Odd(base.Classifier):
    """A classifier whose curves are none."""

    def __init__(self, shape):
        self.shape = shape

    def learn_one(self, x, y):
        raise NotImplementedError

    def shapes(self):
        return self.shape


@pytest.mark.parametrize("shape", [None, {"a": None}, {"a": [1.0]}, [1]])
def test_curves_of_others_that_are_none_are_refused_in_words(shape):
    with pytest.raises(ConfigError, match=r"^explain: Odd.shapes gives no curves: a dict from field"):
        list(learned(Odd(shape)))


def test_an_empty_curve_is_left_out():
    assert not list(learned(Odd({"a": []})))
