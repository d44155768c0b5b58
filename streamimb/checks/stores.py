"""The laws of a `StateStore`: a commit is stored whole or not at all, and outlives its process.

A law takes a function that opens the store at one place, which is empty at first; it is called again after a close:
`for law in checks.STORE_LAWS: law(open_store)`, with a new place for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamimb.checks.parts import LawBroken, require
from streamimb.connections import Saved

OpenStore = Callable[[], Any]
StoreLaw = Callable[[OpenStore], None]

POSITIONS = {"events": {0: 5, 1: 7}, "labels": {0: 2**62}}
ROWS = {"pa": b"1", "p\x00\n'; --": b"", "pключ": bytes(range(256)) * 400}
FIRST = Saved(b"first\x00\xff", POSITIONS, ROWS, {"events": b"\x00file"})


class _StopError(Exception):
    """Raised in the middle of a commit."""


class _Stopping(Mapping[str, bytes | None]):
    """Changes that cannot be read to their end."""

    rows: Mapping[str, bytes | None] = {"pa": None, "pnew": b"new", "plast": b"last"}

    def __getitem__(self, key: str) -> bytes | None:
        return self.rows[key]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        yield from ("pa", "pnew")
        raise _StopError


def _commit(store: Any, saved: Saved) -> None:
    store.commit(saved.snapshot, saved.positions, saved.rows, saved.identities)


def _holds(open_store: OpenStore, store: Any, wanted: Saved | None, when: str) -> Any:
    """Require that the store loads this, now and after reopening; return the reopened store."""
    require(store.load() == wanted, f"{when} it loads something else than was committed")
    store.close()
    again = open_store()
    require(again.load() == wanted, f"{when} and opened again, it loads something else than was committed")
    return again


def nothing_is_loaded_before_a_commit(open_store: OpenStore) -> None:
    """An empty place loads as None, also when opened again."""
    _holds(open_store, open_store(), None, "before any commit").close()


def what_is_committed_is_loaded(open_store: OpenStore) -> None:
    """Snapshot, positions, rows and identities of any bytes, as built-in types."""
    store = open_store()
    _commit(store, FIRST)
    store = _holds(open_store, store, FIRST, "after a commit")
    loaded = store.load()
    require(isinstance(loaded, Saved), f"load gives a {type(loaded).__name__}: expected a protocols.Saved")
    require(
        all(
            type(value) is bytes
            for value in (loaded.snapshot, *loaded.rows.values(), *loaded.identities.values())
        ),
        "load gives something else than bytes",
    )
    store.close()


def a_commit_changes_what_it_names(open_store: OpenStore) -> None:
    """A row of None is deleted, known or not; positions, rows and identities that are not named stay."""
    store = open_store()
    _commit(store, FIRST)
    store.commit(b"second", {"events": {1: 9}}, {"pa": None, "punknown": None, "pb": b"2"})
    rows = {key: row for key, row in ROWS.items() if key != "pa"} | {"pb": b"2"}
    positions = {**POSITIONS, "events": {0: 5, 1: 9}}
    store = _holds(open_store, store, Saved(b"second", positions, rows, FIRST.identities), "after a change")
    store.commit(b"third", {}, {}, {"labels": b"topic"})
    identities = {**FIRST.identities, "labels": b"topic"}
    _holds(open_store, store, Saved(b"third", positions, rows, identities), "after an identity").close()


def a_commit_that_fails_changes_nothing(open_store: OpenStore) -> None:
    """Where the changes cannot be read to their end the last commit stays whole, and the next one works."""
    store = open_store()
    _commit(store, FIRST)
    try:
        store.commit(b"broken", {"events": {0: 99}}, _Stopping(), {"events": b"other"})
    except _StopError:
        store = _holds(open_store, store, FIRST, "after a commit that failed")
    else:
        raise LawBroken("it swallowed the error of changes that cannot be read: the commit was not whole")
    store.commit(b"next", {}, {"pa": b"2"})
    wanted = FIRST._replace(snapshot=b"next", rows={**ROWS, "pa": b"2"})
    _holds(open_store, store, wanted, "after the commit that followed").close()


def the_store_keeps_copies(open_store: OpenStore) -> None:
    """Changing what was committed, or what was loaded, does not change the store."""
    positions, rows = {"events": {0: 5}}, {"pa": b"1"}
    store = open_store()
    store.commit(b"first", positions, rows)
    positions["events"][0], rows["pa"] = 9, b"9"
    wanted = Saved(b"first", {"events": {0: 5}}, {"pa": b"1"}, {})
    loaded = store.load()
    require(loaded == wanted, "changing what was committed changed the store")
    loaded.positions["events"][0], loaded.rows["pa"] = 9, b"9"
    _holds(open_store, store, wanted, "after what was loaded changed").close()


STORE_LAWS: tuple[StoreLaw, ...] = (
    nothing_is_loaded_before_a_commit,
    what_is_committed_is_loaded,
    a_commit_changes_what_it_names,
    a_commit_that_fails_changes_nothing,
    the_store_keeps_copies,
)
