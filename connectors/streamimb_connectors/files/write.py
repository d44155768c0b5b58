"""Outputs as JSON lines, appended; safe on disk when `flush` returns.

Lines are written whole, so that a killed process tears at most the last one, and the next start cuts
that off: it was never flushed, so it is written again. Knows nothing of what a line says.
"""

import errno
import logging
import os
import stat

import msgspec

from streamimb.protocols import Unavailable
from streamimb_connectors.files.options import SinkOptions

_HOLD = 256 * 1024
_FOR_NOW = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
_log = logging.getLogger("streamimb.files")


class JsonLinesSink:
    """Appends one line per output to a file, or to stdout.

    Raises
    ------
    ValueError
        At construction, where the path cannot be opened for appending.
    Unavailable
        From `send` and `flush`, while the disk is full or failing; what was sent is kept and tried again.

    """

    def __init__(self, options: SinkOptions, name: str) -> None:
        self.name = name
        self._held = bytearray()
        if options.path == "-":
            self._fd = 1
        else:
            try:
                self._fd = os.open(options.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
            except OSError as error:
                raise ValueError(
                    f"sink '{name}' (files): path is '{options.path}', which cannot be opened for appending "
                    f"({error.strerror}): give a file in a directory you may write to, or -"
                ) from error
            self._mend_tail(options.path)
        # Pipes and terminals have nothing to sync, and say so with an error.
        self._regular = stat.S_ISREG(os.fstat(self._fd).st_mode)

    def send(self, key: bytes, value: bytes) -> None:
        """Takes one line; the key is in the value already."""
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

    def close(self) -> None:
        """Closes the file; stdout stays open. What was not flushed is dropped: it was not promised."""
        if self._fd > 1:
            os.close(self._fd)
        self._fd = -1
        self._held.clear()

    def _write(self) -> None:
        while self._held:
            try:
                written = os.write(self._fd, self._held)
            except OSError as error:
                if error.errno not in _FOR_NOW:
                    raise
                raise self._unavailable(error) from error
            del self._held[:written]

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable(f"sink '{self.name}': {error.strerror}")

    def _mend_tail(self, path: str) -> None:
        size = os.fstat(self._fd).st_size
        if size == 0 or not stat.S_ISREG(os.fstat(self._fd).st_mode):
            return
        tail, begin = b"", size
        while begin > 0 and b"\n" not in tail:
            step = min(_HOLD, begin)
            begin -= step
            tail = os.pread(self._fd, step, begin) + tail
        last = tail[tail.rfind(b"\n") + 1 :]
        if not last:
            return
        try:
            msgspec.json.decode(last)
        except (msgspec.DecodeError, RecursionError):
            os.ftruncate(self._fd, size - len(last))
            _log.warning("cut a torn last line of %d bytes off '%s'", len(last), path)
        else:
            os.write(self._fd, b"\n")
