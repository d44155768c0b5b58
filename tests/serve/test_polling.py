"""Sources polled and waited for: descriptors, what is held, what is silent, what comes back with a backlog."""

import os
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from streamimb.connections import Record, Source, Unavailable
from streamimb.serve import Backoff, MemorySource, Merge, Status
from streamimb.serve.polling import Polling
from streamimb.serve.retry import Retry
from tests.serve.in_memory import Live
from tests.serve.records import Clock


def records_at(times: Sequence[float], partition: int = 0, first: int = 0) -> list[Record]:
    return [Record(partition, first + i, t, None, b"") for i, t in enumerate(times)]


def begin(source: Source) -> None:
    source.open({})


class Topic(Live):
    """One partition whose records come when the test says so; behind or not as the test says."""

    def __init__(self, name: str) -> None:
        super().__init__(name, {0: []})
        self.there: list[Record] = []
        self.is_behind = False
        self.is_away = False
        self.descriptor: int | None = None
        self.held: list[Sequence[int]] = []

    def poll(self, timeout_s: float) -> Sequence[Record]:
        self.polls += 1
        self.timeouts.append(timeout_s)
        if self.is_away:
            raise Unavailable("broker away")
        if self.descriptor is not None and self.there:
            os.read(self.descriptor, 1)
        brought, self.there = self.there, []
        return brought

    def waiting(self) -> Sequence[int]:
        return [0]

    def behind(self) -> Sequence[int]:
        return [0] if self.is_behind else []

    def hold(self, partitions) -> None:
        self.held.append(list(partitions))

    def fileno(self) -> int | None:
        return self.descriptor


class Inputs:
    """Two topics, polled."""

    def __init__(self, buffer_n: int = 100, poll_s: float = 0.5, clock=None) -> None:
        self.clock = Clock() if clock is None else clock
        self.status = Status()
        self.events, self.labels = Topic("events"), Topic("labels")
        self.merge = Merge(30.0, self.clock)
        sleep = getattr(self.clock, "sleep", time.sleep)
        retry = Retry(self.status, 1.0, lambda: None, self.clock, sleep)
        sources = [self.events, self.labels]
        self.polling = Polling(
            sources, self.merge, retry, buffer_n, poll_s, lambda: Backoff(0.1, 0.2, seed=1)
        )
        self.polling.open(begin)

    def taken(self) -> list[tuple[int, float]]:
        self.polling.poll()
        return [(source, record.t) for source, record in self.merge.take(1000)]


def test_an_input_that_is_behind_holds_the_others_until_it_is_silent_and_is_named():
    inputs = Inputs()
    inputs.events.is_behind = True
    inputs.labels.there = records_at([5.0])
    assert inputs.taken() == []
    inputs.clock.now += 29.0
    assert inputs.taken() == []
    assert inputs.status.degraded == {}
    inputs.clock.now += 2.0
    assert inputs.taken() == [(1, 5.0)]
    why = inputs.status.degraded["silent_input"]
    assert "'events'" in why
    assert "'labels'" not in why
    assert "merge_wait_s" in why
    inputs.events.there = records_at([4.0])
    assert inputs.taken() == [(0, 4.0)]
    assert inputs.status.degraded == {}


def test_a_silent_input_that_is_found_at_its_end_is_no_longer_named():
    inputs = Inputs()
    inputs.events.is_behind = True
    inputs.taken()
    inputs.clock.now += 31.0
    inputs.taken()
    assert list(inputs.status.degraded) == ["silent_input"]
    inputs.events.is_behind = False
    inputs.clock.now += 1.0
    inputs.labels.there = records_at([5.0])
    assert inputs.taken() == [(1, 5.0)]
    assert inputs.status.degraded == {}


def test_a_reason_of_somebody_else_stays():
    inputs = Inputs()
    inputs.status.degraded = {"other": "as it was"}
    inputs.events.is_behind = True
    inputs.taken()
    inputs.clock.now += 31.0
    inputs.taken()
    assert set(inputs.status.degraded) == {"other", "silent_input"}
    inputs.events.is_behind = False
    inputs.clock.now += 1.0
    inputs.taken()
    assert inputs.status.degraded == {"other": "as it was"}


def test_once_all_are_at_their_ends_no_record_waits():
    inputs = Inputs()
    for t in (5.0, 6.0):
        inputs.events.there = records_at([t])
        assert inputs.taken() == [(0, t)]
    assert inputs.polling.all_at_ends


