"""Wrong clocks, gaps and replays: honest events are learned, and no wrong time ends an event that waits."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported
from streamimb.engine.rows import Finished, Row
from streamimb.events import Event, Label
from tests.engine.parts import balanced, engine_of, event, scored, until

DAY = 86_400.0
START = 1.6e9
REGIMES: list[LabelPolicy] = [BothReported(ttl_s=5 * DAY), PositivesReported(window_s=5 * DAY)]
Timed = tuple[str, float]


class Stream:
    """Honest events a second apart, every label a minute later; wrong ones between, never labelled."""

    def __init__(self, engine: Engine, seed: int = 0) -> None:
        self.engine = engine
        self.rng = random.Random(seed)
        self.t = START
        self.n = self.wrong_n = 0
        self.waiting: list[str] = []

    def honest(self, n: int, labels: bool = True) -> None:
        for _ in range(n):
            self.t += 1.0
            self.n += 1
            id = f"e{self.n}"
            self.engine.on_event(event(id, self.t))
            if labels:
                self.waiting.append(id)
                if len(self.waiting) > 60:
                    self.label(self.waiting.pop(0))

    def label(self, id: str) -> None:
        self.engine.on_label(Label(id, self.t, self.rng.random() < 0.1))

    def wrong(self, t: float) -> None:
        self.wrong_n += 1
        self.engine.on_event(event(f"wrong{self.wrong_n}", t))

    def finish(self) -> None:
        for id in self.waiting:
            self.label(id)
        self.waiting = []


def label_of(row: Row) -> bool | str | None:
    """The label that came for an event, before or after its end."""
    return row.label if isinstance(row, Finished) else row.y


def honest_ends(stream: Stream) -> tuple[int, int]:
    """(honest events that joined their label, honest events that ended without one)."""
    counters = balanced(stream.engine)
    rows = [row for id, row in stream.engine._life.memory.rows.items() if id.startswith("e")]
    joined = sum(label_of(row) is not None for row in rows)
    ended = sum(type(row) is Finished and row.label is None for row in rows)
    assert counters["conflict"] == counters["duplicate"] == 0
    return joined, ended


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(
    "steps",
    [
        [20 * 365 * DAY] * 20,
        [20 * 365 * DAY] * 39,
        [10 * DAY] * 20,
        [6.0 * DAY],
        [6.9 * DAY, 13.8 * DAY, 20.7 * DAY],
        [6.9 * DAY * (i + 1) for i in range(30)],
        [-6.9 * DAY * (i + 1) for i in range(30)],
        [-40 * DAY] * 39,
    ],
    ids=[
        "20 of 2040",
        "39 of 2040",
        "20 by 10 days",
        "one by 6 days",
        "ratchet",
        "ratchet of 30",
        "down",
        "39 back",
    ],
)
def test_wrong_events_in_a_row_cost_no_honest_event(regime: LabelPolicy, steps: list[float]) -> None:
    stream = Stream(engine_of(regime))
    stream.honest(2_000)
    stream.honest(500, labels=False)  # what a time that is wrong would end
    for step in steps:
        stream.wrong(stream.t + step)
    assert stream.engine.time <= stream.t
    stream.honest(3_000)
    stream.finish()
    counters = stream.engine.counters
    assert counters["expired"] == 0
    assert honest_ends(stream) == (5_000, 0)
    stale = counters["stale_event"]
    assert stale == sum(step < -7 * DAY for step in steps)  # none of them honest
    assert counters["clock_jump"] == counters["clock_back"] == 0


def device(kind: str, rng: random.Random, days: float) -> Iterator[float]:
    """Offsets of a device whose clock is wrong."""
    i = 0
    while True:
        i += 1
        if kind == "constant":
            yield days * DAY
        elif kind == "drifting":
            yield days * DAY * i / 500
        elif kind == "burst":
            yield days * DAY * (1 + i // 25)
        else:
            yield rng.uniform(-abs(days), abs(days)) * DAY


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3])
@pytest.mark.parametrize("kind", ["constant", "drifting", "random"])
@pytest.mark.parametrize("days", [-400.0, -3.0, 3.0, 400.0])
def test_a_device_with_a_wrong_clock_costs_only_its_own_events(share: float, kind: str, days: float) -> None:
    for seed in range(3):
        regime = REGIMES[seed % 2]
        rng = random.Random(f"{seed} {share} {kind} {days}")
        stream = Stream(engine_of(regime), seed)
        offsets = device(kind, rng, days)
        stream.honest(100)
        for _ in range(4_000):
            if rng.random() < share:
                stream.wrong(stream.t + next(offsets))
            else:
                stream.honest(1, labels=True)
        stream.finish()
        joined, ended = honest_ends(stream)
        assert joined == stream.n
        assert ended == 0
        assert stream.t - 200.0 <= stream.engine.time <= stream.t
        counters = stream.engine.counters
        assert counters["stale_event"] + counters["future_event"] <= stream.wrong_n


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    plan=st.lists(
        st.tuples(
            st.sampled_from(["honest", "constant", "burst", "random"]),
            st.integers(1, 300),
            st.floats(-2000.0, 2000.0),
        ),
        max_size=12,
    ),
)
def test_any_mixture_in_which_most_are_honest_keeps_honest_time(
    seed: int, plan: list[tuple[str, int, float]]
) -> None:
    """At most 19 of any 60 events are wrong: engine time never leaves the honest ones."""
    stream = Stream(engine_of(PositivesReported(window_s=DAY)), seed)
    stream.honest(60)
    recent = [False] * 60
    for kind, n, days in plan:
        offsets = device(kind, stream.rng, days)
        for _ in range(n):
            wrong = kind != "honest" and sum(recent[-59:]) < 19
            if wrong:
                stream.wrong(stream.t + next(offsets))
            else:
                stream.honest(1)
            recent.append(wrong)
            assert stream.t - 60.0 <= stream.engine.time <= stream.t
    stream.finish()
    assert honest_ends(stream) == (stream.n, 0)
    assert not any(row.id.startswith("e") for row in stream.engine._life.memory.finished)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("days", [40.0, 2.0])
def test_a_true_gap_is_followed_and_costs_no_event_after_it(regime: LabelPolicy, days: float) -> None:
    stream = Stream(engine_of(regime))
    stream.honest(1_000)
    stream.finish()
    stream.t += days * DAY
    for i in range(50):  # labels first: they wait for their events
        stream.engine.on_label(Label(f"e{1_500 + i}", stream.t + 600.0, True))
    stream.honest(40)
    assert stream.engine.time > stream.t - 60.0
    stream.honest(2_000)
    assert stream.engine.counters["held"] == 0  # each met its event
    stream.finish()
    counters = balanced(stream.engine)
    assert counters["clock_jump"] == (days > 7)
    assert counters["stale_event"] == counters["expired"] == counters["orphaned"] == 0
    assert counters["matured"] == (1_000 if days > 7 and isinstance(regime, PositivesReported) else 0)
    rows = stream.engine._life.memory.rows
    after = [rows[f"e{i}"] for i in range(1_001, 3_041)]
    assert all(label_of(row) is not None for row in after)
    until(stream.engine, stream.t + 4.5 * DAY)  # those clamped before time followed mature by their own time
    assert balanced(stream.engine)["matured"] == 1_000 * isinstance(regime, PositivesReported)


def test_a_clamped_event_takes_its_own_time_when_engine_time_is_near() -> None:
    engine = engine_of(PositivesReported(window_s=100.0), skew_s=1000.0, skew_n=2)
    for i in range(6):
        engine.on_event(event(f"a{i}", 0.0))
    assert scored(engine.on_event(event("g", 5000.0))).t == 0.0  # clamped
    for i in range(5):
        engine.on_event(event(f"h{i}", 5001.0 + i))
    assert engine.time >= 5000.0
    assert balanced(engine)["matured"] == 6
    engine.on_label(Label("g", 5050.0, True))
    until(engine, 5099.0)
    assert balanced(engine)["matured"] == 6
    until(engine, 5100.0)
    counters = balanced(engine)
    assert (counters["matured"], counters["joined"], counters["negative_delay"]) == (7, 1, 0)


@pytest.mark.parametrize("regime", REGIMES)
def test_a_replayed_old_stretch_is_learned_and_ends_nothing(regime: LabelPolicy) -> None:
    stream = Stream(engine_of(regime))
    stream.honest(3_000)
    stream.honest(300, labels=False)
    now = stream.t
    stream.t -= 400 * DAY
    stream.honest(2_000)  # of before: most of the stream is behind
    assert stream.engine.time < now - 300 * DAY
    stream.t = now
    stream.honest(3_000)
    stream.finish()
    counters = balanced(stream.engine)
    # At first the old events are stale: engine time goes back after 40 of them. Those that still wait for
    # their label when time returns are 400 days old, and expire where there is a ttl.
    assert counters["stale_event"] <= 40
    assert (counters["clock_back"], counters["clock_jump"]) == (1, 1)
    assert counters["expired"] <= 60
    learned = 8_300 - 300 - counters["stale_event"] - counters["expired"]
    if isinstance(regime, PositivesReported):
        assert counters["matured"] + counters["pending"] == learned + 300
        learned = counters["matured"]
        assert learned == 2_000 - counters["stale_event"]  # all of the old ones, none of the new
    assert counters["learned"] == learned
    waiting = [stream.engine._life.memory.rows[f"e{i}"] for i in range(3_001, 3_301)]
    assert {type(row).__name__ for row in waiting} == {"Pending"}


@pytest.mark.parametrize("far", [4e9, 0.0])
def test_a_wrong_first_event_costs_nothing(far: float) -> None:
    for regime in REGIMES:
        stream = Stream(engine_of(regime))
        stream.engine.on_label(Label("nobody's", START, True))
        stream.wrong(far)
        stream.honest(2_000)
        stream.finish()
        counters = balanced(stream.engine)
        assert (counters["stale_event"], counters["held"]) == (0, 1)
        assert counters["expired"] + counters["matured"] <= (far < START)  # the wrong one itself
        assert honest_ends(stream) == (2_000, 0)
        until(stream.engine, stream.t + 5.5 * DAY)
        counters = balanced(stream.engine)
        assert counters["orphaned"] == 1  # a hold of five days, from the time that was right
        assert counters["expired"] == isinstance(regime, BothReported)
        assert counters["matured"] == 2_001 * isinstance(regime, PositivesReported)


def test_events_that_confirm_a_wrong_time_are_outvoted_and_their_rows_end() -> None:
    stream = Stream(engine_of(PositivesReported(window_s=DAY)))
    stream.honest(1_000)
    stream.finish()
    for i in range(60):
        stream.wrong(stream.t + 400 * DAY + i)
    assert stream.engine.time > stream.t + 300 * DAY  # nothing near the old time came
    stream.honest(100)
    assert stream.t - 100.0 < stream.engine.time <= stream.t
    counters = balanced(stream.engine)
    assert (counters["clock_jump"], counters["clock_back"]) == (1, 1)
    assert counters["stale_event"] <= 41
    until(stream.engine, stream.t + 1.5 * DAY)
    assert balanced(stream.engine)["pending"] == 0


def test_rare_events_are_not_ahead_of_themselves() -> None:
    """Engine time is 40 events behind: 80 days of a stream of an event every two days."""
    engine = engine_of(PositivesReported(window_s=DAY))
    for i in range(400):
        assert scored(engine.on_event(event(f"e{i}", START + 2 * DAY * i))).t == START + 2 * DAY * i or i < 80
    counters = balanced(engine)
    assert counters["future_event"] <= 80
    assert counters["matured"] >= 358


def test_a_time_told_counts_as_one_event() -> None:
    engine = engine_of(PositivesReported(window_s=DAY))
    for i in range(100):
        engine.on_event(event(f"e{i}", START + i))
    for _ in range(39):
        engine.on_time(START + 6 * DAY)  # a label topic whose clock is wrong
    assert engine.time < START + 100
    assert balanced(engine)["matured"] == 0
    for _ in range(100):
        engine.on_time(START + 4000 * DAY)  # beyond skew_s: never
    assert engine.time < START + 100
    assert engine.counters["future_time"] == 100
    for i in range(100, 200):
        engine.on_event(event(f"e{i}", START + i))
    assert START + 100 < engine.time < START + 200
    for i in range(60):  # events pause, and time goes on
        engine.on_time(START + 1000 + 3600.0 * i)
    assert balanced(engine)["matured"] == 0
    for i in range(60, 120):
        engine.on_time(START + 1000 + 3600.0 * i)
    assert balanced(engine)["matured"] == 200


def test_wrong_label_times_between_events_move_nothing() -> None:
    stream = Stream(engine_of(PositivesReported(window_s=DAY)))
    for i in range(3_000):
        stream.honest(1)
        if i % 3 == 0:
            stream.engine.on_time(stream.t + 6 * DAY)
    assert stream.engine.time <= stream.t
    assert balanced(stream.engine)["matured"] == 0


def test_time_told_before_any_event_begins_time() -> None:
    engine = engine_of()
    engine.on_time(START)
    assert engine.time == START
    assert scored(engine.on_event(event("a", START + 1))).t == START + 1


def wrong_and_right(engine: Engine, cut: tuple[int, int]) -> None:
    rng = random.Random(9)
    for i in range(400):
        t = START + i + rng.choice([0.0, 0.0, 0.0, 4e8, 5e5, -5e5, -4e8])
        if 150 <= i < 200:
            t += 4e8
        if cut[0] <= i < cut[1]:
            engine.on_event(Event(f"e{i}", t, {"a": 1.0, "b": rng.random()}))
            if i % 4 == 0:
                engine.on_time(t + 100.0)
            engine.on_label(Label(f"e{i - 20}", t, i % 8 == 0))
        else:
            rng.random()


@pytest.mark.parametrize("cut", range(0, 400, 23))
@pytest.mark.parametrize("labels", [BothReported(ttl_s=1000.0), PositivesReported(window_s=100.0)])
def test_a_restart_anywhere_changes_no_time(cut: int, labels: LabelPolicy) -> None:
    whole, engine = engine_of(labels), engine_of(labels)
    wrong_and_right(whole, (0, 400))
    wrong_and_right(engine, (0, cut))
    rows = {key: row for key, row in engine.take_changes().items() if row is not None}
    again = engine_of(labels)
    again.restore(engine.snapshot(), rows)
    wrong_and_right(again, (cut, 400))
    for key, row in again.take_changes().items():
        if row is None:
            rows.pop(key)
        else:
            rows[key] = row
    assert again.snapshot() == whole.snapshot()
    assert rows == whole.take_changes()
    balanced(again)


def test_pauses_between_events_do_not_outvote_them() -> None:
    """A history that is sent slowly: an hour of its time for each second that passes."""
    engine = engine_of(PositivesReported(window_s=5 * DAY))
    engine.pass_time(1.0)
    assert engine.time == -float("inf")
    for i in range(500):
        engine.on_event(event(f"e{i}", START + 3600.0 * i))
        for _ in range(10):
            engine.pass_time(0.1)
    assert engine.counters["future_event"] == 0
    assert engine.time >= START + 3600.0 * (500 - 41)
    engine.pass_time(100 * DAY)
    assert engine.counters["matured"] == 500
