# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What the values of each field look like: sums of a block of sampled events beside those of the blocks before it."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import distinct, entries, flags, number, numbers, refused, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs, log2

    from streamimb._kernels.hashing import hash_text, seed_of
else:
    from cython.cimports.libc.math import fabs, log2
    from cython.cimports.streamimb._kernels.hashing import hash_text, seed_of

M64 = cython.declare(cython.ulonglong, limits.M64)
FACTOR = cython.declare(cython.ulonglong, 0x5851F42D4C957F2D)
GOLDEN = cython.declare(cython.ulonglong, limits.GOLDEN)
LARGEST = cython.declare(cython.double, limits.LARGEST_VALUE)
SMALLEST = cython.declare(cython.double, 1e-15)  # a number nearer to 0 counts as 0
TEXTS = cython.declare(cython.int, 32)  # buckets of hashed strings
# events, numbers, strings, zeros, negatives, numbers other than 0, sum and squared sum of their log2 |v|, buckets
WIDTH = cython.declare(cython.int, 40)
EVENTS, NUMBERS, STRINGS, ZEROS, NEGATIVES, LOGS, LOG, LOG2, BUCKETS = range(9)
MOST_FIELDS = 1 << 16
LONGEST_NAME = 256  # characters
LARGEST_NAME = 1 << 63
HALF = "a FeatureProfile is one half of a FeatureDrift"


