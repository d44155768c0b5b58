"""Every hot module is compiled, from the source beside it, and every kernel has a twin test."""

from __future__ import annotations

import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import streamimb
from hatch_build import HOT
from tests.twins.interpreted import NAMES, compiled, interpreted

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
LEARNER = (
    "adagrad",
    "anchored_learner",
    "basis",
    "basis_weights",
    "batch",
    "class_edges",
    "expert_mixture",
    "feature_reader",
    "hashing",
    "index_state",
    "large_buffer",
    "limits",
    "linear_experts",
    "linear_work",
    "logistic_path",
    "matrix_reader",
    "name_loads",
    "name_table",
    "pair_weights",
    "pairs",
    "present_fields",
    "values_in_order",
    "presence",
    "row",
    "spelling",
    "standardizer",
    "string_table",
)
CLASS_LEARNER = (
    "class_blocks",
    "class_groups",
    "class_labels",
    "class_logs",
    "mixture",
    "rate_mixture",
    "softmax_experts",
    "softmax_path",
    "softmax_weights",
    "softmax_work",
)
WRAPPERS = (
    "adapters",
    "answer",
    "bagged",
    "calibrated",
    "class_adapters",
    "class_route",
    "cleaned_row",
    "guarded",
    "member_memos",
    "memos",
    "mixed_anchor",
    "mixed_class_anchor",
    "part_numbers",
    "ports",
    "route",
    "routes",
    "sampled",
    "sanitizing",
    "schema_check",
    "thresholded",
)
TREES = (
    "bin_edges",
    "category_statistics",
    "event_rows",
    "forest",
    "forest_paths",
    "gradient_histograms",
    "learner_arguments",
    "rolling_forest",
    "served_mixture",
    "tree_columns",
    "tree_fit",
    "tree_work",
    "wider_rows",
)
GROWING_TREE = (
    "column_bins",
    "hoeffding_tree",
    "hoeffding_work",
    "implicit_step",
    "leaf_counts",
    "leaf_models",
    "leaf_split",
    "split_nodes",
)
CALIBRATORS = ("hedging", "pooling", "score_bins", "score_regression")
METRICS = ("confusion", "decayed_sums", "ranked_scores", "log_histogram")
LOSSES = (
    "binary_loss",
    "class_balanced_loss",
    "equalized_focal_loss",
    "focal_loss",
    "foreign_loss",
    "learned_loss",
    "margin_loss",
    "seesaw_loss",
    "vs_loss",
)
PARTS = {
    **dict.fromkeys(LEARNER, "logistic"),
    **dict.fromkeys(CLASS_LEARNER, "softmax"),
    **dict.fromkeys(WRAPPERS, "whole"),
    **dict.fromkeys(CALIBRATORS, "calibrators"),
    **dict.fromkeys(METRICS, "metric_sums"),
    **dict.fromkeys(TREES, "rolling_boosting"),
    **dict.fromkeys(LOSSES, "loss"),
    **dict.fromkeys(GROWING_TREE, "hoeffding"),
    "class_scaling": "whole",
    "uniform_rate": "whole",
    "event_weight": "decayed",
    "update_gate": "watch",
    "event_cost": "cost_rate",
}  # driven through the kernel they are parts of
SOURCES = sorted(p for pattern in HOT for p in CHECKOUT.glob(pattern) if p.name != "__init__.py")


def extensions(source: Path) -> list[Path]:
    return [path for suffix in EXTENSION_SUFFIXES if (path := source.with_suffix(suffix)).exists()]


def test_ci_runs_compiled() -> None:
    if os.environ.get("STREAMIMB_NATIVE") == "require" and os.environ.get("STREAMIMB_PURE") != "1":
        assert streamimb.__native__


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_extension_is_newer_than_its_source(source: Path) -> None:
    if streamimb.__native__:
        assert extensions(source)
    for extension in extensions(source):
        for part in (source, source.with_suffix(".pxd")):
            if part.exists():
                assert extension.stat().st_mtime >= part.stat().st_mtime, "stale: run `make kernels`"


@pytest.mark.parametrize("name", NAMES)
def test_twins_are_two(name: str) -> None:
    assert str(interpreted(name).__file__).endswith(f"{name}.py")
    assert (str(compiled(name).__file__).endswith(".py")) is not streamimb.__native__


@pytest.mark.parametrize("name", NAMES)
def test_every_kernel_has_twin_tests(name: str) -> None:
    assert (HERE / f"test_{PARTS.get(name, name)}.py").exists()
