"""Distinguishes a file from another of the same name, by digests of bytes that were read already.

Appending to a file changes none of these bytes; replacing it, or emptying it and writing it again, does. The
comparison takes place when a source opens: a file is a closed input, so a source that is reading a file continues to
the end of that file, even if its name refers to another file by then.
"""

import hashlib
import logging
from collections.abc import Callable

import msgspec

SPAN = 4096  # bytes at the start, and bytes before the position
_log = logging.getLogger("streamimb.files")
Read = Callable[[int, int], bytes]  # (how many bytes at most, from which byte on)


class Fingerprint(msgspec.Struct, frozen=True, array_like=True):
    r"""Digests of the first and the last `SPAN` bytes of what was read of a file, `end` bytes.

    A file with the same bytes in both places counts as the same file, whatever is between them.

    Cost: two reads of `SPAN` bytes.

    >>> before, longer, other = b"one\ntwo\n", b"one\ntwo\nthree\n", b"ONE\nTWO\nTHREE\n"
    >>> def reader(data):
    ...     return lambda size, at: data[at : at + size]
    >>> fingerprint = Fingerprint.of(reader(before), end=4, size=8)
    >>> fingerprint.fits(reader(longer)), fingerprint.fits(reader(other))
    (True, False)
    """

    end: int
    size: int  # of the whole file when the fingerprint was taken
    head: bytes
    tail: bytes

    @classmethod
    def of(cls, read: Read, end: int, size: int) -> "Fingerprint":
        """Takes the fingerprint of the first `end` bytes."""
        return cls(end, size, _digest(read, 0, min(end, SPAN)), _digest(read, max(0, end - SPAN), end))

    def fits(self, read: Read) -> bool:
        """Whether the bytes are those of the fingerprint."""
        return self.fits_head(read) and _digest(read, max(0, self.end - SPAN), self.end) == self.tail

    def fits_head(self, read: Read) -> bool:
        """Whether the first bytes are those of the fingerprint."""
        return _digest(read, 0, min(self.end, SPAN)) == self.head

    def saved(self) -> bytes:
        """Returns the fingerprint as bytes, for the state."""
        return msgspec.msgpack.encode(self)


def fingerprint_of(saved: bytes, where: str) -> Fingerprint:
    """Returns the fingerprint that was saved.

    Raises
    ------
    ValueError
        The bytes are no fingerprint.

    """
    try:
        return msgspec.msgpack.decode(saved, type=Fingerprint)
    except msgspec.DecodeError as error:
        raise ValueError(
            f"{where}: the saved state holds no fingerprint of a file for this source, so another kind of "
            "source wrote it: give that one, or start with a new state"
        ) from error


def same_file(
    saved: bytes, read: Read, size: int, path: str, where: str, units: str = "bytes", unit: int = 1
) -> bool:
    """Whether the file is the one of the saved fingerprint; logs a warning where it is another one.

    `units` is the unit of the counts in the warning, and `unit` the number of bytes of one in `read`.

    Raises
    ------
    ValueError
        The file is the same but ends before the position, so that a cut cannot be distinguished from later appends.
        Also where `saved` is no fingerprint.

    """
    before = fingerprint_of(saved, where)
    if before.fits(read):
        return True
    if size < before.end and before.fits_head(read):
        raise ValueError(
            f"{where}: '{path}' is shorter than what was read of it before "
            f"({size // unit} of {before.end // unit} {units}): "
            "bring the whole file back, or start with a new state"
        )
    warn_of_another(before, path, where, units, unit)
    return False


def warn_of_another(before: Fingerprint, path: str, where: str, units: str = "bytes", unit: int = 1) -> None:
    """Logs that a file was replaced, and how much of the earlier one is not read."""
    _log.warning(
        "%s: '%s' is another file than the one read before: it is read from its start. "
        "Of the earlier one, %d of %d %s were read when the state was last saved: the rest is not read",
        where,
        path,
        before.end // unit,
        before.size // unit,
        units,
    )


def _digest(read: Read, start: int, end: int) -> bytes:
    """The digest of the bytes from `start` to `end`, or to the end of the file where that comes first."""
    return hashlib.blake2b(read(end - start, start), digest_size=16).digest()
