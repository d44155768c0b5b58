"""What the engine remembers of one id: an event that waits, a label that waits, an event that is over.

Each is a row that a store can keep as bytes. Knows no order, no clock, no policy.
"""

from typing import Any

import msgspec
import numpy as np

NO_LABEL, JOINED, EARLY, INLINE = range(4)  # how a pending event came by its label
LEARNED, REFUSED, STALE, EXPIRED, EVICTED = range(5)  # how an event ended


class Pending(msgspec.Struct, gc=False, array_like=True, tag="p"):
    """A scored event whose label, or whose maturity, is still to come.

    `x` is as it was served, after the guard; `raw`, `corrected` and `p` are what was served, `cold` before the
    model had learned enough positives. `t` is the time at which the event is dated, `ahead` how many seconds
    later its own time is; `memo` goes back to the model with the label.
    """

    id: str
    seq: int
    t: float
    due: float
    x: dict[str, Any]
    raw: float
    corrected: float
    p: float
    learnable: bool
    cold: bool = False
    ahead: float = 0.0
    y: bool | None = None
    t_y: float = 0.0
    origin: int = NO_LABEL
    memo: tuple[float, ...] = ()


class Held(msgspec.Struct, gc=False, array_like=True, tag="h"):
    """A label that came before its event, until engine time reaches `due`."""

    id: str
    seq: int
    t: float
    due: float
    y: bool


class Finished(msgspec.Struct, gc=False, array_like=True, tag="f"):
    """What stays of an event that is over, so that what still comes for it is told apart.

    `y` is the class it ended with; `label` is what a label said, None where none ever came.
    `raw`, `corrected`, `p` and `cold` are kept only where a label may still be measured (the event expired).
    """

    id: str
    seq: int
    due: float
    end: int
    y: bool | None
    label: bool | None
    t: float = 0.0
    raw: float = 0.0
    corrected: float = 0.0
    p: float = 0.0
    cold: bool = False


Row = Pending | Held | Finished
KEYS: dict[type, str] = {Pending: "p", Held: "h", Finished: "f"}


def _plain(value: Any) -> Any:
    """A number of numpy that a caller handed in."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError


encode_row = msgspec.msgpack.Encoder(enc_hook=_plain).encode
decode_row = msgspec.msgpack.Decoder(Row).decode
