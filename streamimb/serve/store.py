"""The durable state store: SQLite in WAL mode, one transaction per checkpoint, one process per state.

Atomicity and the detection of damage come from SQLite; the snapshot has its own digest.
"""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from streamimb.connections import Saved, Unavailable

FORMAT = 2  # 1 had no identities
APPLICATION_ID = 0x73696D62  # "simb", by which `file` and this module recognise our databases
CACHE_KIB = (
    32_768  # ids are unordered: with SQLite's default of 2 MiB a commit of many rows is three times slower
)
# 32 MiB of log before it is copied into the database: at SQLite's default of 4 MiB a large commit waits for it
WAL_PAGES = 8_192

# temporary errors of the disk, or from other users of it: the state itself is not damaged
PASSING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
ONCE_OPEN = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}  # temporary if it was open before

TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (
    source TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (source, partition)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identities (source TEXT PRIMARY KEY, identity BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class StoreError(Exception):
    """The state cannot be used; the message says why. Waiting does not help."""


class StoreLockedError(StoreError):
    """Another process uses the state."""


class StoreCorruptError(StoreError):
    """The state is damaged."""


class SqliteStore:
    """State in one SQLite file, with its write-ahead log and a lock file beside it.

    A crash at any moment, of the process or of the machine (`synchronous=FULL`), leaves the last
    transaction whole.

    Cost: one transaction per commit: one fsync, and about 4 microseconds per changed row of 400 bytes.

    Parameters
    ----------
    path
        The database file; its directory must exist.

    Raises
    ------
    StoreLockedError
        Another process has it open.
    StoreCorruptError
        It is damaged, or not a database.
    StoreError
        It has a newer format, belongs to another application, is a directory, or cannot be opened.
    Unavailable
        Disk full or the like.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, SqliteStore(f"{folder}/state.db") as store:
    ...     store.commit(b"model", {"events": {0: 3}}, {"pa": b"x", "pb": None})
    ...     store.load()
    Saved(snapshot=b'model', positions={'events': {0: 3}}, rows={'pa': b'x'}, identities={})
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if self.path.is_dir():
            raise StoreError(f"state {path} is a directory: give a file")
        self._lock = _lock(self.path)
        try:
            self._db = _open(self.path)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(self) -> Saved | None:
        """What the last commit left, or None before any commit."""
        return _load(self._db)

    def commit(
        self,
        snapshot: bytes,
        positions: Mapping[str, Mapping[int, int]],
        changes: Mapping[str, bytes | None],
        identities: Mapping[str, bytes] = {},
    ) -> None:
        """Saves all of it or nothing; a row of None is deleted; positions and identities not named stay.

        Raises
        ------
        Unavailable
            Disk full or the like: the last commit is intact, try again.
        """
        db = self._db
        try:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?)",
                [(key, row) for key, row in changes.items() if row is not None],
            )
            db.executemany(
                "DELETE FROM rows WHERE key = ?", [(key,) for key, row in changes.items() if row is None]
            )
            db.executemany(
                "INSERT OR REPLACE INTO positions VALUES (?, ?, ?)",
                (
                    (source, partition, offset)
                    for source, places in positions.items()
                    for partition, offset in places.items()
                ),
            )
            db.executemany("INSERT OR REPLACE INTO identities VALUES (?, ?)", identities.items())
            db.execute("INSERT OR REPLACE INTO meta VALUES ('snapshot', ?)", (snapshot,))
            db.execute("COMMIT")
        except BaseException as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError) and _code(error) in PASSING | ONCE_OPEN:
                raise Unavailable(f"state {self.path}: {error}") from error
            raise

    def close(self) -> None:
        """Closes the file and releases the lock; a second call does nothing."""
        if self._lock >= 0:
            self._db.close()
            os.close(self._lock)
            self._lock = -1


def read_state(path: str | os.PathLike[str]) -> Saved | None:
    """Returns the last commit, read without the lock, so also while a process uses the state.

    Raises
    ------
    StoreError
        As `SqliteStore`; also where the file does not exist.
    """
    path = Path(path)
    if not path.is_file():
        raise StoreError(f"state {path}: there is no such file")
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            _check_kind(db, path)
            db.execute("BEGIN")  # one consistent view of all tables
            return _load(db)
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        raise _unusable(path, error) from error


def _lock(path: Path) -> int:
    """Returns the descriptor that holds the lock; the kernel releases it when the process ends."""
    place = path.with_name(path.name + ".lock")
    try:
        lock = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"state {path}: cannot open {place}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
        os.close(lock)
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise StoreError(f"state {path}: cannot lock {place}: {error.strerror}") from error
        raise StoreLockedError(
            f"state {path} is in use by process {holder or 'unknown'} (lock {place}): "
            "stop it, or give this one another path"
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def _open(path: Path) -> sqlite3.Connection:
    try:
        # rows hold features of pending events: readable by the owner only (SQLite's other files get the same mode)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"state {path} cannot be used: {error.strerror}") from error
    try:
        db = sqlite3.connect(path, isolation_level=None)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    try:
        new = not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if new:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
        _check_kind(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits at a power failure
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        db.executescript(TABLES)
        damage = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise StoreCorruptError(
                f"state {path} is damaged ({damage}): restore it, or move it away to start anew"
            )
    except sqlite3.Error as error:
        db.close()
        raise _unusable(path, error) from error
    except StoreError:
        db.close()
        raise
    return db


def _check_kind(db: sqlite3.Connection, path: Path) -> None:
    kind = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if kind != APPLICATION_ID:
        raise StoreError(f"state {path} is a database of another application: give another path")
    if version > FORMAT:
        raise StoreError(f"state {path} has format {version}, this version reads {FORMAT}: upgrade")
    if version < FORMAT:
        raise StoreError(
            f"state {path} has format {version} of an older version, this one reads {FORMAT}: "
            "move it away and start anew"
        )


def _load(db: sqlite3.Connection) -> Saved | None:
    found = db.execute("SELECT value FROM meta WHERE key = 'snapshot'").fetchone()
    if found is None:
        return None
    snapshot: bytes = found[0]
    positions: dict[str, dict[int, int]] = {}
    for source, partition, offset in db.execute("SELECT source, partition, next FROM positions"):
        positions.setdefault(source, {})[partition] = offset
    rows = dict(db.execute("SELECT key, value FROM rows"))
    identities = dict(db.execute("SELECT source, identity FROM identities"))
    return Saved(snapshot, positions, rows, identities)


def _unusable(path: Path, error: sqlite3.Error) -> StoreError | Unavailable:
    if _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreCorruptError(
            f"state {path} is damaged ({error}): restore it, or move it away to start anew"
        )
    if _code(error) in PASSING:
        return Unavailable(f"state {path}: {error}")
    return StoreError(f"state {path} cannot be used: {error}")


def _code(error: sqlite3.Error) -> int:
    """The primary result code: the low byte of the extended one."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
