"""Labels of any types come back from a batch as they were learned."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from streamimb import linear_model

ROWS = [{"a": float(i)} for i in range(3)]
MIXED = ([7, "a", True], ["2", 2, "x"], [True, 2, False], [2**70, 5, "x"], [2**63, -2, 7], ["u\0", "u", "v"])


def learned(labels: list[Any]) -> Any:
    model = linear_model.SoftmaxGAM()
    for i in range(300):
        model.learn_one({"a": float(i % 3)}, labels[i % 3])
        model.learn_one({0: float(i % 3)}, labels[i % 3])
    return model


def typed(labels: Any) -> list[tuple[type, Any]]:
    return [(type(label), label) for label in labels]


@pytest.mark.parametrize("labels", MIXED)
def test_labels_of_different_types_stay_what_they_are(labels: list[Any]) -> None:
    model = learned(labels)
    assert typed(model.predict_many(ROWS)) == typed(labels)
    assert typed(model.predict_many(pd.DataFrame(ROWS)).tolist()) == typed(labels)
    assert typed(model.predict_many(np.array([[0.0], [1.0], [2.0]])).tolist()) == typed(labels)
    for frame in (pl.DataFrame(ROWS), pa.Table.from_pylist(ROWS)):
        with pytest.raises(ValueError, match="cannot hold classes of these types"):
            model.predict_many(frame)


@pytest.mark.parametrize("labels", [["low", "middle", "high"], [5, 2, 9]])
def test_labels_of_one_type_are_an_array_of_that_type(labels: list[Any]) -> None:
    model = learned(labels)
    assert model.predict_many(np.array([[0.0], [2.0]])).dtype == np.array(labels).dtype
    assert model.predict_many(pl.DataFrame(ROWS)).to_list() == labels


@pytest.mark.parametrize("labels", [["2", 2, "x"], ["True", True, False]])
def test_a_frame_in_which_two_classes_have_one_name_is_refused(labels: list[Any]) -> None:
    model = learned(labels)
    assert set(model.predict_proba_many(pd.DataFrame(ROWS)).columns) == set(labels)
    for frame in (pl.DataFrame(ROWS), pa.Table.from_pylist(ROWS)):
        with pytest.raises(ValueError, match="have the same name in such a frame"):
            model.predict_proba_many(frame)
