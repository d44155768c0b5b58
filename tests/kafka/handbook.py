"""The first 200,000 card payments of the handbook stream as records, and their labels a week later.

Some labels come early, some too late, some for nobody, so that every way a label can end is there to be
counted. Must not know Kafka, nor files.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow.parquet as pq

N = 200_000
WEEK_S = 7 * 86_400
TTL_S = 8 * 86_400
FEATURES = [
    "amount", "is_weekend", "is_night", "cust_nb_tx_1d", "cust_avg_amount_1d", "cust_nb_tx_7d",
    "cust_avg_amount_7d", "cust_nb_tx_30d", "cust_avg_amount_30d", "term_nb_tx_1d", "term_risk_1d",
    "term_nb_tx_7d", "term_risk_7d", "term_nb_tx_30d", "term_risk_30d",
]  # fmt: skip


class Line(NamedTuple):
    """One record: its time in seconds, its key, its JSON."""

    t: int
    key: bytes
    value: bytes


class Stream(NamedTuple):
    """Events and labels, each in order of time; and how many labels are to end how."""

    events: list[Line]
    labels: list[Line]
    early: int
    late: int
    orphaned: int


def read_stream(data: Path) -> Stream:
    """About 2 s, and 150 MB."""
    table = pq.read_table(data / "handbook_apr_jul.parquet", columns=["t", "y", *FEATURES]).slice(0, N)
    times, fraud = table["t"].to_pylist(), table["y"].to_pylist()
    columns = [table[name].to_pylist() for name in FEATURES]
    encode = msgspec.json.Encoder().encode
    events, labels = [], []
    early = late = orphaned = 0
    for i, (t, y, *values) in enumerate(zip(times, fraud, *columns, strict=True)):
        name = f"h{i}"
        features = dict(zip(FEATURES, values, strict=True))
        events.append(Line(t, name.encode(), encode({"id": name, "time": t, **features})))
        known = t + WEEK_S
        if i % 2_000 == 1_007:
            known, early = t - 3_600, early + 1
        elif i % 1_000 == 11 and i < N // 2:
            known, late = t + TTL_S + 86_400, late + 1
        labels.append(Line(known, name.encode(), encode({"id": name, "time": known, "label": y})))
        if i % 1_000 == 500 and i < N // 2:
            orphaned += 1
            labels.append(Line(t, b"nobody", encode({"id": f"nobody{i}", "time": t, "label": 1})))
    labels.sort(key=lambda line: line.t)
    return Stream(events, labels, early, late, orphaned)
