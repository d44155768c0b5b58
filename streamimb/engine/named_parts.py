"""Parts of a user's own beside the model, each with a name: metrics and drift detectors."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from streamimb.protocols import Reading

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check_name(kind: str, name: str) -> None:
    """Raise ValueError where a name is none; `kind` is what the parts are called.

    Cost: O(1).

    Examples
    --------
    >>> check_name("metrics", "Short")
    Traceback (most recent call last):
    ValueError: metrics: 'Short' is no name: expected lower case letters, digits and _, a letter first
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{kind}: {name!r} is no name: expected lower case letters, digits and _, a letter first"
        )


def exported(name: str, found: Iterable[Reading]) -> Iterator[Reading]:
    """Yield the readings of a part as `<name of the part>_<name of the reading>`, once where the two are the same."""
    for reading in found:
        both = name if reading.name == name else f"{name}_{reading.name}"
        title = f"{name}: {reading.title}" if reading.title else ""
        yield msgspec.structs.replace(reading, name=both, title=title)
