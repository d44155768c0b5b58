import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from streamimb.connections import Unavailable
from streamimb.serve import SqliteStore, StoreCorruptError, StoreError, StoreLockedError, read_state

POSITIONS = {"events": {0: 5, 1: 7}, "labels": {0: 2}}


def test_what_is_committed_is_loaded(tmp_path):
    path = tmp_path / "state.db"
    with SqliteStore(path) as store:
        assert store.load() is None
        store.commit(b"one", POSITIONS, {"pa": b"1", "pb": b"2"})
        store.commit(b"two", {"events": {0: 6}}, {"pa": None, "pc": b"", "gone": None})
    for _ in range(2):
        with SqliteStore(path) as store:
            assert store.load() == (
                b"two",
                {"events": {0: 6, 1: 7}, "labels": {0: 2}},
                {"pb": b"2", "pc": b""},
                {},
            )


def test_identities_are_saved_with_the_positions_and_stay_until_replaced(tmp_path):
    path = tmp_path / "state.db"
    with SqliteStore(path) as store:
        store.commit(b"one", POSITIONS, {}, {"events": b"\x00file", "labels": b"topic"})
        store.commit(b"two", {"events": {0: 6}}, {}, {"events": b"other"})
        store.commit(b"three", POSITIONS, {})
    with SqliteStore(path) as store:
        both = read_state(path), store.load()
    for saved in both:
        assert saved is not None
        assert saved.identities == {"events": b"other", "labels": b"topic"}


def test_any_key_and_position_fits(tmp_path):
    rows = {"p\u0000\n": b"\x00", "pключ": b"x" * 100_000, "p'; DROP TABLE rows": b"1"}
    with SqliteStore(tmp_path / "state.db") as store:
        store.commit(b"", {"a": {0: 2**62}}, rows)
        assert store.load() == (b"", {"a": {0: 2**62}}, rows, {})


def test_a_commit_that_fails_leaves_the_one_before(tmp_path):
    def broken():
        yield "pb", b"2"
        raise KeyError("x")

    class Rows(dict[str, bytes]):
        def items(self):
            return broken()

    with SqliteStore(tmp_path / "state.db") as store:
        store.commit(b"one", POSITIONS, {"pa": b"1"})
        with pytest.raises(KeyError):
            store.commit(b"two", {"events": {0: 9}}, Rows())
        assert store.load() == (b"one", POSITIONS, {"pa": b"1"}, {})
        store.commit(b"two", {}, {})
        assert store.load() == (b"two", POSITIONS, {"pa": b"1"}, {})


def test_fault_58_a_full_disk_leaves_the_commit_before_and_is_waited_for(tmp_path):
    with SqliteStore(tmp_path / "state.db") as store:
        store.commit(b"one", POSITIONS, {"pa": b"1"})
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(Unavailable, match="full"):
            store.commit(b"two" * 10_000, {"events": {0: 9}}, {"pb": b"x" * 50_000})
        assert store.load() == (b"one", POSITIONS, {"pa": b"1"}, {})
        store._db.execute("PRAGMA max_page_count = 100000")
        store.commit(b"two", {"events": {0: 9}}, {"pb": b"2"})
        assert store.load() == (
            b"two",
            {"events": {0: 9, 1: 7}, "labels": {0: 2}},
            {"pa": b"1", "pb": b"2"},
            {},
        )


