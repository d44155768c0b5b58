"""Every public metric under every law of metrics."""

from __future__ import annotations

import inspect
import math

import pytest

from streamimb import checks, metrics
from streamimb.checks.parts import Law
from streamimb.protocols import Metric
from tests.laws.table import METRICS


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("law", checks.METRIC_LAWS, ids=lambda law: law.__name__)
def test_a_metric_obeys_its_laws(name: str, law: Law) -> None:
    law(METRICS[name]())


def test_every_metric_is_in_the_table() -> None:
    public = {
        name
        for name in metrics.__all__
        if inspect.isclass(kind := getattr(metrics, name)) and issubclass(kind, Metric)
    }
    assert public == {name.partition(" ")[0] for name in METRICS}


@pytest.mark.parametrize("name", METRICS)
def test_merge_refuses_another_memory(name: str) -> None:
    made = METRICS[name]()
    for parameter, value in made._get_params().items():
        if isinstance(value, int | float):
            with pytest.raises(ValueError, match=parameter):
                made.merge(made.clone({parameter: value + 1 if value < math.inf else 1.0}))
