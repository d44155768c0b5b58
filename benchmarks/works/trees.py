"""Trees beside River's: one that grows online, ten of them in a bag, and boosted ones beside River's forest."""

from __future__ import annotations

from typing import Any

from river import forest as river_forest
from river import tree as river_tree

from benchmarks.messages import floats, msgspec_decode
from benchmarks.rounds import Case, Group, Side, times_faster
from benchmarks.works.late_labels import one_by_one
from benchmarks.works.whole_path import boosted
from streamimb.ensemble import UOBClassifier
from streamimb.tree import HoeffdingTreeClassifier

RIVER = "River HoeffdingTreeClassifier"


def _alone(tree: Any) -> Side:
    return one_by_one(tree, floats(), msgspec_decode)


def _ten(tree: Any) -> Side:
    return _alone(UOBClassifier(tree, n_models=10, seed=1))


GROUPS = (
    Group(
        RIVER,
        lambda: _alone(river_tree.HoeffdingTreeClassifier()),
        (
            Case(
                "HoeffdingTreeClassifier, 30 floats, msgspec",
                times_faster(25.0),
                lambda: _alone(HoeffdingTreeClassifier()),
            ),
        ),
    ),
    Group(
        f"UOBClassifier of 10 {RIVER}",
        lambda: _ten(river_tree.HoeffdingTreeClassifier()),
        (
            Case(
                "UOBClassifier of 10 HoeffdingTreeClassifier, 30 floats",
                times_faster(10.0),
                lambda: _ten(HoeffdingTreeClassifier()),
            ),
        ),
    ),
    Group(
        "River ARFClassifier, 10 trees",
        lambda: _alone(river_forest.ARFClassifier(seed=1)),
        (
            Case(
                "whole path, boosted trees, beside a forest",
                times_faster(20.0),
                lambda: _alone(boosted()),
            ),
        ),
    ),
)
