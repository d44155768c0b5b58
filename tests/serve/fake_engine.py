"""An engine of which every bit depends on the order of what it was given; knows no statistics."""

import math
from collections.abc import Mapping
from hashlib import blake2b
from typing import Self

import msgspec

from streamimb.events import AlarmRecord, Event, Label, Rejection, Score


class FakeEngine:
    """Remembers events until their label comes; its snapshot is a chain of digests."""

    def __init__(self) -> None:
        self.chain = b""
        self.learned = 0
        self.time = -math.inf
        self.pending: dict[str, float] = {}
        self.poison = ""  # the id it cannot digest
        self.rejections: list[Rejection] = []
        self._changed: dict[str, bytes | None] = {}
        self._alarms: list[AlarmRecord] = []  # one for every fiftieth label

    @classmethod
    def restore(cls, snapshot: bytes, rows: Mapping[str, bytes]) -> Self:
        engine = cls()
        engine.chain, engine.learned, engine.time = msgspec.msgpack.decode(
            snapshot, type=tuple[bytes, int, float]
        )
        engine.pending = {key[1:]: msgspec.msgpack.decode(row) for key, row in rows.items()}
        return engine

    def take_alarms(self) -> list[AlarmRecord]:
        taken, self._alarms = self._alarms, []
        return taken

    def on_event(self, event: Event) -> Score | Rejection:
        if event.id == self.poison:
            return Rejection("poison", id=event.id)
        self.time = max(self.time, event.t)
        self._link(f"event {event.id} {event.t} {event.x} {event.y}")
        self.pending[event.id] = event.t
        self._changed["p" + event.id] = msgspec.msgpack.encode(event.t)
        p = int.from_bytes(self.chain[:6], "big") / 2**48
        return Score(event.id, event.t, p, p, p, p, self.learned, 1.0)

    def on_label(self, label: Label) -> Rejection | None:
        if label.id not in self.pending:
            return Rejection("orphaned", id=label.id)
        self._link(f"label {label.id} {label.t} {label.y} {self.pending.pop(label.id)}")
        self._changed["p" + label.id] = None
        self.learned += 1
        if self.learned % 50 == 0:
            n = self.learned // 50
            self._alarms.append(AlarmRecord(n, label.t, "fake", "fifty", (), {"n": float(n)}, "Count on."))
        return None

    def on_rejection(self, rejection: Rejection) -> None:
        self.rejections.append(rejection)
        self._link(f"rejection {rejection}")

    def on_time(self, t: float) -> None:
        if t > self.time:
            self.time = t
            self._link(f"time {t}")

    def pass_time(self, seconds: float) -> None:
        if self.time > float("-inf"):
            self.on_time(self.time + seconds)

    def on_silence(self, seconds: float) -> None:
        self._alarms.append(AlarmRecord(0, self.time, "fake", "silence", (), {"seconds": seconds}, "Wait."))

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode((self.chain, self.learned, self.time))

    def take_changes(self) -> dict[str, bytes | None]:
        taken, self._changed = self._changed, {}
        return taken

    def _link(self, text: str) -> None:
        self.chain = blake2b(self.chain + text.encode(), digest_size=16).digest()
