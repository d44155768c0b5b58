"""explain: curves and shares of what a saved model has learned, as a table, as JSON and as a page."""

import json
from xml.etree import ElementTree

import pytest

from streamimb import linear_model
from streamimb.cli.curve_page import Learned, drawing, page
from streamimb.cli.explain import learned
from streamimb.compose import recipes


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
    assert set(told[0]["curves"]) == {"amount", "log_over_usual", "abroad", "soon"}
    assert all(len(point) == 3 for point in told[0]["curves"]["amount"])


def test_a_boosted_model_has_shares_and_the_curves_of_its_companion():
    model = recipes.boosting(prior=0.2, seed=1)
    for i in range(1_200):
        model.learn_one({"a": float(i % 100), "b": float(i % 7)}, i % 100 > 80)
    trees, companion = learned(model)
    assert trees.learner == "RollingBoostingClassifier"
    assert trees.importances["a"] > trees.importances["b"]
    assert companion.learner == "LogisticGAM"
    assert set(companion.curves) == {"a", "b"}


def test_a_model_with_nothing_to_show_is_refused_in_words(folder):
    folder.configure("[model]\nseed = 1", '[model]\nseed = 1\nrecipe = "linear"')
    assert folder.command("replay")[0] == 0
    code, _, err = folder.command("explain")
    assert code == 2
    assert "no curves" in err


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
    assert one.curves["hour"] == model.shape_one("hour")


def test_every_class_has_its_curve():
    model = linear_model.SoftmaxGAM()
    for i in range(2_000):
        model.learn_one({"hour": float(i % 24)}, "night" if i % 24 < 5 else "day")
    (one,) = learned(model)
    assert set(one.curves) == {"hour: day", "hour: night"}
    assert one.curves["hour: night"] == model.shape_one("hour")["night"]


@pytest.mark.parametrize("name", ["<b>", 'a"b', "a&b"])
def test_names_are_escaped(name):
    curve = [(0.0, -1.0, 10.0), (1.0, 1.0, 5.0)]
    text = page([Learned("LogisticGAM", {name: curve}, {name: 1.0})])
    assert name not in text
    ElementTree.fromstring(drawing(name, curve))


@pytest.mark.parametrize(
    "curve", [[(0.0, 0.0, 0.0)], [(1.0, -2.0, 3.0)], [(0.0, 0.0, 1.0), (1e300, 0.0, 2.0)]]
)
def test_flat_curves_are_drawn(curve):
    ElementTree.fromstring(drawing("a", curve))
