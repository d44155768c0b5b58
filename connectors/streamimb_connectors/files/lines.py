"""JSON lines as records: the offset of a record is the byte at which its line starts.

With byte offsets a restart is one seek, however long the file.
"""

import errno
import fcntl
import logging
import os
import select
import stat
import time
from collections.abc import Collection, Mapping, Sequence

from streamimb.connections import Record
from streamimb.serve.decode import parse_as_python_writes
from streamimb.serve.record_time import Order, time_reader
from streamimb_connectors.files.fingerprint import (
    SPAN,
    Fingerprint,
    fingerprint_of,
    same_file,
    warn_of_another,
)
from streamimb_connectors.files.options import SKIP_S, SourceOptions

_CHUNK = 256 * 1024
_QUIET_S = 1.0  # after this time without a line, a pipe releases the record that waits for the next one
# The byte order mark, at the start of some files and inside concatenated ones; it is no part of a line.
_MARK = b"\xef\xbb\xbf"
_log = logging.getLogger("streamimb.files")
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL})  # of file systems without locks


class JsonLinesSource:
    """The lines of one file, or of stdin, in order, in partition 0.

    A position names the first line that starts at or after that byte, so that both "the byte after the
    last line" and "the last line's offset + 1" mean the next line. Stdin does not allow seeking: a position
    skips that many bytes where the same input is piped in again, and none where its first line is
    different.

    At the end of a file, a last line without newline is handed over where it is a whole JSON object. Else its
    writer may not have finished: the line is left, with a warning, and read at the next start. After the end of a
    pipe no more bytes come, so its last line is handed over as it is.

    Cost: memory of one batch and one line; one msgspec pass per line for its time.
    """

    def __init__(self, options: SourceOptions, name: str) -> None:
        self.name = name
        self._where = f"source '{name}'"
        self._options = options
        self._seconds = time_reader(options.time, options.time_unit)
        self._fd = -1
        self._ended = False
        self._at = 0  # the byte at which the buffer starts
        self._buffer = b""
        self._lines: list[tuple[int, bytes]] = []  # split off, with their offsets, not yet handed over
        self._next = 0  # index of the next line in _lines
        self._cut = False  # inside the rest of a line that was too long
        self._skip_to = 0  # lines that start before this byte were handed over already
        self._order = Order(options, first_waits=True)
        self._before: Fingerprint | None = (
            None  # fingerprint of the last run's input, until the pipe was compared with it
        )
        self._first = b""  # of a pipe, the first line
        self._stale = -1  # a position that belongs to the pipe of the last run
        self._forward = False  # the input does not allow seeking
        self._pipe = False  # or another file that is not regular: the next line may take long to come
        self._came = 0.0  # when the last line came
        self._held = False

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        """Starts at `positions[0]`; at the first line without a position, or where the file was replaced.

        Raises
        ------
        ValueError
            Where the file ends before the position, or where a sink writes to it, so that reading would never end.

        """
        position = positions.get(0, 0)
        if self._options.path == "-":
            self._fd = 0
        else:
            self._fd = os.open(self._options.path, os.O_RDONLY)
            self._refuse_own_output()
        self._look()
        if self._forward:
            self._skip_to = position
            self._before = fingerprint_of(identity, self._where) if identity and position else None
            return {}
        try:
            goes_on = position == 0 or self._goes_on(position, identity)
        except ValueError:
            self.close()
            raise
        if not goes_on:
            return {0: 0}
        if position > 0:
            self._skip_to = position
            self._at = self._settled_before(self._line_start_at_or_after(position))
            self._order = Order(self._options, first_waits=self._at == 0)
            os.lseek(self._fd, self._at, os.SEEK_SET)
        return {}

    def identity(self, positions: Mapping[int, int]) -> bytes:
        """A fingerprint of what was read up to the position; of a pipe, of its first line."""
        position = positions.get(0, 0)
        if position == 0 or self._fd < 0:
            return b""
        if self._forward:
            if not self._first or position == self._stale:
                return b""
            return Fingerprint.of(self._read_first, len(self._first), len(self._first)).saved()
        size = os.fstat(self._fd).st_size
        return Fingerprint.of(self._read_at, self._line_start_at_or_after(position), size).saved()

    def committed_outside(self) -> Mapping[int, int]:
        """Returns {}, because a file keeps no positions."""
        return {}

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """About `batch` lines; none after `timeout_s` without one, or `SKIP_S` of skipped ones, or at the end."""
        until = time.monotonic() + SKIP_S
        while not self._held:
            if self._next == len(self._lines) and not self._ended and not self._read_lines(timeout_s):
                return self._quiet()
            records = self._ordered()
            if records or not self.waiting() or time.monotonic() >= until:
                return records
            timeout_s = 0.0
        return []

    def waiting(self) -> Sequence[int]:
        """`[0]` until the last line was handed over."""
        return [] if self._ended and self._next == len(self._lines) else [0]

    def behind(self) -> Sequence[int]:
        """`[0]` until a regular file was read to its end; for a pipe, only while a line or more can be read now."""
        if not self._pipe or self._next < len(self._lines):
            return self.waiting()
        readable = self._fd >= 0 and select.select([self._fd], [], [], 0.0)[0]
        return self.waiting() if readable else []

    def hold(self, partitions: Collection[int]) -> None:
        """Pauses the source until the next call, where its only partition is among them."""
        self._held = 0 in partitions

    def fileno(self) -> int | None:
        """Of a pipe its descriptor; a regular file has none to wait for."""
        return self._fd if self._pipe and self._fd >= 0 else None

    def commit(self, positions: Mapping[int, int]) -> None:
        """Does nothing, because a file keeps no positions."""

    def close(self) -> None:
        """Closes the file; stdin stays open. A second call does nothing."""
        if self._fd > 0:
            os.close(self._fd)
        self._fd = -1
        self._ended = True
        self._lines, self._next, self._buffer = [], 0, b""

    def _look(self) -> None:
        self._pipe = not stat.S_ISREG(os.fstat(self._fd).st_mode)
        self._forward = self._pipe or self._options.path == "-"
        self._order = Order(self._options, first_waits=not self._pipe)

    def _goes_on(self, position: int, identity: bytes) -> bool:
        """Whether the file is the one to which the position belongs."""
        path, size = self._options.path, os.fstat(self._fd).st_size
        if identity and not same_file(identity, self._read_at, size, path, self._where):
            return False
        if position > size:
            raise ValueError(
                f"{self._where}: position {position} is beyond the end of '{path}' "
                f"({size} bytes), so it is another file than before: bring it back, or start with a new state"
            )
        return True

    def _compare(self) -> bool:
        """Compares this pipe with that of the last run; returns whether the buffer was long enough for it."""
        before = self._before
        if before is not None:
            if len(self._buffer) < min(before.end, SPAN) and not self._ended:
                return False
            if not before.fits_head(self._read_buffer):
                warn_of_another(before, self._options.path, self._where)
                self._stale, self._skip_to = self._skip_to, 0
            self._before = None
        return True

    def _read_at(self, size: int, at: int) -> bytes:
        return os.pread(self._fd, size, at)

    def _read_buffer(self, size: int, at: int) -> bytes:
        return self._buffer[at : at + size]

    def _read_first(self, size: int, at: int) -> bytes:
        return self._first[at : at + size]

    def _ordered(self) -> list[Record]:
        """Returns the records whose place in the order is known now: of the next `batch` lines, and of held ones."""
        stop = min(self._next + self._options.batch, len(self._lines))
        records: list[Record] = []
        for offset, line in self._lines[self._next : stop]:
            self._order.add(records, offset, line, self._seconds(line))
        if stop > self._next:
            self._came = time.monotonic()
        self._next = stop
        if not self.waiting():
            self._order.end(records)
        return [record for record in records if record.offset >= self._skip_to]

    def _quiet(self) -> list[Record]:
        """Returns the held records, where no line has followed for `_QUIET_S`."""
        records: list[Record] = []
        if self._pipe and time.monotonic() - self._came >= _QUIET_S:
            self._order.end(records)
        return [record for record in records if record.offset >= self._skip_to]

    def _refuse_own_output(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise ValueError(
                f"{self._where}: path is '{self._options.path}', which a sink writes to: "
                "give each its own file"
            ) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                self.close()
                raise
        else:
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def _read_lines(self, timeout_s: float) -> bool:
        """Reads lines; returns whether there was anything to read, including the end."""
        # select, not a blocking read, so that a stop signal does not wait for a quiet pipe.
        if not select.select([self._fd], [], [], timeout_s)[0]:
            return False
        chunk = self._read()
        self._lines, self._next = [], 0
        self._ended = not chunk
        if self._before is not None:
            self._buffer += chunk
            chunk = b""
            if not self._compare():
                return False
        if self._ended:
            self._end()
            return True
        if self._cut:
            end = chunk.find(b"\n") + 1
            self._at += end or len(chunk)
            self._cut = not end
            chunk = chunk[end:] if end else b""
        whole = (self._buffer + chunk).split(b"\n")
        self._buffer = whole.pop()
        for line in whole:
            self._hand_over(line)
        if len(self._buffer) > self._options.max_line_bytes:
            self._hand_over(self._buffer)
            self._at -= 1  # its newline has not come yet
            self._buffer, self._cut = b"", True
        return True

    def _end(self) -> None:
        """Hands over the last line where it has no newline, or leaves it where more of it may come."""
        *whole, rest = self._buffer.split(b"\n")
        for line in whole:
            self._hand_over(line)
        if rest and (self._pipe or _whole(rest)):
            self._hand_over(rest)
        elif rest:
            _log.warning(
                "%s: the last line of '%s' (%d bytes from byte %d on) has no newline and is not a whole JSON "
                "object: it is left, and read at the next start",
                self._where,
                self._options.path,
                len(rest),
                self._at,
            )

    def _read(self) -> bytes:
        # All available bytes of a long line: in pieces, each would cost a poll and a copy of those before it.
        pieces, size = [os.read(self._fd, _CHUNK)], _CHUNK
        while pieces[-1] and b"\n" not in pieces[-1] and size <= self._options.max_line_bytes:
            if not select.select([self._fd], [], [], 0.0)[0]:
                break
            pieces.append(os.read(self._fd, _CHUNK))
            size += _CHUNK
        return b"".join(pieces)

    def _hand_over(self, line: bytes) -> None:
        # A line that is cut off here is rejected by the decoder, which has the smaller limit.
        if self._at == 0:
            self._first = line[:SPAN]
        self._lines.append((self._at, line.removeprefix(_MARK)[: self._options.max_line_bytes]))
        self._at += len(line) + 1

    def _line_start_at_or_after(self, position: int) -> int:
        at = position - 1
        while chunk := os.pread(self._fd, _CHUNK, at):
            found = chunk.find(b"\n")
            if found >= 0:
                return at + found + 1
            at += len(chunk)
        return at

    def _settled_before(self, start: int) -> int:
        """The start of the last line before `start` that was not held; the order can be reproduced from there."""
        order, end, tail = self._order, start, b""
        place, later = start, None
        while end > 0:
            begin = max(0, end - _CHUNK)
            tail = os.pread(self._fd, end - begin, begin) + tail
            stop = begin + len(tail)
            lines = tail.split(b"\n")
            whole = lines if begin == 0 else lines[1:]
            for line in reversed(whole):
                cut = line.removeprefix(_MARK)[: self._options.max_line_bytes]
                seconds = order.bounded(self._seconds(cut))
                if seconds is not None:
                    if later is not None and not order.apart(seconds, later):
                        return place
                    place, later = stop - len(line), seconds
                stop -= len(line) + 1
            end, tail = begin, lines[0]
        return 0


def _whole(line: bytes) -> bool:
    """Whether a line is a JSON object, and so complete."""
    try:
        found = parse_as_python_writes(line.removeprefix(_MARK))
    except (ValueError, RecursionError):
        return False
    return type(found) is dict
