import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamimb.connections import Record
from streamimb.serve import Merge
from tests.serve.records import Clock


def records_at(partition: int, times: list[float], first: int = 0) -> list[Record]:
    return [Record(partition, first + i, t, None, b"") for i, t in enumerate(times)]


def places(taken: list[tuple[int, Record]]) -> list[tuple[int, int, int]]:
    return [(source, record.partition, record.offset) for source, record in taken]


def test_order_is_time_then_source_then_partition_then_offset():
    merge = Merge(None, Clock())
    merge.extend(1, records_at(0, [1.0, 1.0, 2.0]))
    merge.extend(0, records_at(1, [1.0, 3.0]))
    merge.extend(0, records_at(0, [1.0, 2.0]))
    for source in (0, 1):
        merge.set_open(source, [])
    assert places(merge.take(100)) == [
        (0, 0, 0),
        (0, 1, 0),
        (1, 0, 0),
        (1, 0, 1),
        (0, 0, 1),
        (1, 0, 2),
        (0, 1, 1),
    ]
    assert merge.ended
    assert merge.buffered == 0


def test_for_ever_means_nothing_passes_an_empty_lane():
    clock = Clock()
    merge = Merge(None, clock)
    merge.set_open(0, [0])
    merge.set_open(1, [0, 1])
    merge.extend(0, records_at(0, [1.0, 5.0]))
    merge.extend(1, records_at(0, [2.0]))
    clock.now += 1e9
    assert merge.take(10) == []
    merge.extend(1, records_at(1, [3.0]))
    assert places(merge.take(10)) == [(0, 0, 0), (1, 0, 0)]
    merge.set_open(1, [])
    assert places(merge.take(10)) == [(1, 1, 0), (0, 0, 1)]
    assert not merge.ended
    merge.set_open(0, [])
    assert merge.ended
    assert merge.late == 0


def test_a_wait_is_over_by_the_given_clock_and_what_is_late_is_counted():
    clock = Clock()
    merge = Merge(2.0, clock)
    merge.set_open(0, [0])
    merge.set_open(1, [0], behind=[0])
    merge.extend(0, records_at(0, [10.0]))
    assert merge.take(10) == []
    clock.now += 1.9
    merge.set_open(1, [0], behind=[0])  # another poll that brought nothing
    assert merge.take(10) == []
    assert merge.silent() == []
    clock.now += 0.2
    assert merge.silent() == [1]
    assert places(merge.take(10)) == [(0, 0, 0)]
    merge.extend(1, records_at(0, [5.0, 11.0]))
    clock.now += 5.0
    assert merge.silent() == []
    assert places(merge.take(10)) == [(1, 0, 0), (1, 0, 1)]
    assert merge.late == 1


def test_only_what_is_behind_its_end_holds_the_others():
    merge = Merge(30.0, Clock())
    merge.set_open(0, [0])
    merge.set_open(1, [0], behind=[0])
    merge.extend(0, records_at(0, [10.0]))
    assert merge.take(10) == []
    assert not merge.at_ends
    merge.set_open(1, [0])  # read to its end
    assert places(merge.take(10)) == [(0, 0, 0)]
    assert merge.at_ends
    merge.set_open(1, [0], behind=[0])  # an outage, and what came in it
    merge.extend(0, records_at(0, [20.0], first=1))
    assert merge.take(10) == []
    merge.extend(1, records_at(0, [11.0, 12.0]))
    assert places(merge.take(10)) == [(1, 0, 0), (1, 0, 1)]
    assert not merge.at_ends
    merge.set_open(1, [0])
    assert places(merge.take(10)) == [(0, 0, 1)]
    assert (merge.late, merge.silent()) == (0, [])


def test_a_partition_far_behind_another_holds_it_and_is_alone_read_on():
    merge = Merge(30.0, Clock())
    merge.set_open(0, [0, 1], behind=[0, 1])
    merge.extend(0, records_at(1, [1e6 + i for i in range(10)]))
    assert merge.take(100) == []
    assert merge.full(0, 20) == ([1], False)
    assert merge.full(0, 21) == ([1], False)
    assert merge.full(0, 22) == ([], False)
    merge.extend(0, records_at(0, [1.0, 2.0]))
    assert places(merge.take(100)) == [(0, 0, 0), (0, 0, 1)]
    merge.set_open(0, [0, 1], behind=[1])
    assert len(merge.take(100)) == 10


