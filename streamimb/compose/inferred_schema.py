"""The schema inferred from a stream where none is configured: fields, each with the kind of most of its values.

It stores how often each field had a value of each kind, but no value. The kernels `schema_check` and `sanitizing` apply
its fields as rules, and count.
"""

import re
from typing import Any

import numpy as np

from streamimb._kernels.saved import entries
from streamimb._kernels.schema_check import KINDS, SchemaCheck
from streamimb.compose.own_types import own_type
from streamimb.compose.revisions import Notes
from streamimb.compose.schema import Field, Kind, Schema

OTHER, MISSING = KINDS.index("unlearnable"), KINDS.index("no value yet")
PERIOD = 1000  # events between two revisions after the warm-up; kinds are decided anew and counts halved
ENOUGH = 20  # learnable values after which the kind of a field is settled
AT_ONCE = 100  # most fields that one event adds
LONGEST_NAME = 256  # characters


class Evidence:
    """How many recent values of one field were of each kind, or missing, and the kind in force.

    The kind is OTHER as long as no value could be learned.
    """

    __slots__ = ("counts", "kind", "settled")

    def __init__(self, kind: int) -> None:
        self.kind = min(kind, OTHER)
        self.counts = [0, 0, 0, 0, 0]
        self.settled = False

    @property
    def rule(self) -> int:
        """The kind as a rule; MISSING where the field had no value yet."""
        return MISSING if self.kind == OTHER and self.counts[OTHER] == 0 else self.kind

    @property
    def word(self) -> str:
        """The kind in words."""
        return KINDS[self.rule]

    def add(self, counts: list[int]) -> None:
        """Adds counts of values."""
        self.counts = [own + more for own, more in zip(self.counts, counts, strict=True)]

    def judge(self) -> bool:
        """Sets the kind that most values have; returns whether it changed.

        Once the kind is settled, another one needs more than two thirds of the learnable values.
        """
        learnable = self.counts[:OTHER]
        most = max(learnable)
        own = 0 if self.kind == OTHER else learnable[self.kind]
        needed = max(2 * (sum(learnable) - most), ENOUGH) if self.settled else own
        before = self.kind
        if most > needed:
            self.kind = learnable.index(most)
        return self.kind != before


