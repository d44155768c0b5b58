"""Outputs as JSON lines, appended to a file; they are on disk when `flush` returns.

A killed process may leave an incomplete last line. The next start removes it; it was not flushed, so it is written
again.
"""

import errno
import fcntl
import logging
import os
import stat

import msgspec

from streamimb.connections import Unavailable
from streamimb_connectors.files.options import SinkOptions

_HOLD = 256 * 1024
_TEMPORARY = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
_log = logging.getLogger("streamimb.files")


class JsonLinesSink:
    """Appends one line per output to a file, or to stdout.

    When the disk is full, the sink drops the outputs since the last flush and truncates the file to its
    length at that flush. The caller sends them again (`serve.resending_sink`), and no line is written twice.

    Raises
    ------
    ValueError
        At construction, where the path cannot be opened for appending, or another sink uses it.
    Unavailable
        From `send` and `flush`, while the disk is full or failing.

    """

    def __init__(self, options: SinkOptions, name: str) -> None:
        self.name = name
        self._held = bytearray()
        if options.path == "-":
            self._fd = 1
        else:
            self._fd = _open_alone(options.path, name)
            _remove_incomplete_line(self._fd, options.path)
        kind = os.fstat(self._fd)
        # Pipes and terminals raise an error at fsync.
        self._regular = stat.S_ISREG(kind.st_mode) and self._fd > 2
        self._safe = kind.st_size if self._regular else 0  # bytes that were flushed

    def send(self, key: bytes, value: bytes) -> None:
        """Writes one line; the value contains the key."""
        self._held += value
        self._held += b"\n"
        if len(self._held) >= _HOLD:
            self._write()

    def flush(self) -> None:
        """Returns when everything sent is on the disk."""
        self._write()
        if self._regular:
            try:
                os.fsync(self._fd)
            except OSError as error:
                raise self._unavailable(error) from error
            self._safe = os.lseek(self._fd, 0, os.SEEK_END)

    def close(self) -> None:
        """Closes the file; stdout stays open. Outputs that were not flushed are dropped."""
        if self._fd > 2:
            os.close(self._fd)
        self._fd = -1
        self._held.clear()

    def _write(self) -> None:
        while self._held:
            try:
                written = os.write(self._fd, self._held)
            except OSError as error:
                raise self._unavailable(error) from error
            del self._held[:written]

    def _unavailable(self, error: OSError) -> Exception:
        if error.errno not in _TEMPORARY:
            return error
        self._held.clear()
        if self._regular:
            os.ftruncate(self._fd, self._safe)
        return Unavailable(f"sink '{self.name}': {error.strerror}")


def _open_alone(path: str, name: str) -> int:
    where = f"sink '{name}' (files): path is '{path}'"
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise ValueError(
            f"{where}, which cannot be opened for appending ({error.strerror}): "
            "give a file in a directory you may write to, or -"
        ) from error
    try:
        # Two sinks on one file would cut off each other's lines.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise ValueError(f"{where}, which another sink writes to: give each its own file") from error
    return fd


def _remove_incomplete_line(fd: int, path: str) -> None:
    kind = os.fstat(fd)
    tail, begin = b"", kind.st_size if stat.S_ISREG(kind.st_mode) else 0
    while begin > 0 and b"\n" not in tail:
        step = min(_HOLD, begin)
        begin -= step
        tail = os.pread(fd, step, begin) + tail
    last = tail[tail.rfind(b"\n") + 1 :]
    if not last:
        return
    try:
        msgspec.json.decode(last)
    except (msgspec.DecodeError, RecursionError):
        os.ftruncate(fd, kind.st_size - len(last))
        _log.warning("removed an incomplete last line (%d bytes) from '%s'", len(last), path)
    else:
        os.write(fd, b"\n")
