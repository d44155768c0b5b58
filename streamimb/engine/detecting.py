"""The drift detectors of one engine: what each observes, and the alarms they raise."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamimb._kernels.watch import Watch
from streamimb.drift.protocol import DriftDetector
from streamimb.engine import named_parts
from streamimb.events import Alarm
from streamimb.exportable import Exportable
from streamimb.protocols import Reading

WATCHED = ("labelled scores", "scores", "features", "delays")
OF_TWO_CLASSES = WATCHED[:2]

Found = Callable[[str, Alarm], None]


def _is_detector(name: str, detector: Any) -> bool:
    """Whether an object is a drift detector; asks it for all that an engine asks it for."""
    try:
        if not isinstance(detector, DriftDetector):
            return False
        watches, _, _ = detector.watches, detector.drift_detected, detector.alarms
        return watches in WATCHED
    except Exception as error:
        raise ValueError(
            f"drift: {name!r} is a {type(detector).__name__}, whose watches, drift_detected or alarms raises "
            f"{type(error).__name__}: mend it, because the engine asks for these with every observation"
        ) from error


class Detecting:
    """Passes on what was served and what came of it, by what each detector `watches`.

    Features are those of the event as it came, so that a field is seen to vanish that the guard replaces by its
    default, or to change that it bounds. Under a configured schema they are the fields of the schema alone, because
    others may have secrets as names. Scores and labelled scores are those that were served, without
    those of a model that is still cold. A detector that raises misses the observation; a reading that is wrong is not
    exported. `failed` counts both, and `errors` says what was wrong last, without a value. Other threads may call
    `readings`: no detector is asked for them while it is updated.

    Cost: about 50 ns per detector and observation beside the detector.

    Parameters
    ----------
    detectors
        Drift detectors by name: lower case letters, digits and underscores, a letter first.
    found
        Called with the name of a detector and each alarm that it raises.
    failed
        Called where a detector raises.

    Raises
    ------
    ValueError
        A name is not valid; an object is no `drift.protocol.DriftDetector`, or raises when it is asked for what makes
        it one; or its readings are not fit to export.
    """

    __slots__ = ("_exported", "_failed", "_found", "_raised_of", "_unread", "errors", "watch")

    def __init__(
        self, detectors: Mapping[str, DriftDetector], found: Found, failed: Callable[[], None]
    ) -> None:
        self._exported: dict[str, Exportable] = {}
        for name, detector in detectors.items():
            named_parts.check_name("drift", name)
            if not _is_detector(name, detector):
                raise ValueError(
                    f"drift: {name!r} is a {type(detector).__name__}: expected a drift detector with update(...), "
                    f"drift_detected, alarms, readings(), and one of {', '.join(WATCHED)} as watches; "
                    "drift.ForeignDetector gives one of River's these"
                )
            try:
                self._exported[name] = Exportable(detector)
            except ValueError as error:
                raise ValueError(f"drift: {name!r} cannot be exported: {error}") from error
        self._found, self._failed = found, failed
        self._raised_of: dict[str, int] = {}  # times each detector raised since the state began
        self._unread = dict.fromkeys(detectors, 0)  # times its readings were wrong since the start
        self.errors: dict[str, str] = {}
        self.watch = Watch(self.detectors, self._alarmed, self._raised)

    @property
    def failed(self) -> dict[str, int]:
        """Times each detector raised, and of this run times that its readings were not fit to export."""
        return {name: self._raised_of.get(name, 0) + n for name, n in self._unread.items()}

    def count_in(self, raised: dict[str, int]) -> None:
        """Count in this dict, which a snapshot has, how often each detector raises."""
        self._raised_of = raised

    @property
    def detectors(self) -> dict[str, Any]:
        """The detectors by name."""
        return {name: each.part for name, each in self._exported.items()}

    def resume(self, saved: Mapping[str, Any]) -> None:
        """Go on with saved detectors, of the same parameters as those here."""
        for name, detector in saved.items():
            self._exported[name].part = detector
        self.watch = Watch(self.detectors, self._alarmed, self._raised)

    @property
    def of_labels(self) -> bool:
        """Whether a detector watches labelled scores."""
        return any(detector.watches == "labelled scores" for detector in self.detectors.values())

    def check_classes(self) -> None:
        """Refuse detectors of P(True) beside classes by name."""
        for name, detector in self.detectors.items():
            if detector.watches in OF_TWO_CLASSES:
                raise ValueError(
                    f"drift: {name!r} watches {detector.watches}, which are of P(True), and there are classes by name: "
                    "leave it out"
                )

    def _alarmed(self, name: str) -> None:
        for alarm in self.detectors[name].alarms:
            self._found(name, alarm)

    def _raised(self, name: str, error: Exception) -> None:
        self._failed()
        self._raised_of[name] = self._raised_of.get(name, 0) + 1
        self.errors[name] = f"raises {type(error).__name__}"  # its message may quote a value

    def readings(self) -> Iterator[Reading]:
        """Return the readings; none where there are no detectors."""
        for name, exported in self._exported.items():
            with self.watch.gate:
                kept = exported.readings()
                if exported.fault:
                    self._unread[name] += 1
                    self.errors[name] = exported.fault
            yield from named_parts.exported(name, kept)
        if failed := self.failed:
            yield Reading(
                "detector_failures",
                "Times a drift detector raised on an observation, or had a reading that is not exported.",
                failed,
                "counter",
                ("detector",),
            )
