"""The nouns that travel: events and labels in; scores, dead letters and alarms out.

Times are in seconds.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec


class Rejection(msgspec.Struct, gc=False):
    """Why a record, or the label in it, cannot be used; `field` is a name from the configuration, never a value."""

    reason: str
    field: str = ""
    id: str = ""


class Event(msgspec.Struct, gc=False):
    """Something to be scored; `y` is its label where it brings one, a `Rejection` where that cannot be read.

    A label is True or False, or the name of a class where the service has classes.
    """

    id: str
    t: float
    x: dict[str, Any]
    y: bool | str | Rejection | None = None


class Label(msgspec.Struct, gc=False):
    """The label of an event, known at time `t`; `y` is None where an earlier label is taken back.

    `propensity` is the probability at which this label was asked for, where an engine weighs labels by it.
    """

    id: str
    t: float
    y: bool | str | None
    propensity: float | None = None


class Score(msgspec.Struct, gc=False, tag=False):
    """The answer to an event; `p` is the probability to act on (the calibrated one)."""

    id: str
    t: float
    p: float
    raw: float
    corrected: float
    calibrated: float
    model_version: int
    kept_share: float
    reasons: tuple[str, ...] = ()
    v: int = 1


class ClassScore(msgspec.Struct, gc=False, tag=False):
    """The answer to an event where classes have names: a `Score` of the decision, and the probability of each class.

    `decision` is the class whose calibrated probability is the highest in proportion to its prior; `p`, `raw`,
    `corrected` and `calibrated` are its probabilities. `classes` has the calibrated probability of each class.
    """

    id: str
    t: float
    p: float
    raw: float
    corrected: float
    calibrated: float
    model_version: int
    kept_share: float
    decision: str
    classes: dict[str, float]
    reasons: tuple[str, ...] = ()
    v: int = 1


class DecidedScore(msgspec.Struct, gc=False, tag=False):
    """The answer to an event where a decision rule is configured: a `Score`, and whether the event is acted on.

    `threshold` is the probability from which the rule acts on this event; 2 where it does not act whatever the
    probability. `because` has the features, or their reason codes, that add most to the log-odds of an event that is
    acted on.
    """

    id: str
    t: float
    p: float
    raw: float
    corrected: float
    calibrated: float
    model_version: int
    kept_share: float
    acted: bool
    threshold: float
    because: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    v: int = 1


AnyScore = Score | ClassScore | DecidedScore


class DeadLetter(msgspec.Struct, gc=False):
    """The place of a rejected record, or of a rejected label in a scored event; never its content."""

    reason: str
    input: str
    partition: int
    offset: int
    t: float
    field: str = ""
    id: str = ""
    v: int = 1


class AlarmRecord(msgspec.Struct, gc=False):
    """An alarm as it is sent: what moved, and when; names of fields and numbers behind it, never a field's value.

    `n` is its number since the state began, `t` engine time. `source` is the detector's name in the configuration, or
    "engine" for what the engine itself found.
    """

    n: int
    t: float
    source: str
    name: str
    fields: tuple[str, ...]
    evidence: dict[str, float]
    look_at: str
    v: int = 1

    @property
    def sentence(self) -> str:
        """The alarm in words, for a log or a table."""
        where = f" in {', '.join(self.fields)}" if self.fields else ""
        numbers = ", ".join(f"{name} {number:.4g}" for name, number in self.evidence.items())
        return f"{self.source}: {self.name}{where}{f' ({numbers})' if numbers else ''}: {self.look_at}"


class Alarm(NamedTuple):
    """What a drift detector found with one update."""

    title: str  # the detector and the name
    name: str  # what moved
    fields: tuple[Any, ...]  # the fields of x that moved most, where the detector watches fields
    evidence: Mapping[str, float]  # the numbers behind it
    look_at: str  # one sentence
