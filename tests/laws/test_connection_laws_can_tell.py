"""Each law of sources, sinks, state stores and label policies on a part that breaks it."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from streamimb import checks
from streamimb.engine import BothReported, PositivesReported
from streamimb.serve import MemorySink, MemorySource, MemoryStore
from tests.laws.test_connections import RECORDS


class Source(MemorySource):
    """A lawful one, to be broken."""

    def __init__(self) -> None:
        super().__init__("s", RECORDS, 7)


class WithoutName(Source):
    def __init__(self) -> None:
        super().__init__()
        self.name = ""


class TellsNoTime(Source):
    def poll(self, timeout_s: float) -> Any:
        return [msgspec.structs.replace(record, t=math.nan) for record in super().poll(timeout_s)]


class Backwards(Source):
    def poll(self, timeout_s: float) -> Any:
        return super().poll(timeout_s)[::-1]


class StartsOver(Source):
    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Any:
        return super().open({}, identity)


class SkipsOne(Source):
    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Any:
        return super().open({k: offset + 1 for k, offset in positions.items()}, identity)


class IsAlwaysAnother(Source):
    numbers = itertools.count()

    def identity(self, positions: Mapping[int, int]) -> bytes:
        return b"%d" % next(self.numbers)

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Any:
        return super().open(positions)


class HoldsNothing(Source):
    def hold(self, partitions: Any) -> None:
        pass


class LosesWhatItHeld(Source):
    def hold(self, partitions: Any) -> None:
        for partition in partitions:
            self._rest.pop(partition, None)


class WaitsForOne(Source):
    def waiting(self) -> Any:
        return list(super().waiting())[:1]


class IsBehindForEver(Source):
    def behind(self) -> Any:
        return [0]


class NeverEnds(Source):
    def waiting(self) -> Any:
        return [0]


class MovesAtCommit(Source):
    def commit(self, positions: Mapping[int, int]) -> None:
        self._start = dict.fromkeys(self.partitions, 10**9)


class ClosesOnce(Source):
    def close(self) -> None:
        if self.closed:
            raise OSError("bad file descriptor")
        self.closed = True


BROKEN_SOURCES: list[tuple[str, Callable[[], Any]]] = [
    ("records_are_sound", WithoutName),
    ("records_are_sound", TellsNoTime),
    ("records_are_sound", NeverEnds),
    ("a_partition_is_in_order", Backwards),
    ("a_position_brings_the_rest", StartsOver),
    ("a_position_brings_the_rest", SkipsOne),
    ("identity_is_of_the_content", IsAlwaysAnother),
    ("a_held_partition_brings_nothing", HoldsNothing),
    ("a_held_partition_brings_nothing", LosesWhatItHeld),
    ("waiting_ends", WaitsForOne),
    ("waiting_ends", IsBehindForEver),
    ("commit_changes_no_reading", MovesAtCommit),
]


class KeepsTheLast(MemorySink):
    def flush(self) -> None:
        self.written += self._sent[:-1]
        self._sent = self._sent[-1:]


class SendsAgain(MemorySink):
    def flush(self) -> None:
        self.written += self._sent


class WritesAHeading(MemorySink):
    def flush(self) -> None:
        if not self.written:
            self.written.append((b"", b"key,value"))
        super().flush()


class Reorders(MemorySink):
    def flush(self) -> None:
        self._sent.sort()
        super().flush()


def at_one_place(sink: Any) -> tuple[Callable[[], Any], Callable[[], list[bytes]]]:
    return lambda: sink, lambda: [value for _, value in sink.written]


def truncating() -> tuple[Callable[[], Any], Callable[[], list[bytes]]]:
    """A sink that begins with an empty file each time."""
    opened: list[MemorySink] = []

    def open_sink() -> MemorySink:
        opened.append(MemorySink())
        return opened[-1]

    return open_sink, lambda: [value for _, value in opened[-1].written]


BROKEN_SINKS: list[tuple[str, Callable[[], Any]]] = [
    ("what_is_flushed_has_arrived", lambda: at_one_place(KeepsTheLast())),
    ("what_is_flushed_has_arrived", lambda: at_one_place(Reorders())),
    ("a_second_flush_writes_nothing", lambda: at_one_place(SendsAgain())),
    ("without_outputs_nothing_is_written", lambda: at_one_place(WritesAHeading())),
    ("a_restart_appends", truncating),
]


class LoadsEmpty(MemoryStore):
    def load(self) -> Any:
        return super().load() or (b"", {}, {}, {})


class LosesIdentities(MemoryStore):
    def commit(self, snapshot: bytes, positions: Any, changes: Any, identities: Any = None) -> None:
        super().commit(snapshot, positions, changes)


class KeepsDeleted(MemoryStore):
    def commit(self, snapshot: bytes, positions: Any, changes: Any, identities: Any = {}) -> None:  # noqa: B006
        changes = {key: row for key, row in changes.items() if row is not None}
        super().commit(snapshot, positions, changes, identities)


class ForgetsOthers(MemoryStore):
    def commit(self, snapshot: bytes, positions: Any, changes: Any, identities: Any = {}) -> None:  # noqa: B006
        self._positions = {}
        super().commit(snapshot, positions, changes, identities)


class CommitsHalf(MemoryStore):
    def commit(self, snapshot: bytes, positions: Any, changes: Any, identities: Any = {}) -> None:  # noqa: B006
        for key in changes:
            super().commit(snapshot, positions, {key: changes[key]}, identities)
        super().commit(snapshot, positions, {}, identities)


class Swallows(MemoryStore):
    def commit(self, snapshot: bytes, positions: Any, changes: Any, identities: Any = {}) -> None:  # noqa: B006
        rows: dict[str, Any] = {}
        with contextlib.suppress(Exception):
            rows.update(changes)
        super().commit(snapshot, positions, rows, identities)


class HandsOutItsOwn(MemoryStore):
    def load(self) -> Any:
        saved = super().load()
        return saved and saved._replace(rows=self._rows)


BROKEN_STORES: list[tuple[str, Callable[[], Any]]] = [
    ("nothing_is_loaded_before_a_commit", LoadsEmpty),
    ("what_is_committed_is_loaded", LosesIdentities),
    ("a_commit_changes_what_it_names", KeepsDeleted),
    ("a_commit_changes_what_it_names", ForgetsOthers),
    ("a_commit_that_fails_changes_nothing", CommitsHalf),
    ("a_commit_that_fails_changes_nothing", Swallows),
    ("the_store_keeps_copies", HandsOutItsOwn),
]


TURNS = itertools.count()


class EndsBeforeItBegins(BothReported, frozen=True):
    def due(self, t: float, now: float) -> float:
        return t - 1.0


class EarlierWhenLater(BothReported, frozen=True):
    def due(self, t: float, now: float) -> float:
        return t + 10.0 if now < 1e6 else t + 5.0


class HoldsForEver(BothReported, frozen=True):
    hold_s = math.inf


class NeverCloses(PositivesReported, frozen=True):
    def due(self, t: float, now: float) -> float:
        return math.inf


class ChangesItsMind(BothReported, frozen=True):
    @property
    def learns_at_label(self) -> bool:
        return next(TURNS) % 2 == 0


class ClosesAtOnce(PositivesReported, frozen=True):
    """A window that is over before the label comes: positives are learned as negatives."""

    def due(self, t: float, now: float) -> float:
        return t - 1e-9


class ClosesLate(BothReported, frozen=True):
    """Windows of events that came alone close only after an hour more than was said."""

    def due(self, t: float, now: float) -> float:
        return t + (10.0 if now == 200.0 else 3_600.0)


BROKEN_POLICIES: list[tuple[str, Callable[[], Any]]] = [
    ("due_is_pure_and_after_the_event", EndsBeforeItBegins),
    ("a_later_event_is_not_due_earlier", EarlierWhenLater),
    ("labels_are_held_for_a_finite_time", HoldsForEver),
    ("windows_close", lambda: NeverCloses(1.0)),
    ("windows_close", ChangesItsMind),
    ("a_labelled_event_is_learned_once", lambda: ClosesAtOnce(1.0)),
    ("an_event_without_a_label_ends_once", ClosesLate),
]


def store_of(make: Callable[[], Any]) -> tuple[Callable[[], Any]]:
    store = make()
    return (lambda: store,)


KINDS: list[tuple[Any, Any, Callable[[Any], tuple[Any, ...]]]] = [
    (checks.SOURCE_LAWS, BROKEN_SOURCES, lambda make: (make,)),
    (checks.SINK_LAWS, BROKEN_SINKS, lambda make: make()),
    (checks.STORE_LAWS, BROKEN_STORES, store_of),
    (checks.LABEL_POLICY_LAWS, BROKEN_POLICIES, lambda make: (make(),)),
]
CASES = [
    pytest.param(next(law for law in laws if law.__name__ == name), make, arguments, id=f"{name}-{i}")
    for laws, broken, arguments in KINDS
    for i, (name, make) in enumerate(broken)
]


@pytest.mark.parametrize(("law", "make", "arguments"), CASES)
def test_a_broken_part_is_found_out(law: Any, make: Any, arguments: Any) -> None:
    with pytest.raises(checks.LawBroken):
        law(*arguments(make))


def test_a_source_that_closes_once_is_found_out() -> None:
    with pytest.raises(OSError, match="descriptor"):
        next(law for law in checks.SOURCE_LAWS if law.__name__ == "closing_may_be_repeated")(ClosesOnce)


def test_every_law_has_a_part_that_breaks_it() -> None:
    laws = {law.__name__ for kind, _, _ in KINDS for law in kind}
    shown = {name for _, broken, _ in KINDS for name, _ in broken}
    assert laws - shown == {"closing_may_be_repeated"}