def test_fault_61_a_second_process_is_refused_and_told_by_whom(tmp_path):
    path = tmp_path / "state.db"
    code = "import sys; from streamimb.serve import SqliteStore; SqliteStore(sys.argv[1])"
    with SqliteStore(path):
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        error = done.stderr.splitlines()[-1]
        assert "StoreLockedError" in error
        assert str(path) in error
        assert f"process {os.getpid()} " in error
        with pytest.raises(StoreLockedError):
            SqliteStore(path)  # nor the same process twice
        assert read_state(path) is None  # but one may look
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_lock_goes_with_the_process(tmp_path):
    path = tmp_path / "state.db"
    code = (
        "import os, signal, sys; from streamimb.serve import SqliteStore; store = SqliteStore(sys.argv[1]); "
        "store.commit(b'one', {}, {}); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    with SqliteStore(path) as store:
        assert store.load() == (b"one", {}, {}, {})


def test_close_lets_go_and_may_be_repeated(tmp_path):
    store = SqliteStore(tmp_path / "state.db")
    store.close()
    store.close()
    SqliteStore(tmp_path / "state.db").close()


def filled(path: Path) -> None:
    with SqliteStore(path) as store:
        store.commit(b"model " * 5_000, POSITIONS, {f"p{i}": b"x" * 200 for i in range(500)})


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "state.db"
    filled(path)
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    path.write_bytes(data)
    with pytest.raises(StoreCorruptError, match=str(path)):
        SqliteStore(path)
    path.write_bytes(b"not a database, but long enough to be read as a header" * 100)
    with pytest.raises(StoreCorruptError, match="damaged"):
        SqliteStore(path)


def test_a_truncated_file_is_named(tmp_path):
    path = tmp_path / "state.db"
    filled(path)
    path.write_bytes(path.read_bytes()[:-40_000])
    with pytest.raises(StoreCorruptError, match="damaged"):
        SqliteStore(path)


def test_other_formats_and_other_applications_are_refused(tmp_path):
    newer, older, other = (tmp_path / f"{name}.db" for name in ("newer", "older", "other"))
    filled(newer)
    db = sqlite3.connect(newer)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="format 99"):
        SqliteStore(newer)
    filled(older)
    db = sqlite3.connect(older)
    db.execute("PRAGMA user_version = 1")
    db.close()
    for opened in (SqliteStore, read_state):
        with pytest.raises(StoreError, match="format 1 of an older version"):
            opened(older)
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE accounts (id)")
    db.commit()
    db.close()
    for opened in (SqliteStore, read_state):
        with pytest.raises(StoreError, match="another application"):
            opened(other)


def test_a_path_that_cannot_be_is_named(tmp_path):
    with pytest.raises(StoreError, match="missing"):
        SqliteStore(tmp_path / "missing" / "state.db")
    with pytest.raises(StoreError, match="no such file"):
        read_state(tmp_path / "state.db")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreError, match="folder"):
        SqliteStore(tmp_path / "folder.db")


def test_the_state_is_for_its_owner_alone(tmp_path):
    with SqliteStore(tmp_path / "state.db") as store:
        store.commit(b"one", POSITIONS, {"pa": b"1"})
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    del modes["state.db.lock"]
    assert modes == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}


def test_one_may_look_while_a_process_writes(tmp_path):
    path = tmp_path / "state.db"
    with SqliteStore(path) as store:
        store.commit(b"one", POSITIONS, {"pa": b"1"})
        assert read_state(path) == (b"one", POSITIONS, {"pa": b"1"}, {})
        store.commit(b"two", POSITIONS, {"pa": None})
        assert read_state(path) == (b"two", POSITIONS, {}, {})
    assert read_state(path) == (b"two", POSITIONS, {}, {})


def test_a_directory_is_no_state(tmp_path):
    for path in (tmp_path, Path("."), Path("/")):
        with pytest.raises(StoreError, match="is a directory: give a file"):
            SqliteStore(path)
    assert list(tmp_path.iterdir()) == []


FULL = """
import resource, sys
from streamimb.connections import Unavailable
from streamimb.serve import SqliteStore
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
try:
    SqliteStore(sys.argv[1])
except Unavailable as error:
    print(error)
"""


def test_fault_58_a_disk_that_is_full_at_the_start_is_for_later(tmp_path):
    path = tmp_path / "state.db"
    said = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True)
    assert said.stdout.startswith(f"state {path}: "), said.stderr
    SqliteStore(path).close()  # and nothing is in the way later