def test_a_source_with_enough_of_every_partition_is_full():
    merge = Merge(30.0, Clock())
    assert merge.full(0, 10) == ([], True)  # nothing is open
    merge.set_open(0, [0, 1], behind=[0])
    merge.extend(0, records_at(0, [1.0] * 5))
    merge.extend(0, records_at(1, [1.0] * 5))
    assert merge.full(0, 10) == ([0, 1], True)
    assert merge.full(0, 1) == ([0, 1], True)  # each may have one


def test_no_wait_hands_on_what_is_there():
    merge = Merge(0, Clock())
    merge.set_open(0, [0])
    merge.set_open(1, [0])
    merge.extend(0, records_at(0, [3.0, 1.0]))
    assert places(merge.take(1)) == [(0, 0, 0)]
    assert merge.held(0) == 1
    assert places(merge.take(9)) == [(0, 0, 1)]
    assert merge.late == 0  # out of order in itself, nobody passed it
    merge.extend(1, records_at(0, [2.0]))
    assert places(merge.take(9)) == [(1, 0, 0)]
    assert merge.late == 1
    assert not merge.ended


def test_a_time_that_is_no_number_comes_at_once():
    merge = Merge(None, Clock())
    merge.extend(0, records_at(0, [1.0, math.nan, 2.0]))
    merge.extend(1, records_at(0, [1.5]))
    merge.set_open(0, [])
    merge.set_open(1, [])
    assert places(merge.take(9)) == [(0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 0, 2)]


def test_fault_31_a_clock_that_jumps_moves_no_record():
    # Waits are by the monotonic clock the runner is given; even if that one jumped, order and bounds hold.
    clock = Clock()
    merge = Merge(2.0, clock)
    merge.set_open(0, [0])
    merge.set_open(1, [0], behind=[0])
    merge.extend(0, records_at(0, [1.0, 2.0]))
    clock.now -= 1e6
    assert merge.take(10) == []
    merge.extend(1, records_at(0, [1.5]))
    merge.set_open(1, [])
    assert places(merge.take(10)) == [(0, 0, 0), (1, 0, 0), (0, 0, 1)]


@pytest.mark.parametrize("wait_s", [-1.0, math.nan])
def test_a_wrong_wait_says_what_to_give(wait_s):
    with pytest.raises(ValueError, match="wait_s"):
        Merge(wait_s, Clock())


TIMES = st.lists(st.integers(0, 5).map(float), max_size=12)


@given(
    queues=st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2)), TIMES, min_size=1, max_size=5),
    chunks=st.lists(st.integers(1, 4), min_size=1, max_size=8),
    limit=st.integers(1, 5),
    cut=st.integers(0, 30),
)
def test_the_order_is_a_function_of_the_input_and_goes_on_after_a_cut(queues, chunks, limit, cut):
    full = {place: records_at(place[1], times) for place, times in queues.items()}

    def run(
        rest: dict[tuple[int, int], list[Record]], sizes: list[int], limit: int
    ) -> list[tuple[int, int, int]]:
        rest = {place: list(records) for place, records in rest.items()}
        merge = Merge(None, Clock())

        def say() -> None:
            for source in range(3):
                merge.set_open(source, [p for (s, p), records in rest.items() if s == source and records])

        say()
        order: list[tuple[int, int, int]] = []
        turn = 0
        while any(rest.values()) or not merge.ended:
            for (source, _), records in rest.items():
                size = sizes[turn % len(sizes)]
                turn += 1
                merge.extend(source, records[:size])
                del records[:size]
            say()
            order += places(merge.take(limit))
        return order

    order = run(full, [1000], 1000)
    assert run(full, chunks, limit) == order
    assert sorted(order) == sorted((s, p, r.offset) for (s, p), records in full.items() for r in records)
    seen = order[:cut]
    rest = {
        (s, p): [r for r in records if (s, p, r.offset) not in set(seen)] for (s, p), records in full.items()
    }
    assert seen + run(rest, chunks, limit) == order
