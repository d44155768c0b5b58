"""The rows of the engine, one per id: a pending event, a held label, or an ended event.

A store can keep each row as bytes.
"""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from streamimb._kernels import limits
from streamimb._kernels.storable import storable
from streamimb.protocols import ByClass, Probability

NO_LABEL, JOINED, EARLY, INLINE = range(4)  # how the label of a pending event came
LEARNED, REFUSED, STALE, EXPIRED, EVICTED = range(5)  # how an event ended
UNSTORABLE = "unstorable"  # the reason of an event whose features no row can hold

# What a row of a store may hold; checked where it is decoded.
FINITE = limits.FINITE  # NaN is not within bounds
Id = Annotated[str, Meta(min_length=1)]
Seq = Annotated[int, Meta(ge=0)]
Time = Annotated[float, Meta(ge=-FINITE, le=FINITE)]
Ahead = Annotated[float, Meta(ge=0.0)]
Class = Annotated[str, Meta(min_length=1)]  # the name of a class
if TYPE_CHECKING:
    Features = dict[Any, Any]
else:  # bounds that msgspec checks while decoding
    Features = dict[str | int, float | int | str | bool | None]
Origin = Annotated[int, Meta(ge=NO_LABEL, le=INLINE)]
End = Annotated[int, Meta(ge=LEARNED, le=EVICTED)]


class Pending(msgspec.Struct, gc=False, array_like=True, tag="p"):
    """A scored event that waits for its label, or for its window to close.

    `x` are the features as served, after the guard, and `beside` the columns with a role; `raw`, `corrected` and
    `calibrated` are what was served, `cold` whether the model had not yet learned enough. `t` is the time at which the
    event is dated, `ahead` how many seconds later its own time is; `memo` goes back to the model with the label.
    `by_class` is what was served of classes by name, None of True and False; `raw`, `corrected` and `calibrated` are
    then those of its decision.
    """

    id: Id
    seq: Seq
    t: Time
    due: float
    x: Features
    raw: Probability
    corrected: Probability
    calibrated: Probability
    learnable: bool
    cold: bool = False
    ahead: Ahead = 0.0
    y: bool | Class | None = None
    t_y: Time = 0.0
    origin: Origin = NO_LABEL
    memo: tuple[float, ...] = ()
    by_class: ByClass | None = None
    beside: Features | None = None  # None where there are none, as an empty dict takes 64 bytes a row
    acted: bool | None = None  # whether the decision rule acted on it; None: there was no rule

    def fields(self) -> Features:
        """Return the features, and the columns with a role."""
        return {**self.x, **self.beside} if self.beside else self.x


class Held(msgspec.Struct, gc=False, array_like=True, tag="h"):
    """A label that came before its event, until engine time reaches `due`; `propensity` is that of its record."""

    id: Id
    seq: Seq
    t: Time
    due: float
    y: bool | Class
    propensity: Probability | None = None


class Finished(msgspec.Struct, gc=False, array_like=True, tag="f"):
    """The small row of an ended event, by which later records of its id are recognised.

    `y` is the class it ended with; `label` is the class of its label, None where none came.
    `raw`, `corrected`, `calibrated`, `by_class`, `cold`, `acted` and `x` (the fields that metrics read) are kept only
    where a label may still be measured (the event expired).
    """

    id: Id
    seq: Seq
    due: float
    end: End
    y: bool | Class | None
    label: bool | Class | None
    t: Time = 0.0
    raw: Probability = 0.0
    corrected: Probability = 0.0
    calibrated: Probability = 0.0
    cold: bool = False
    by_class: ByClass | None = None
    x: Features | None = None
    acted: bool | None = None

    def fields(self) -> Features:
        """Return the fields that metrics read."""
        return self.x or {}


Row = Pending | Held | Finished
KEYS: dict[type, str] = {Pending: "p", Held: "h", Finished: "f"}


def _plain(value: Any) -> Any:
    """A numpy number as a built-in one."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError


encode_row = msgspec.msgpack.Encoder(enc_hook=_plain).encode
decode_row = msgspec.msgpack.Decoder(Row).decode
_decode_features = msgspec.msgpack.Decoder(Features).decode


def check_classes(row: Row, classes: tuple[str, ...]) -> None:
    """Refuse a row whose labels, or what was served of it, are not of these classes (of True and False: none).

    Cost: O(classes).

    Raises
    ------
    ValueError
        Saying what is wrong.
    """
    for y in (row.y, row.label) if isinstance(row, Finished) else (row.y,):
        if y is not None and (y not in classes if classes else type(y) is not bool):
            raise ValueError("the label of a row is none of the classes")
    if isinstance(row, Held):
        return
    served = row.by_class
    if served is None:
        if classes and (isinstance(row, Pending) or row.end in (EXPIRED, EVICTED)):
            raise ValueError("a row lacks what was served of each class")
    elif served.decision not in served.p or not served.p.keys() <= set(classes):
        raise ValueError("a row has the probability of a class that there is not")


def comes_back(x: dict[Any, Any]) -> bool:
    """Whether features that are written into a row are equal after it is read back.

    Names have to be strings or 64-bit integers, values numbers, strings, bools or None.

    Cost: about 6 ns a feature; a few microseconds for other types, such as numpy's.

    Examples
    --------
    >>> comes_back({"a": 1.0, 7: "b"}), comes_back({("a", "b"): 1.0}), comes_back({"a": chr(0xD800)})
    (True, False, False)
    """
    if storable(x):
        return True
    try:
        return _decode_features(encode_row(x)) == x
    except Exception:  # noqa: BLE001  a caller's own types may raise anything
        return False