class InferredSchema:
    """Fields by name, each with the kind that most of its values have.

    The first event with at most 100 fields adds them at once. Every later name has to be present in two events, so that
    a name that occurs once never becomes a field; one event adds at most 100 fields. During the warm-up every event may
    change the kind of a field, by majority. Later, kinds change only in a *revision*: when the warm-up ends and then
    every 1,000 events. In a revision the majority decides the kind of a new field; another kind needs more than two
    thirds of the values of a field that had 20 or more in an earlier revision. Then all counts are halved, rounded
    down. When there are `max_features` fields, a revision removes those in less than 1 % of recent events.

    Counts are whole numbers, so that the order of addition does not matter: a restart changes no bit.

    **Cost**: about .3 µs per value that `SchemaCheck` cannot count; .4 µs per field in a revision. **Memory**: at
    most `max_features` fields and 2 `max_features` names that were present once, of at most 256 characters.

    Parameters
    ----------
    warm_up
        Events observed until the schema is in force, > 0.
    max_features
        Most fields, > 0.
    max_text
        Most characters of a string that is learned, > 0.
    """

    __slots__ = (
        "fields", "left", "max_features", "max_text", "moved", "notes", "older", "ready", "recent", "revisions",
        "younger",
    )  # fmt: skip

    def __init__(self, warm_up: int, max_features: int, max_text: int) -> None:
        self.max_features, self.max_text = max_features, max_text
        self.fields: dict[Any, Evidence] = {}
        # Names seen once, with the kind of the value. A full dict replaces the other one, so the last `max_features`
        # new names are always known, and the cost per name is constant however many there are.
        self.younger: dict[Any, int] = {}
        self.older: dict[Any, int] = {}
        self.recent = 0  # events, halved like the counts
        self.left = warm_up  # events until the next revision
        self.ready = False  # whether the warm-up is over
        self.revisions = 0  # fields added, changed or removed after it
        self.moved = False  # whether fields or kinds differ from the rules of the last revision
        self.notes = Notes()

    # ------------------------------------------------------------------ evidence

    def observe(self, check: SchemaCheck, strangers: list[tuple[Any, int]]) -> None:
        """Adds names and kinds of one event that `check` could not count, and updates the rules of `check`."""
        fields, first = self.fields, not self.fields and len(strangers) <= AT_ONCE
        room = min(AT_ONCE, self.max_features - len(fields))
        for name, kind in strangers:
            field = fields.get(name)
            if field is not None:
                field.add(check.take_one(name))
                field.counts[kind] += 1
                if kind != field.kind and (not self.ready or field.kind == OTHER) and field.judge():
                    self.moved = True
                check.change(name, field.rule)
                continue
            if not usable(name):
                continue
            met = name in self.younger or name in self.older
            if room > 0 and (first or met):
                self._add(name, kind)
                check.add(plain(name), fields[name].rule)
                room -= 1
            elif not met:
                if len(self.younger) >= self.max_features:
                    self.older, self.younger = self.younger, {}
                self.younger[plain(name)] = kind

    def _add(self, name: Any, kind: int) -> None:
        before = self.younger.pop(name, None)
        before = self.older.pop(name, None) if before is None else before
        field = self.fields[plain(name)] = Evidence(kind)
        field.counts[kind] += 1
        if before is not None:
            field.counts[before] += 1
            if kind >= OTHER:
                field.kind = min(before, OTHER)
        self.moved = True
        if self.ready:
            self.revisions += 1
            self.notes.added(str(name))

    def fold(self, check: SchemaCheck) -> None:
        """Moves the counts of a check into the evidence."""
        events, found = check.take()
        for name, counts in found:
            self.fields[name].add(counts)
        self.recent += events
        self.left -= events

    def revise(self) -> list[Any]:
        """Revises the kinds and halves the evidence; returns the names of the fields that were removed."""
        for name, field in self.fields.items():
            before, counts = field.kind, field.counts
            if counts[before] != sum(counts) and field.judge():
                self.moved = True
                if self.ready:
                    self.revisions += 1
                    self.notes.changed(f"{name} from {KINDS[before]} to {KINDS[field.kind]}")
            field.settled = field.settled or sum(counts[:OTHER]) >= ENOUGH
        rare = self._rare()
        for name in rare:
            del self.fields[name]
        for field in self.fields.values():
            numbers, strings, bools, others, missing = field.counts
            field.counts = [numbers >> 1, strings >> 1, bools >> 1, others >> 1, missing >> 1]
            self.moved = self.moved or field.kind == OTHER  # its rule may have changed
        self.recent >>= 1
        self.left = PERIOD
        if self.ready:
            self.revisions += len(rare)
            self.notes.given_up(len(rare))
        else:
            self.ready = self.notes.whole = True
        return rare

    def _rare(self) -> list[Any]:
        """Fields to remove, because there are too many."""
        if len(self.fields) < self.max_features:
            return []
        rare = [name for name, field in self.fields.items() if 100 * sum(field.counts) < self.recent]
        self.moved = self.moved or bool(rare)
        return rare

    # ------------------------------------------------------------------ what was inferred

    def described(self) -> dict[str, dict[str, Any]]:
        """Kind of each field, and the share of recent events that have it, by name."""
        events = max(self.recent, 1)
        return {
            str(name): {
                "kind": field.word,
                "present": round(min(1.0, sum(field.counts[:MISSING]) / events), 3),
            }
            for name, field in self.fields.items()
        }

    def schema(self) -> Schema:
        """The fields that are learned, as a schema."""
        learned = {name: field for name, field in self.fields.items() if field.kind != OTHER}
        return Schema({name: Field(_TYPES[field.kind], nullable=True) for name, field in learned.items()})

    def check(self) -> SchemaCheck:
        """The fields as rules."""
        check = SchemaCheck(self.max_text, True, own_type, usable)
        for name, field in self.fields.items():
            check.add(name, field.rule)
        self.moved = False
        return self.watch(check)

    def watch(self, check: SchemaCheck) -> SchemaCheck:
        """Sets in a check when the next revision is due, and whether kinds are settled."""
        check.watch(self.left)
        check.settle(self.ready)
        return check

    def take_revisions(self) -> list[str]:
        """Sentences about what was inferred since the last call, first the whole schema; they contain no value."""
        return self.notes.take([f"{name} ({field.word})" for name, field in self.fields.items()])

    @property
    def memory_usage(self) -> int:
        """Approximate size in bytes."""
        return 512 * len(self.fields) + 256 * (len(self.younger) + len(self.older))

    # ------------------------------------------------------------------ state

    def state(self) -> dict[str, Any]:
        """The state as plain data, without the notes for the log."""
        return {
            "fields": {n: (field.kind, field.settled, *field.counts) for n, field in self.fields.items()},
            "younger": dict(self.younger),
            "older": dict(self.older),
            "recent": self.recent,
            "left": self.left,
            "ready": self.ready,
            "revisions": self.revisions,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Takes over a saved state.

        Raises
        ------
        ValueError
            Where it is not one that `state` returns.
        """
        state = entries(state, "fields", "younger", "older", "recent", "left", "ready", "revisions")
        fields, once = state["fields"], (state["younger"], state["older"])
        counts = (state["recent"], state["left"], state["revisions"])
        if not (
            all(type(names) is dict and len(names) <= self.max_features for names in (fields, *once))
            and all(usable(name) for names in (fields, *once) for name in names)
            and all(_whole(kind, MISSING) for names in once for kind in names.values())
            and all(_saved_field(field) for field in fields.values())
            and all(map(_whole, counts))
            and 0 < state["left"] <= max(self.left, PERIOD)  # before any event, self.left is the warm-up
            and type(state["ready"]) is bool
        ):
            raise ValueError("the saved state of an inferred schema is damaged: restore an earlier copy")
        for name, (kind, settled, *numbers) in fields.items():
            field = self.fields[name] = Evidence(kind)
            field.settled, field.counts = settled, numbers
        self.younger, self.older = dict(once[0]), dict(once[1])
        self.recent, self.left, self.revisions = counts
        self.ready = self.notes.whole = state["ready"]  # log the whole schema again after a restart


def usable(name: Any) -> bool:
    """Whether a field may have this name: a string or whole number that a state can hold.

    Names of subclasses of str and int are refused: their hash may differ from that of the restored name.
    """
    if type(name) is not str:
        name = plain(name)
    if type(name) is str:
        return len(name) <= LONGEST_NAME and (name.isascii() or not _SURROGATE.search(name))
    return type(name) is int and -(2**63) <= name < 2**63


def plain(name: Any) -> Any:
    """A name of a numpy type as the equal built-in value, which can be saved; any other unchanged."""
    return name.item() if type(name) is not str and isinstance(name, np.generic) else name


def _whole(number: Any, most: int = 2**63 - 1) -> bool:
    return type(number) is int and 0 <= number <= most


def _saved_field(field: Any) -> bool:
    return (
        type(field) is tuple
        and len(field) == 7
        and _whole(field[0], OTHER)
        and type(field[1]) is bool
        and all(map(_whole, field[2:]))
    )


_SURROGATE = re.compile("[\ud800-\udfff]")  # no UTF-8 text can hold one
_TYPES: tuple[Kind, ...] = ("number", "string", "bool")
