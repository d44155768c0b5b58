"""The runner saves what positions belong to, hands it back, and lets each opened source be checked."""

from collections.abc import Mapping

import pytest

from streamimb.connections import Record, Source, Unavailable
from streamimb.serve import MemorySource, MemoryStore
from tests.serve.in_memory import EVENTS, Live, Service


def saved(store: MemoryStore) -> tuple[dict[str, dict[int, int]], dict[str, bytes]]:
    loaded = store.load()
    assert loaded is not None
    return loaded.positions, loaded.identities


class Named(MemorySource):
    """A source whose positions belong to a named thing; under another name it starts over."""

    def __init__(self, belongs: bytes, records: list[Record]) -> None:
        super().__init__("events", {0: records}, 50)
        self.belongs = belongs
        self.opened: list[tuple[dict[int, int], bytes]] = []

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        self.opened.append((dict(positions), identity))
        over = identity not in (b"", self.belongs)
        super().open({} if over else positions, identity)
        return {0: 0} if over else {}

    def identity(self, positions: Mapping[int, int]) -> bytes:
        return self.belongs + str(positions.get(0)).encode() if b"?" in self.belongs else self.belongs


def test_what_positions_belong_to_is_saved_with_them_and_handed_back() -> None:
    store = MemoryStore()
    Service(store, sources=[Named(b"one", EVENTS[:120])]).runner.run()
    assert saved(store)[1] == {"events": b"one"}
    same = Named(b"one", EVENTS[:150])
    service = Service(store, sources=[same])
    service.runner.run()
    assert same.opened == [({0: 120}, b"one")]
    assert (len(service.written()), service.status.started_over) == (30, 0)
    other = Service(store, sources=[Named(b"two", EVENTS[:80])])
    other.runner.run()
    assert (len(other.written()), other.status.started_over) == (80, 1)
    assert saved(store) == ({"events": {0: 80}}, {"events": b"two"})


def test_an_identity_is_of_the_positions_of_its_own_commit_and_stays_where_none_is_known() -> None:
    store = MemoryStore()
    Service(store, sources=[Named(b"?", EVENTS[:120])]).runner.run()
    assert saved(store)[1] == {"events": b"?120"}
    Service(store, sources=[MemorySource("events", {0: EVENTS[:200]})]).runner.run()
    assert saved(store) == ({"events": {0: 200}}, {"events": b"?120"})


def test_a_source_is_checked_once_it_is_open_and_before_it_is_read() -> None:
    source = Live("events", {0: EVENTS})
    asked = []

    def check(opened: Source) -> None:
        asked.append((opened, source.opens, source.polls))
        if len(asked) == 1:
            raise Unavailable("the group cannot be asked")
        raise ValueError("the state is new")

    service = Service(sources=[source], check=check)
    with pytest.raises(ValueError, match="the state is new"):
        service.runner.run()
    assert asked == [(source, 1, 0), (source, 2, 0)]
    assert service.status.waits == 1
    assert service.state is None
