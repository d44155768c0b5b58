"""Which fields of the events changed: missing, vanished, renamed, in another unit, with other values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamimb._kernels.feature_profile import MOST_FIELDS, FeatureProfile
from streamimb._kernels.saved import alike, distinct, entries, listed, row, whole
from streamimb.drift.detector import Detector
from streamimb.drift.field_change import Change, change_of, same_values
from streamimb.drift.raised import Raised
from streamimb.parameters import number, whole_between
from streamimb.protocols import Reading

LOOK_AT = {
    "renamed field": "A field has another name: change the schema or the producer, or learning starts anew for it.",
    "vanished field": "A field no longer comes: ask its producer; probabilities lack its information.",
    "new field": "A field comes for the first time: add it to the schema, or leave it out there.",
    "missing share": "A field is missing more or less often than before: ask its producer.",
    "unit": "All values of a field were multiplied by one factor: look for a changed unit, such as cents for euros.",
    "new values": "Strings come that were not there before: look at them, and at how the field is encoded.",
    "values": "The values of a field have another distribution: look at its producer and at new traffic.",
}
NAME_OF = {"vanished": "vanished field", "new": "new field"}
FADE = 0.9  # of the reference, per block
RESTLESS = 2.0  # changes of one sort, above which a field raises no alarm of that sort
CALM = 0.99  # of these, kept per block: a day of up to 100 blocks leaves a field restless
MOST_RESTLESS = 4.0  # so that a field that is still for 70 blocks is watched again
PRESENCE = ("vanished", "new", "missing share")
WARM_BLOCKS = 3  # before the first comparison
FIXED = ("every", "block_size", "most_fields")


class FeatureDrift(FeatureProfile, Detector):
    r"""Compares blocks of events with the blocks before them, field by field, and names the fields that moved most.

    One event in `every` is sampled, at random distances. Of each field a block has the share of events without it, the
    shares of strings, zeros and negatives, mean and deviation of $\log_2 |v|$ of the other numbers, and counts of
    strings in 32 hashed buckets. A field has changed where one of these differs from the reference, the last ten
    blocks (decayed), by z standard errors and by an amount that matters: .05 of a share, a quarter of a standard
    deviation, a ratio of 1.5 of deviations, a PSI of .25. A change is named by the next block, which lies wholly after
    it, so that a field that vanishes and one that appears in its place are one alarm. A change of unit is distinguished
    from other changes: all values are multiplied by a common factor such as 100, 1000 or 60, and by three standard
    deviations of $\log_2 |v|$; or by one that is known to 2 %, such as 2.54. The reference of the field then starts
    anew.

    A field whose values move again and again, such as an hour or an amount that is higher at night, raises two or three
    alarms of its values, and then none until it has been still for 70 blocks (140,000 events by default): changes
    without an alarm count too. So does one that comes and goes, for its presence. A factor of 5 and more, and of three
    standard deviations, is an alarm in any case. `feature_drift_restless` counts these fields.

    An alarm has one name and at most five fields, those that moved most first, with the evidence of the first. A NaN,
    an infinite number, one above 10^15 and None count as missing.

    **Cost**: about 10 ns per field and event; 640 bytes per field.

    Parameters
    ----------
    every
        Events from one sampled event to the next, in the mean; from 1 to 2**20.
    block
        Sampled events of a block, from 50 to 2**20: a change is found within two blocks, 4,000 events by default.
    z
        Standard errors, above 0.
    max_fields
        The largest number of fields followed, from 1 to 65,536; values of others are counted and not looked at.

    Raises
    ------
    ValueError
        Where a parameter is out of range, or a sampled x is no dict.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.FeatureDrift()
    >>> for i in range(40_000):
    ...     amount = rng.lognormvariate(3, 1)
    ...     x = {"amount": amount} if i < 20_000 else {"amount_cents": 100 * amount}
    ...     detector.update({**x, "country": rng.choice(["de", "fr"])})
    ...     for alarm in detector.alarms:
    ...         print(i, alarm.name, alarm.fields)
    23566 renamed field ('amount', 'amount_cents')

    References
    ----------
    Siddiqi, N. (2006). Credit Risk Scorecards. Wiley: the population stability index and its limit of .25.
    """

    watches = "features"
    kind = "feature_drift"
    look_at = LOOK_AT

    def __init__(self, every: int = 8, block: int = 250, z: float = 5.0, max_fields: int = 512) -> None:
        self.every = whole_between("every", every, 1, 1 << 20)
        self.block = whole_between("block", block, 50, 1 << 20)
        self.z = number("z", z, lambda given: 0.0 < given <= 100.0, "a number in (0, 100], such as 5")
        self.max_fields = whole_between("max_fields", max_fields, 1, MOST_FIELDS)
        self._start(self.every, self.block, self.max_fields)
        self._blocks = 0
        self._suspects: list[Any] = []  # fields that differed in the last block
        self._restless: dict[
            Any, list[float]
        ] = {}  # fields -> decayed numbers of changes of values and of presence
        self._alarms = Raised(LOOK_AT)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"every": 2, "block": 50, "max_fields": 20}

    def _forget_alarms(self) -> None:
        self._alarms.clear()

    def _judge(self) -> None:
        self._close()
        changes: dict[Any, Change] = {}
        suspects = []
        calmer = {name: [CALM * n for n in numbers] for name, numbers in self._restless.items()}
        self._restless = {name: numbers for name, numbers in calmer.items() if max(numbers) > 0.1}
        for place, name in enumerate(self._fields):
            change = None
            if self._blocks >= WARM_BLOCKS:
                change = change_of(self._reference(place), self._profile(place, True), self.z)
            if change is None:
                self._fold(place, FADE)
            elif name in self._suspects:
                changes[name] = change
            else:
                suspects.append(name)
        self._suspects = suspects
        self._blocks = min(self._blocks + 1, 1 << 50)
        self._raise({name: change for name, change in changes.items() if not self._is_restless(name, change)})
        for place, name in enumerate(self._fields):
            if name in changes:
                self._fold(place, 0.0)
        self._empty()

    def _is_restless(self, name: Any, change: Change) -> bool:
        """Whether changes of this sort come again and again."""
        if change.far:
            return False
        numbers = self._restless.setdefault(name, [0.0, 0.0])
        sort = 1 if change.kind in PRESENCE else 0
        numbers[sort] = min(MOST_RESTLESS, numbers[sort] + 1.0)
        return numbers[sort] > RESTLESS

    def _reference(self, place: int) -> list[float]:
        """The reference of a field; one that came in this block was absent from all others."""
        found = self._profile(place, False)
        if found[0] == 0.0:
            found[0] = self._events_of_reference()
        return found

    def _events_of_reference(self) -> float:
        blocks: float = (1.0 - FADE**self._blocks) / (1.0 - FADE)
        return blocks * self.block

    def _raise(self, changes: dict[Any, Change]) -> None:
        places = {name: place for place, name in enumerate(self._fields)}
        left = dict(changes)
        gone = [name for name, change in changes.items() if change.kind == "vanished"]
        come = [name for name, change in changes.items() if change.kind == "new"]
        for old in gone:
            for new in come:
                if new in left and same_values(
                    self._profile(places[old], False), self._profile(places[new], True), self.z
                ):
                    self._alarms.add("renamed field", (old, new), **left.pop(old).evidence)
                    del left[new]
                    break
            if len(self._alarms.now) == 10:
                break
        by_name: dict[str, list[Any]] = {}
        for name, change in sorted(left.items(), key=lambda one: -one[1].size):
            by_name.setdefault(NAME_OF.get(change.kind, change.kind), []).append(name)
        for kind, names in by_name.items():
            self._alarms.add(kind, names, fields_n=float(len(names)), **left[names[0]].evidence)
        self.drift_detected = bool(self._alarms.now)

    def _found(self) -> list[tuple[str, tuple[Any, ...], dict[str, float]]]:
        return self._alarms.now

    def _raised(self) -> Mapping[str, int]:
        return self._alarms.n

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, the followed fields, and those under suspicion."""
        yield from super().readings()
        yield Reading("feature_drift_fields", "Fields that are followed.", float(len(self._fields)))
        help = "Fields that differed in the last block; the next block decides."
        yield Reading("feature_drift_suspects", help, float(len(self._suspects)))
        restless = sum(max(numbers) > RESTLESS for numbers in self._restless.values())
        yield Reading(
            "feature_drift_restless",
            "Fields whose values, or whose presence, change again and again.",
            float(restless),
        )

    def __getstate__(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in ("every", "block", "z", "max_fields")},
            "_profiles": FeatureProfile.__getstate__(self),
            "_blocks": self._blocks,
            "_suspects": list(self._suspects),
            "_restless": [[name, *numbers] for name, numbers in self._restless.items()],
            "_alarms": self._alarms.state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state, "every", "block", "z", "max_fields", "_profiles", "_blocks", "_suspects", "_restless", "_alarms"
        )  # fmt: skip
        given = {name: saved[name] for name in ("every", "block", "z", "max_fields")}
        alike(saved["_profiles"], FeatureProfile.__getstate__(FeatureDrift(**given)), *FIXED)
        blocks = whole(saved, "_blocks", 0, 1 << 50)
        suspects = distinct(saved, "_suspects", None, saved["max_fields"])
        found = [
            listed({"_restless": one}, "_restless", 3) for one in listed(saved, "_restless", most=MOST_FIELDS)
        ]
        names = distinct({"_restless": [one[0] for one in found]}, "_restless")
        times = [row({"_restless": one[1:]}, "_restless", 2, 0.0, MOST_RESTLESS) for one in found]
        alarms = Raised.resumed(LOOK_AT, saved["_alarms"])
        FeatureProfile.__setstate__(self, saved["_profiles"])
        vars(self).update(given, _blocks=blocks, _suspects=suspects, _alarms=alarms)
        self._restless = {name: list(numbers) for name, numbers in zip(names, times, strict=True)}
