from itertools import count

import pytest

from streamimb.connections import Record
from streamimb.serve import MemorySource, MemoryStore, NullSink


def records_at(partition, numbers):
    return (Record(partition, number, float(number), None, b"") for number in numbers)


def test_partitions_are_read_from_their_positions_to_their_ends():
    source = MemorySource("events", {0: records_at(0, range(5)), 3: records_at(3, (2, 4, 8))}, poll_n=2)
    source.open({0: 3, 3: 3})
    assert [(r.partition, r.offset) for r in source.poll(0.0)] == [(0, 3), (0, 4), (3, 4), (3, 8)]
    assert list(source.waiting()) == [0, 3]  # not known yet that this was all
    assert source.poll(0.0) == []
    assert list(source.waiting()) == []


def test_a_partition_that_is_held_brings_nothing_and_stays_behind():
    source = MemorySource("events", {0: records_at(0, range(3)), 1: records_at(1, range(3))}, poll_n=5)
    source.open({})
    source.hold([1])
    assert [r.partition for r in source.poll(0.0)] == [0, 0, 0]
    assert source.poll(0.0) == []
    assert list(source.behind()) == [1]
    source.hold([])
    assert [r.partition for r in source.poll(0.0)] == [1, 1, 1]
    assert list(source.behind()) == []


def test_an_endless_partition_is_taken_as_it_is_polled():
    source = MemorySource("events", {0: records_at(0, count())}, poll_n=7)
    source.open({})
    assert [len(source.poll(0.0)) for _ in range(3)] == [7, 7, 7]
    assert list(source.waiting()) == [0]


def test_a_store_gives_what_was_committed_and_no_view_of_itself():
    store = MemoryStore()
    assert store.load() is None
    store.commit(b"one", {"a": {0: 1}}, {"p": b"1"})
    loaded = store.load()
    store.commit(b"two", {"a": {1: 2}, "b": {0: 5}}, {"p": None, "q": b"2"})
    assert loaded == (b"one", {"a": {0: 1}}, {"p": b"1"}, {})
    assert store.load() == (b"two", {"a": {0: 1, 1: 2}, "b": {0: 5}}, {"q": b"2"}, {})


def test_nobody_gets_what_nobody_wants():
    sink = NullSink()
    for _ in range(3):
        sink.send(b"k", b"v")
    sink.flush()
    sink.close()
    assert sink.sent == 3


def test_a_poll_brings_something():
    with pytest.raises(ValueError, match="poll_n=0"):
        MemorySource("events", {}, poll_n=0)