def test_an_input_that_comes_back_from_an_outage_with_a_backlog_is_merged_by_time():
    inputs = Inputs()
    inputs.events.there, inputs.labels.there = records_at([1.0]), records_at([2.0])
    assert inputs.taken() == [(0, 1.0), (1, 2.0)]
    inputs.events.is_away = True
    inputs.clock.now += 1.0
    inputs.labels.there = records_at([3.0], first=1)
    assert inputs.taken() == [(1, 3.0)]  # it was at its end when it went: nobody waits
    assert not inputs.polling.all_at_ends  # but time does not go on: what it has is not known
    inputs.events.is_away, inputs.events.is_behind = False, True
    inputs.clock.now += 1.0
    inputs.labels.there = records_at([20.0], first=2)
    assert inputs.taken() == []
    inputs.events.there = records_at([10.0, 30.0], first=1)
    assert inputs.taken() == [(0, 10.0), (1, 20.0), (0, 30.0)]
    assert inputs.merge.late == 0


def test_a_buffer_that_is_full_is_not_polled_and_goes_on_when_it_has_room():
    inputs = Inputs(buffer_n=10)
    inputs.events.is_behind = True
    inputs.labels.there = records_at([float(i) for i in range(10)])
    assert inputs.taken() == []
    polls = inputs.labels.polls
    for _ in range(5):
        inputs.clock.now += 1.0
        assert inputs.taken() == []
    assert inputs.labels.polls == polls
    assert inputs.labels.held == [[0]]
    inputs.events.there, inputs.events.is_behind = records_at([100.0]), False
    inputs.clock.now += 1.0
    assert len(inputs.taken()) == 11
    inputs.clock.now += 1.0
    inputs.labels.there = records_at([11.0], first=10)
    assert inputs.taken() == [(1, 11.0)]
    assert inputs.labels.held == [[0], []]


def test_only_the_partition_that_is_full_is_held():
    early = MemorySource(
        "events", {0: records_at(range(1000)), 1: records_at([5_000.0 + i for i in range(1000)], 1)}, 50
    )
    clock = Clock()
    merge, status = Merge(30.0, clock), Status()
    retry = Retry(status, 1.0, lambda: None, clock, clock.sleep)
    polling = Polling([early], merge, retry, 200, 0.5, Backoff)
    polling.open(begin)
    read, most = [], 0
    while not merge.ended:
        polling.poll()
        most = max(most, merge.buffered)
        read += [record.t for _, record in merge.take(30)]
    assert read == sorted(read)
    assert len(read) == 2000
    assert most <= 2 * (100 + 50)


@pytest.fixture
def pipes() -> Iterator[list[int]]:
    made = [*os.pipe(), *os.pipe()]
    yield made
    for descriptor in made:
        os.close(descriptor)


def test_what_comes_to_one_input_ends_the_wait_for_all_and_only_that_one_is_polled(pipes):
    inputs = Inputs(poll_s=30.0, clock=time.monotonic)
    inputs.events.descriptor, inputs.labels.descriptor = pipes[0], pipes[2]
    assert inputs.taken() == []
    polls = inputs.labels.polls

    def arrive() -> None:
        inputs.events.there = records_at([1.0])
        os.write(pipes[1], b"\0")

    timer = threading.Timer(0.05, arrive)
    timer.start()
    until = time.monotonic() + 20.0
    taken: list[tuple[int, float]] = []
    while not taken and time.monotonic() < until:
        inputs.polling.wait(30.0)  # a piece of it at most, so that a stop is seen
        taken = inputs.taken()
    timer.join()
    assert taken == [(0, 1.0)]
    assert inputs.labels.polls == polls
    assert set(inputs.events.timeouts) == {0.0}


def test_a_source_with_a_descriptor_is_polled_every_poll_s_too(pipes):
    inputs = Inputs(poll_s=0.5)
    inputs.events.descriptor = pipes[0]
    inputs.taken()
    polls = inputs.events.polls
    for _ in range(10):
        inputs.clock.now += 0.125
        inputs.taken()
    assert inputs.events.polls - polls == 2


@pytest.mark.parametrize(("buffer_n", "poll_s", "word"), [(0, 0.1, "buffer_n=0"), (1, 0.0, r"poll_s=0\.0")])
def test_a_wrong_argument_says_what_to_give(buffer_n, poll_s, word):
    with pytest.raises(ValueError, match=word):
        Inputs(buffer_n, poll_s)