@cython.cclass
class FeatureProfile:
    """A subclass has `_judge()`, which is called when a block is full, and `_forget_alarms()`."""

    mean_gap: cython.longlong  # events from one sampled event to the next, in the mean
    block_size: cython.longlong
    most_fields: cython.longlong
    left: cython.longlong  # events until the next that is sampled
    state: cython.ulonglong  # of the generator that draws it
    sampled: cython.longlong  # in the present block
    drift_detected = cython.declare(cython.bint, visibility="public")  # the last update raised an alarm
    seed: cython.ulonglong
    places: dict[Any, int]
    now: cython.double[::1]
    reference: cython.double[::1]
    ignored: cython.longlong  # values of fields beyond the largest number

    def __cinit__(self) -> None:
        self.places = {}
        self.now, self.reference = array("d", bytes(8 * WIDTH)), array("d", bytes(8 * WIDTH))
        self.mean_gap = self.block_size = self.most_fields = self.left = 1

    def _start(self, every: int, block_size: int, most_fields: int) -> None:
        """Begin with the parameters; the caller has validated them."""
        self.mean_gap, self.block_size, self.most_fields = every, block_size, most_fields
        self.left, self.state, self.sampled, self.ignored = 1, GOLDEN, 0, 0
        self.drift_detected = False
        self.seed = seed_of(0)
        self.places = {}
        self.now, self.reference = array("d", bytes(8 * WIDTH)), array("d", bytes(8 * WIDTH))

    def update(self, x: Any) -> None:
        """Take the features of one event; one in `mean_gap` is sampled, at random distances."""
        if self.drift_detected:
            self.drift_detected = False
            self._forget_alarms()
        self.left -= 1
        if self.left > 0:
            return
        if type(x) is not dict:
            self.left = 1
            raise ValueError(f"x is {type(x).__name__}: expected a dict from field to value")
        self.state = (self.state * FACTOR + GOLDEN) & M64
        self.left = 1 + cython.cast(cython.longlong, (self.state >> 33) % (2 * self.mean_gap - 1))
        self.take(x)
        self.sampled += 1
        if self.sampled >= self.block_size:
            self.sampled = 0
            self._judge()

    def _judge(self) -> None:
        """Compare the block with the reference; a subclass implements it."""
        raise NotImplementedError(HALF)

    def _forget_alarms(self) -> None:
        """Forget the alarms of the update before; a subclass implements it."""
        raise NotImplementedError(HALF)

    @cython.cfunc
    def take(self, x: dict[Any, Any]) -> Any:
        at: cython.Py_ssize_t
        v: cython.double
        size: cython.double
        for name, value in x.items():
            place = self.places.get(name)
            if place is None:
                place = self.add_field(name)
                if place is None:
                    self.ignored += 1
                    continue
            at = place
            at *= WIDTH
            if at + WIDTH > len(self.now):  # the comparison of names has set up the detector anew
                continue
            if type(value) is float:
                v = value
            elif type(value) is str:
                self.now[at + 2] += 1.0
                self.now[at + 8 + cython.cast(cython.Py_ssize_t, hash_text(self.seed, value) >> 59)] += 1.0
                continue
            elif type(value) is int or type(value) is bool:
                v = as_double(value)
            else:
                continue  # None and what is neither a number nor a string: missing
            size = fabs(v)
            if not size <= LARGEST:
                continue
            self.now[at + 1] += 1.0
            if size < SMALLEST:
                self.now[at + 3] += 1.0
                continue
            if v < 0.0:
                self.now[at + 4] += 1.0
            size = log2(size)
            self.now[at + 5] += 1.0
            self.now[at + 6] += size
            self.now[at + 7] += size * size

    @cython.cfunc
    def add_field(self, name: Any) -> Any:
        """The place of a new field; None where there are too many."""
        n: cython.Py_ssize_t = len(self.places)
        if n >= self.most_fields or not is_kept(name):
            return None
        if (n + 1) * WIDTH > len(self.now):
            self.now = array("d", bytes(self.now) + bytes(8 * WIDTH * (n + 1)))
            self.reference = array("d", bytes(self.reference) + bytes(8 * WIDTH * (n + 1)))
        self.places[name] = n
        return n

    @property
    def _fields(self) -> list[Any]:
        """The names of the fields, in the order in which they came."""
        return list(self.places)

    def _profile(self, place: cython.Py_ssize_t, of_block: cython.bint) -> list[float]:
        """The sums of one field in the block or in the reference; without the buckets where it has no strings."""
        i: cython.Py_ssize_t
        found = self.now if of_block else self.reference
        if not 0 <= place < len(self.places):
            raise IndexError("no such field")
        at: cython.Py_ssize_t = place * WIDTH
        width: cython.Py_ssize_t = WIDTH if self.now[at + 2] + self.reference[at + 2] > 0.0 else 8
        return [float(found[i]) for i in range(at, at + width)]

    def _fold(self, place: cython.Py_ssize_t, fade: cython.double) -> None:
        """Adds the block of a field to its faded reference; a fade of 0 replaces it."""
        i: cython.Py_ssize_t
        if not 0 <= place < len(self.places):
            raise IndexError("no such field")
        for i in range(place * WIDTH, place * WIDTH + WIDTH):
            self.reference[i] = fade * self.reference[i] + self.now[i]

    def _close(self) -> None:
        """Sets the number of events of the block in each field."""
        place: cython.Py_ssize_t
        for place in range(len(self.places)):
            self.now[place * WIDTH] = self.block_size

    def _empty(self) -> None:
        """Begins a new block."""
        i: cython.Py_ssize_t
        for i in range(len(self.now)):
            self.now[i] = 0.0

    def __getstate__(self) -> dict[str, Any]:
        """The state as plain data."""
        n = 8 * WIDTH * len(self.places)
        return {
            "every": int(self.mean_gap), "block_size": int(self.block_size), "most_fields": int(self.most_fields),
            "left": int(self.left), "state": int(self.state).to_bytes(8, "little"), "sampled": int(self.sampled),
            "alarmed": bool(self.drift_detected), "ignored": int(self.ignored), "fields": list(self.places),
            "block": bytes(self.now)[:n], "reference": bytes(self.reference)[:n],
        }  # fmt: skip

    def __setstate__(self, state: Any) -> None:
        """Continue from a saved state; raises ValueError and changes nothing where it is none of this class."""
        saved = entries(
            state, "every", "block_size", "most_fields", "left", "state", "sampled", "alarmed", "ignored", "fields",
            "block", "reference",
        )  # fmt: skip
        every, block_size = whole(saved, "every", 1, 1 << 30), whole(saved, "block_size", 1, 1 << 30)
        most_fields = whole(saved, "most_fields", 1, MOST_FIELDS)
        left, sampled = whole(saved, "left", 1, 2 * every - 1), whole(saved, "sampled", 0, block_size - 1)
        alarmed, ignored = (
            bool(flags({"a": bytes([saved["alarmed"] is True])}, "a")[0]),
            whole(saved, "ignored"),
        )
        if type(saved["alarmed"]) is not bool:
            raise refused("alarmed", "True or False")
        if type(saved["state"]) is not bytes or len(saved["state"]) != 8:
            raise refused("state", "8 bytes")
        fields = distinct(saved, "fields", None, most_fields)
        if not all(type(name) is str or type(name) is int for name in fields):
            raise refused("fields", "names that are strings or whole numbers")
        n = len(fields) * WIDTH
        sums = []
        for name in ("block", "reference"):
            found = numbers(saved, name, n, -1e15, 1e15)
            for at in range(0, n, WIDTH):
                if not all(found[at + k] >= 0.0 for k in range(WIDTH) if k != LOG):
                    raise refused(name, "counts of at least 0")
                number({name: found[at + NUMBERS] + found[at + STRINGS]}, name, 0.0, 1e12)
            sums.append(array("d", bytes(found) if n else bytes(8 * WIDTH)))
        # All of it was checked: nothing is refused from here on.
        self._start(every, block_size, most_fields)
        self.left, self.sampled, self.drift_detected, self.ignored = left, sampled, alarmed, ignored
        self.state = int.from_bytes(saved["state"], "little")
        self.places = {name: i for i, name in enumerate(fields)}
        self.now, self.reference = sums


def is_kept(name: Any) -> bool:
    """Whether a field may have this name: a short string or a whole number that a state can hold."""
    if type(name) is int:
        return -LARGEST_NAME <= name < LARGEST_NAME
    if type(name) is not str or len(name) > LONGEST_NAME:
        return False
    try:
        name.encode()  # one with a lone surrogate cannot be written
    except UnicodeEncodeError:
        return False
    return True


@cython.cfunc
@cython.exceptval(check=False)
def as_double(value: Any) -> cython.double:
    """A whole number as a double; infinity where none can hold it."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")
