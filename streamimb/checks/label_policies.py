"""The laws of a `LabelPolicy`: every event ends, a labelled one is learned once, and time is an argument.

A policy is tested alone, and in an engine with a classifier that only counts.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from river import base

from streamimb.checks.parts import require
from streamimb.checks.state_data import data_of
from streamimb.engine import Engine, Settings
from streamimb.events import Event, Label

PolicyLaw = Callable[[Any], None]
N = 200  # events in the engine, one a second
TIMES = (-1e9, 0.0, 1.0, 1.5, 86_400.0, 1.7e9)


class _Counting(base.Classifier):
    """Counts how often each event, and with which label, is learned."""

    def __init__(self) -> None:
        self.learned: Counter[tuple[float, bool]] = Counter()

    @property
    def _multiclass(self) -> bool:
        return False

    def learn_one(self, x: dict[Any, Any], y: Any) -> None:
        """Count the event by its number."""
        self.learned[(x["number"], y)] += 1

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        """Answer a half, whatever the event."""
        return {False: 0.5, True: 0.5}


def due_is_pure_and_after_the_event(policy: Any) -> None:
    """The same call returns the same time, which is after that of the event; the call changes nothing."""
    before = data_of(policy)
    for t, now in itertools.product(TIMES, TIMES):
        due = policy.due(t, now)
        require(due == policy.due(t, now), "two equal calls returned different results")
        require(due > t, f"an event of time {t} is due at {due}: it ends before it is there")
    require(data_of(policy) == before, "due changed the policy")


def a_later_event_is_not_due_earlier(policy: Any) -> None:
    """Neither one of a later time, nor one that arrived later: events end in order."""
    for early, late in itertools.pairwise(TIMES):
        for other in TIMES:
            require(policy.due(early, other) <= policy.due(late, other), "a later event is due earlier")
            require(
                policy.due(other, early) <= policy.due(other, late), "an event that came later is due earlier"
            )


def labels_are_held_for_a_finite_time(policy: Any) -> None:
    """`hold_s` is a finite number of seconds above 0: an early label can join its event, and is finally given up."""
    require(
        isinstance(policy.hold_s, float) and 0.0 < policy.hold_s < math.inf,
        f"hold_s={policy.hold_s!r}: expected seconds > 0, finite",
    )


def windows_close(policy: Any) -> None:
    """`learns_at_label` is True or False, always the same; where it is False, every event has a finite end."""
    at_label = policy.learns_at_label
    require(isinstance(at_label, bool), f"learns_at_label={at_label!r}: expected True or False")
    require(policy.learns_at_label is at_label, "learns_at_label changed")
    if not at_label:
        due = [policy.due(t, now) for t, now in itertools.product(TIMES, TIMES)]
        require(all(map(math.isfinite, due)), "an event waits for its window, and the window never closes")


def _run(
    policy: Any, label: Callable[[int], bool | None]
) -> tuple[Counter[tuple[float, bool]], dict[str, Any]]:
    """Give an engine N events, each with its label, and time until all are due; return what was learned, and counts."""
    model = _Counting()
    settings = Settings(skew_s=1e15, stale_s=1e15, late_s=1e15, max_finished=10 * N)
    engine = Engine(model, policy, settings)
    for i in range(N):
        engine.on_event(Event(f"e{i}", float(i), {"number": float(i)}))
        y = label(i)
        if y is not None:
            engine.on_label(Label(f"e{i}", float(i), y))
    end = policy.due(float(N), float(N))
    for _ in range(3 * settings.skew_n if end < math.inf else 0):
        engine.on_time(end + 1.0)
    return model.learned, engine.counters


def a_labelled_event_is_learned_once(policy: Any) -> None:
    """Every event whose label came at once is learned exactly once, with that label, when all is due."""
    learned, counts = _run(policy, lambda i: i % 3 == 0)
    wanted = Counter({(float(i), i % 3 == 0): 1 for i in range(N)})
    require(learned == wanted, f"of {N} labelled events {learned.total()} were learned, or with other labels")
    require(counts["pending"] == 0, f"{counts['pending']} events with labels did not end")


def an_event_without_a_label_ends_once(policy: Any) -> None:
    """It is learned at most once, never as a positive, and does not wait beyond the time at which it is due."""
    learned, counts = _run(policy, lambda i: None)
    require(
        all(n == 1 and y is False for (_, y), n in learned.items()), "it was learned twice, or as a positive"
    )
    waits = 0 if policy.due(float(N), float(N)) < math.inf else N
    require(counts["pending"] == waits, f"{counts['pending']} events wait after all are due")


LABEL_POLICY_LAWS: tuple[PolicyLaw, ...] = (
    due_is_pure_and_after_the_event,
    a_later_event_is_not_due_earlier,
    labels_are_held_for_a_finite_time,
    windows_close,
    a_labelled_event_is_learned_once,
    an_event_without_a_label_ends_once,
)
