"""Logs as JSON lines on stderr: rate-limited with counts, without field values, without secrets.

The message of a library's exception may quote data, so the log has only its type and the frames. Bytes are left out
too, inside any object.
"""

import logging
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from numbers import Number
from typing import Any, TextIO

import msgspec

WINDOW_S = 60.0
LIBRARY_PER_MINUTE = 3
_encode = msgspec.json.Encoder().encode


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message; for an exception the type and the frames.

    Cost: one encode per line.
    """

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its newline."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redact(_message(record)),
        }
        suppressed = record.__dict__.get("suppressed", 0)
        if suppressed:
            line["suppressed"] = suppressed
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__qualname__
            line["at"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return _encode(line).decode()


def _message(record: logging.LogRecord) -> str:
    """The text without bytes, because a client may log an answer that it cannot read, with the records in it."""
    try:
        template = str(_shown(record.msg))
        if isinstance(record.args, Mapping):
            return template % {_shown(key): _shown(value) for key, value in record.args.items()}
        return template % tuple(map(_shown, record.args)) if record.args else template
    except Exception:  # noqa: BLE001  (arguments that do not fit the template: Python's own handling would show them)
        return record.msg if isinstance(record.msg, str) else f"<{type(record.msg).__qualname__}>"


def _shown(one: object) -> object:
    """An argument unchanged, or its type where its text would contain bytes, at any depth."""
    if isinstance(one, bytes | bytearray):
        return f"<{len(one)} bytes>"
    if isinstance(one, str | Number):
        return one
    text = f"{one!s} {one!r}"
    return f"<{type(one).__qualname__}>" if "b'" in text or 'b"' in text else one


class RateLimit(logging.Filter):
    """Passes each message `same_per_minute` times a minute; the next one shows how many were left out.

    Messages are the same if logger, level and template are. Messages of a library, which may format each text itself,
    are the same if logger and level are, and are limited more. `left_out` returns the counts not yet shown, for the
    end of the process.

    Cost: one dictionary entry per template in our code, and a few per library.
    """

    def __init__(self, same_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._limit = same_per_minute
        self._clock = clock
        self._seen: dict[tuple[str, int, str], list[float]] = {}  # [window's start, let through, left out]

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record goes out; sets `record.suppressed`."""
        now = self._clock()
        room = record.name.partition(".")[0]
        ours = room == "streamimb"
        key = (record.name, record.levelno, str(record.msg)) if ours else (room, record.levelno, "")
        limit = self._limit if ours else min(self._limit, LIBRARY_PER_MINUTE)
        seen = self._seen.setdefault(key, [now, 0, 0])
        if now - seen[0] >= WINDOW_S:
            seen[0], seen[1] = now, 0
        if seen[1] >= limit:
            seen[2] += 1
            return False
        seen[1] += 1
        record.suppressed = int(seen[2])
        seen[2] = 0
        return True

    def left_out(self) -> dict[str, int]:
        """Number of records by logger that were left out and not yet reported."""
        counts: dict[str, int] = {}
        for (name, _, _), seen in self._seen.items():
            if seen[2]:
                counts[name] = counts.get(name, 0) + int(seen[2])
        return counts


class ToStderr(logging.StreamHandler[TextIO]):
    """Writes to the present `sys.stderr`, which a live table may replace."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__(sys.stderr)
        self.redact = redact
        self.setFormatter(JsonLines(redact))

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line."""
        self.stream = sys.stderr
        super().emit(record)


def set_up(level: str, same_per_minute: int, redact: Callable[[str], str]) -> RateLimit:
    """Sends the logs of this process to stderr; returns the limit, whose counts can be logged at the end."""
    handler = ToStderr(redact)
    limit = RateLimit(same_per_minute)
    handler.addFilter(limit)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A client library logs every request at level info.
    logging.getLogger("kafka").setLevel(max(logging.WARNING, root.level))
    return limit


def tell(error: BaseException) -> None:
    """Logs the traceback of an exception, also in a process that has not set up its logs yet."""
    if _ours() is None:
        set_up("info", 20, str)
    logging.getLogger("streamimb").error("failed", exc_info=error)


def redacted(text: str) -> str:
    """Return the text without the secrets of the configuration with which the logs were set up."""
    handler = _ours()
    return text if handler is None else handler.redact(text)


def _ours() -> ToStderr | None:
    return next((one for one in logging.getLogger().handlers if isinstance(one, ToStderr)), None)
