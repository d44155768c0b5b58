"""One event of a decision rule: its threshold, and its count."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from river import metrics as river_metrics

from benchmarks.rounds import Case, Gate, Group, Side, times_the_cost
from benchmarks.works.metrics import REFERENCE
from streamimb import decision

BLOCK = 500

Decided = list[tuple[float, dict[str, float], float]]


def _decided(number: int) -> Decided:
    rng = random.Random(number)
    return [
        (rng.betavariate(0.3, 30.0), {"amount": rng.expovariate(0.02)}, float(number * BLOCK + i))
        for i in range(BLOCK)
    ]


def _log_loss() -> Side:
    update = river_metrics.LogLoss().update

    def run(events: Decided) -> None:
        for p, _, _ in events:
            update(False, p)

    return Side(_decided, run, BLOCK)


def _decides(rule: Any) -> Side:
    threshold, observe = rule.threshold_one, rule.observe_one

    def run(events: Decided) -> None:
        for p, x, t in events:
            _ = p >= threshold(x, t)
            observe(p, x, t)

    return Side(_decided, run, BLOCK)


def _covers() -> Side:
    sets = decision.MondrianConformal()
    classes, learn = sets.classes_one, sets.learn_one

    def run(events: Decided) -> None:
        for p, _, t in events:
            proba = {False: 1.0 - p, True: p}
            classes(proba)
            learn(proba, t % 100.0 == 0.0)

    return Side(_decided, run, BLOCK)


def _case(name: str, gate: Gate, make: Callable[[], Any]) -> Case:
    return Case(f"decision {name}, one event", gate, lambda: _decides(make()))


def _limited() -> decision.RateLimit:
    return decision.RateLimit(decision.AlertBudget(share=0.02), actions=50, per_s=3_600.0)


# River's LogLoss takes about 1 us. Rules are in Python: they are asked once for each event that is scored.
GROUPS = (
    Group(
        REFERENCE,
        _log_loss,
        (
            _case("CostThreshold", times_the_cost(2.0), lambda: decision.CostThreshold("amount", 5.0)),
            _case("AlertBudget", times_the_cost(2.0), lambda: decision.AlertBudget(share=0.01)),
            _case("FBetaThreshold", times_the_cost(2.0), decision.FBetaThreshold),
            _case("CapacityThreshold", times_the_cost(5.0), lambda: decision.CapacityThreshold(20, 2_000.0)),
            _case("RateLimit of AlertBudget", times_the_cost(5.0), _limited),
            Case("decision MondrianConformal, one event", times_the_cost(8.0), _covers),
        ),
    ),
)
