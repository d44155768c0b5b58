"""Every part of ours that is no classifier × every law of its kind; nothing public is left out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from streamimb import calibration, checks, correction, decision, losses, sampling, stats, synthesis
from tests.laws.table import (
    ANCHORS,
    CALIBRATORS,
    CLASS_CALIBRATORS,
    CLASS_OFFSET_LEARNERS,
    COARSE,
    CONFORMAL,
    DECISION_RULES,
    IDENTITIES,
    LOSSES,
    MERGED,
    MONOTONE,
    OFFSET_LEARNERS,
    PROMISES,
    RESERVOIRS,
    ROUTES,
    SAMPLERS,
    STATISTICS,
    SYNTHESIZERS,
)

Table = dict[str, Callable[[], Any]]


def cases(table: Table, laws: tuple[checks.Law, ...]) -> Iterator[Any]:
    for name, make in table.items():
        for law in laws:
            yield pytest.param(make, law, id=f"{name}-{law.__name__}")


@pytest.mark.parametrize(("make", "law"), list(cases(SAMPLERS, checks.SAMPLER_LAWS)))
def test_sampler(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize("name", PROMISES)
def test_sampler_reaches_what_it_promises(name: str) -> None:
    checks.reaches(SAMPLERS[name](), *PROMISES[name])


@pytest.mark.parametrize(("make", "law"), list(cases(CALIBRATORS, checks.CALIBRATOR_LAWS)))
def test_calibrator(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


RESOLVE = {
    "does_no_harm",
    "repairs",
    "repairs_saturated_scores",
    "weights_arrive_safely",
}  # laws of answers that are precise
COARSELY = tuple(law for law in checks.CALIBRATOR_LAWS if law.__name__ not in RESOLVE)


@pytest.mark.parametrize(("make", "law"), list(cases(COARSE, COARSELY)))
def test_calibrator_of_fixed_bins(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize("name", COARSE)
def test_fixed_bins_do_harm_where_positives_are_rare(name: str) -> None:
    with pytest.raises(checks.LawBroken):
        checks.does_no_harm(COARSE[name]())


@pytest.mark.parametrize(("make", "law"), list(cases(CLASS_CALIBRATORS, checks.CLASS_CALIBRATOR_LAWS)))
def test_class_calibrator(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize("name", sorted(MONOTONE))
def test_calibrator_is_monotone(name: str) -> None:
    checks.is_monotone(CALIBRATORS[name]())


@pytest.mark.parametrize("name", sorted(IDENTITIES))
def test_calibrator_starts_as_the_identity_and_does_no_harm_from_there(name: str) -> None:
    checks.starts_as_the_identity(CALIBRATORS[name]())
    checks.does_no_harm(CALIBRATORS[name](), warm=0)


@pytest.mark.parametrize(("make", "law"), list(cases(OFFSET_LEARNERS, checks.OFFSET_LEARNER_LAWS)))
def test_offset_learner(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(
    ("make", "law"), list(cases(CLASS_OFFSET_LEARNERS, checks.CLASS_OFFSET_LEARNER_LAWS))
)
def test_class_offset_learner(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(ANCHORS, checks.ANCHOR_LAWS)))
def test_anchor(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(ROUTES, checks.ROUTE_LAWS)))
def test_route(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(STATISTICS, checks.STATISTIC_LAWS)))
def test_statistic(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(SYNTHESIZERS, checks.SYNTHESIZER_LAWS)))
def test_synthesizer(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(DECISION_RULES, checks.DECISION_RULE_LAWS)))
def test_decision_rule(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(CONFORMAL, checks.CONFORMAL_LAWS)))
def test_conformal_sets(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(LOSSES, checks.LOSS_LAWS)))
def test_loss(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(("make", "law"), list(cases(RESERVOIRS, checks.RESERVOIR_LAWS)))
def test_reservoir(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


@pytest.mark.parametrize(
    ("make", "law"), list(cases({name: STATISTICS[name] for name in sorted(MERGED)}, checks.MERGE_LAWS))
)
def test_statistic_that_merges(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


def classes_of(room: ModuleType) -> dict[str, Any]:
    """The public classes of a room by name; a room may have functions too."""
    public = {name: getattr(room, name) for name in room.__all__}
    return {name: one for name, one in public.items() if inspect.isclass(one)}


@pytest.mark.parametrize(
    ("room", "table"),
    [
        (sampling, SAMPLERS),
        (calibration, {**CALIBRATORS, **CLASS_CALIBRATORS}),
        (stats, {**STATISTICS, **RESERVOIRS}),
        (correction, {**ANCHORS, **ROUTES}),
        (synthesis, SYNTHESIZERS),
        (decision, {**DECISION_RULES, **CONFORMAL}),
        (losses, LOSSES),
    ],
    ids=["sampling", "calibration", "stats", "correction", "synthesis", "decision", "losses"],
)
def test_every_public_class_is_in_its_table(room: ModuleType, table: Table) -> None:
    assert set(classes_of(room)) == {name.split()[0] for name in table}
    for name, make in table.items():
        assert type(make()).__name__ == name.split()[0]


@pytest.mark.parametrize(
    "room",
    [sampling, calibration, stats, correction, synthesis, decision, losses],
    ids=lambda room: room.__name__,
)
def test_test_parameters_make_instances(room: ModuleType) -> None:
    for kind in classes_of(room).values():
        for parameters in kind._unit_test_params():
            assert kind(**parameters).clone()._get_params() == kind(**parameters)._get_params()


@pytest.mark.parametrize("name", [name for name in STATISTICS if name not in MERGED])
def test_what_has_no_merge_has_none(name: str) -> None:
    assert not callable(getattr(STATISTICS[name](), "merge", None))
