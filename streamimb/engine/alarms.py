"""The alarms of one engine: numbered, counted, and kept until they are taken to be sent."""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any

import msgspec

from streamimb._kernels.saved import entries, listed, number, refused, text, whole
from streamimb.events import Alarm, AlarmRecord
from streamimb.protocols import Reading

AGAIN_N = 1_000  # events within which an alarm of the same name and fields is counted, and not sent again
MOST_NAMES = 100  # of alarms, over all sources; others are counted as OTHER
MOST_WAITING = 1_000  # alarms that nobody takes
SHOWN = 10  # the last ones, kept to be shown
MOST_FIELDS = 5
MOST_TEXT = 200  # characters of a name; a sentence may have five times as many
OTHER = "other"


class Alarms:
    """Alarms of drift detectors and of the engine itself.

    Every alarm is counted. One of the same source, name and fields as the one before is not sent again within 1,000
    events, so that a part that alarms at every event does not flood log and output.

    Cost: a few microseconds per alarm.

    Examples
    --------
    >>> alarms = Alarms()
    >>> alarms.add("features", Alarm("", "unit", ("amount",), {"factor": 100.0}, "Ask the producer."), 60.0, 0)
    >>> [alarm.sentence for alarm in alarms.take()]
    ['features: unit in amount (factor 100): Ask the producer.']
    """

    __slots__ = ("_at", "_new", "counts", "last_s", "n", "recent")

    def __init__(self) -> None:
        self.n = 0  # alarms that were sent, or wait to be
        self.counts: dict[str, dict[str, int]] = {}  # source: name: alarms, sent or not
        self.last_s: dict[str, dict[str, float]] = {}  # engine time of the last one
        self.recent: list[AlarmRecord] = []
        self._at: dict[str, dict[str, int]] = {}  # number of events at the last one that was sent
        self._new: list[AlarmRecord] = []

    def add(self, source: str, alarm: Alarm, t: float, events: int) -> None:
        """Take an alarm at engine time t, after so many events."""
        name = self._known(source, written(alarm.name))
        by_name = self.counts.setdefault(source, {})
        by_name[name] = by_name.get(name, 0) + 1
        self.last_s.setdefault(source, {})[name] = t
        fields = tuple(written(field) for field in alarm.fields[:MOST_FIELDS])
        before = self._at.setdefault(source, {})
        if events - before.get(name, -AGAIN_N) < AGAIN_N and self._same(source, name, fields):
            return
        before[name] = events
        self.n += 1
        evidence = {
            written(key): float(value) for key, value in alarm.evidence.items() if isfinite(float(value))
        }
        record = AlarmRecord(self.n, t, source, name, fields, evidence, written(alarm.look_at, 5 * MOST_TEXT))
        self.recent = [*self.recent[1 - SHOWN :], record]
        if len(self._new) < MOST_WAITING:
            self._new.append(record)

    def _known(self, source: str, name: str) -> str:
        """The name, or "other" where there are too many names."""
        if name in self.counts.get(source, ()) or sum(map(len, self.counts.values())) < MOST_NAMES:
            return name
        return OTHER

    def _same(self, source: str, name: str, fields: tuple[str, ...]) -> bool:
        found = [alarm.fields for alarm in self.recent if (alarm.source, alarm.name) == (source, name)]
        return not found or found[-1] == fields

    def of_fields(self, events: int, within: int) -> list[AlarmRecord]:
        """Return the alarms of the last events that name fields, as far as they are kept."""
        return [
            alarm
            for alarm in self.recent
            if alarm.fields and events - self._at.get(alarm.source, {}).get(alarm.name, -within) < within
        ]

    def take(self) -> list[AlarmRecord]:
        """Return the alarms since the last call, in their order."""
        taken, self._new = self._new, []
        return taken

    def readings(self) -> Iterator[Reading]:
        """Return what is exported; names of alarms are labels."""
        labels = ("source", "name")
        yield Reading(
            "alarms", "Alarms, by what raised them and what moved.", copied(self.counts), "counter", labels
        )
        yield Reading(
            "last_alarm_timestamp_seconds",
            "Engine time of the last alarm.",
            copied(self.last_s),
            labels=labels,
        )

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot; alarms that were not taken are not part of it."""
        return {
            "n": self.n,
            "counts": copied(self.counts),
            "last_s": copied(self.last_s),
            "at": copied(self._at),
            "recent": [msgspec.to_builtins(alarm) for alarm in self.recent],
        }

    @classmethod
    def of_state(cls, state: Any) -> "Alarms":
        """Return alarms with the state that `state` gave.

        Raises
        ------
        ValueError
            It is not such a state.
        """
        saved = entries(state, "n", "counts", "last_s", "at", "recent")
        made = cls()
        made.n = whole(saved, "n")
        made.counts = {
            source: {name: whole(by_name, name) for name in by_name}
            for source, by_name in _by_source(saved, "counts")
        }
        made._at = {
            source: {name: whole(by_name, name) for name in by_name}
            for source, by_name in _by_source(saved, "at")
        }
        made.last_s = {
            source: {name: number(by_name, name) for name in by_name}
            for source, by_name in _by_source(saved, "last_s")
        }
        try:
            made.recent = msgspec.convert(listed(saved, "recent", most=SHOWN), list[AlarmRecord])
        except msgspec.ValidationError as error:
            raise refused("recent", "alarms") from error
        return made


def copied(by_source: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return a copy that other threads may read.

    Cost: O(names).
    """
    return {source: dict(by_name) for source, by_name in list(by_source.items())}


def written(name: object, most: int = MOST_TEXT) -> str:
    r"""Return a name as text that can be encoded, of bounded length.

    >>> written("caf\ud800"), written(7)
    ('caf\\ud800', '7')
    """
    return str(name)[:most].encode("utf-8", "backslashreplace").decode()


def _by_source(saved: dict[str, Any], entry: str) -> Iterable[tuple[str, dict[str, Any]]]:
    found = entries(saved[entry], *saved[entry]) if type(saved[entry]) is dict else None
    if found is None or not all(type(by_name) is dict for by_name in found.values()):
        raise refused(entry, "numbers by source and name")
    for source, by_name in found.items():
        for name in (source, *by_name):
            text({entry: name}, entry)
        yield source, by_name
