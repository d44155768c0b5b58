"""Events as JSON messages under the names of a payment stream, drawn once and decoded anew for every use.

Both ways of decoding give a new dict with new value objects. `json.loads` also makes new key objects; msgspec shares
the key objects of most names between messages (of all but `day_of_week` here: names that share a place in its cache
replace one another).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

Features = dict[str, Any]
Decode = Callable[[bytes], Any]

SIZE = 12_000  # messages of a stream; it repeats after these, under new ids
T0 = 1_600_000_000  # seconds, the time of the first message; one message a second

NUMBERS = (
    "amount", "merchant_category", "hour_of_day", "day_of_week", "account_age_days", "card_age_days",
    "amount_mean_1h", "amount_mean_24h", "amount_mean_30d", "amount_std_30d", "transactions_1h", "transactions_24h",
    "transactions_7d", "declined_24h", "distance_from_home_km", "distance_from_last_km", "minutes_since_last",
    "terminal_risk", "merchant_risk", "country_risk", "device_age_days", "device_accounts", "ip_distance_km",
    "session_length_s", "pages_viewed", "typing_speed", "basket_size", "discount_share", "credit_limit",
    "balance_share",
)  # fmt: skip
CATEGORIES = (
    "country", "currency", "merchant_category", "merchant_id", "terminal_type", "channel", "card_brand", "card_type",
    "issuer", "device_os", "device_model", "browser", "language", "timezone", "email_domain", "shipping_country",
    "billing_country", "entry_mode", "auth_method", "customer_segment",
)  # fmt: skip
VALUES = 20  # of each category, the k-th as frequent as 1/k
CLASSES = ("approved", "declined", "disputed", "refunded", "stolen")
CLASS_LOGITS = (6.5, 2.5, 2.0, 1.0, 0.5)

msgspec_decode: Decode = msgspec.json.Decoder().decode
json_decode: Decode = json.loads


class Stream(NamedTuple):
    """The features of each message as JSON, without the opening brace, and its label."""

    bodies: list[bytes]
    labels: list[Any]

    def message(self, i: int) -> bytes:
        """The i-th message: an id of its own, its time, and its features."""
        return b'{"id":"e%d","time":%d,%b' % (i, T0 + i, self.bodies[i % SIZE])

    def labelled_message(self, i: int) -> bytes:
        """The same with its label in it."""
        body = self.bodies[i % SIZE]
        return b'{"id":"e%d","time":%d,"label":%d,%b' % (i, T0 + i, self.labels[i % SIZE], body)

    def features(self, i: int, decode: Decode) -> Features:
        """The features of the i-th message, decoded anew."""
        x: Features = decode(self.message(i))
        del x["id"], x["time"]
        return x

    def label(self, i: int) -> Any:
        return self.labels[i % SIZE]

    def changed(self, change: Callable[[Features, int], Features]) -> Stream:
        """The stream with the features of each message changed; NaN is written as Python's json writes it."""
        bodies = []
        for i, body in enumerate(self.bodies):
            x = change(msgspec_decode(b"{" + body), i)
            bodies.append(json.dumps(x, separators=(",", ":")).encode()[1:])
        return Stream(bodies, self.labels)


def _bodies(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[bytes]:
    return [msgspec.json.encode(dict(zip(names, row, strict=True)))[1:] for row in rows]


def _drawn(rng: np.random.Generator, z: NDArray[np.float64]) -> list[bool]:
    labels: list[bool] = (rng.random(len(z)) < 1.0 / (1.0 + np.exp(-z))).tolist()
    return labels


@functools.cache
def floats() -> Stream:
    """30 normal numbers, about 1 % positives."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((SIZE, len(NUMBERS))).round(4)
    labels = _drawn(rng, x @ rng.normal(0.0, 0.35, len(NUMBERS)) - 6.7)
    return Stream(_bodies(NUMBERS, x.tolist()), labels)


@functools.cache
def strings() -> Stream:
    """20 categories of 12 characters, about 1 % positives."""
    rng = np.random.default_rng(0)
    often = 1.0 / np.arange(1, VALUES + 1)
    codes = rng.choice(VALUES, (SIZE, len(CATEGORIES)), p=often / often.sum())
    weights = rng.normal(0.0, 0.5, (len(CATEGORIES), VALUES))
    labels = _drawn(rng, weights[np.arange(len(CATEGORIES)), codes].sum(axis=1) - 7.1)
    rows = [[f"value{i:02d}_{k:04d}" for i, k in enumerate(row)] for row in codes.tolist()]
    return Stream(_bodies(CATEGORIES, rows), labels)


@functools.cache
def five_classes() -> Stream:
    """30 normal numbers, and one of five labels: about 92, 4, 2.5, .7 and .7 %."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((SIZE, len(NUMBERS))).round(4)
    z = x @ rng.normal(0.0, 0.2, (len(NUMBERS), len(CLASSES))) + np.array(CLASS_LOGITS)
    codes = (z + rng.gumbel(size=z.shape)).argmax(axis=1)
    return Stream(_bodies(NUMBERS, x.tolist()), [CLASSES[k] for k in codes.tolist()])


def changing_name(k: int) -> str:
    return f"spend_{k:05d}"


@functools.cache
def changing_names(known: int, each: int = 20) -> Stream:
    """`each` normal numbers a message, their names drawn from `known` names, about 1 % positives."""
    rng = np.random.default_rng(0)
    bodies = []
    for values in rng.standard_normal((SIZE, each)).round(4).tolist():
        names = map(changing_name, rng.choice(known, each, replace=False).tolist())
        bodies.append(msgspec.json.encode(dict(zip(names, values, strict=True)))[1:])
    return Stream(bodies, (rng.random(SIZE) < 0.01).tolist())
