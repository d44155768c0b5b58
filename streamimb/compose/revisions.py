"""Collects revisions of an inferred schema for a log, in bounded memory.

A saved state does not contain them: it would then depend on when the log was written.
"""

SHOWN = 20  # most names in one sentence


class Notes:
    """Fields added, changed and removed since the last `take`.

    **Cost**: O(1) per note. **Memory**: 40 names.
    """

    __slots__ = ("_added", "_changed", "_given_up", "_names", "_new", "whole")

    def __init__(self) -> None:
        self.whole = False  # whether the next sentence is the whole schema
        self._clear()

    def _clear(self) -> None:
        self._names: list[str] = []
        self._new: list[str] = []
        self._added = self._changed = self._given_up = 0

    def added(self, name: str) -> None:
        """Note that a field was added."""
        self._added += 1
        if len(self._names) < SHOWN:
            self._names.append(name)

    def changed(self, change: str) -> None:
        """Note that the kind of a field changed, such as "amount from number to string"."""
        self._changed += 1
        if len(self._new) < SHOWN:
            self._new.append(change)

    def given_up(self, fields: int) -> None:
        """Note that so many fields were removed."""
        self._given_up += fields

    def take(self, fields: list[str]) -> list[str]:
        """Return the sentences since the last call; `fields` is the whole schema, each field with its kind.

        >>> notes = Notes()
        >>> notes.changed("amount from number to string")
        >>> notes.take(["amount string"]), notes.take(["amount string"])
        (['inferred schema: 1 field changed: amount from number to string'], [])
        """
        said = []
        if self.whole:
            said.append(f"{_fields(len(fields))}{_listed(fields[:SHOWN], len(fields))}")
        elif self._added:
            said.append(f"{_fields(self._added)} added{_listed(self._names, self._added)}")
        if self._changed and not self.whole:
            said.append(f"{_fields(self._changed)} changed{_listed(self._new, self._changed)}")
        if self._given_up and not self.whole:
            said.append(f"{_fields(self._given_up)} given up: rare, and max_features was reached")
        self.whole = False
        self._clear()
        return [f"inferred schema: {sentence}" for sentence in said]


def _fields(n: int) -> str:
    return f"{n} field" if n == 1 else f"{n} fields"


def _listed(names: list[str], of: int) -> str:
    if not names:
        return ""
    more = f", and {of - len(names)} more" if of > len(names) else ""
    return f": {', '.join(names)}{more}"
