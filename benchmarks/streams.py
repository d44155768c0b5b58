"""Streams to measure on: regimes whose true P(y|x) is known, outside keep rates, and real data sets.

The regimes draw the numbers every figure of the project was measured on (numpy's `default_rng`, in a fixed
order of calls); the real sets are read where they lie and never copied. Knows no model.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Row = dict[Any, Any]

SIGNAL = 1.6  # length of the weight vector: the true P ranks with an ROC-AUC of about .86
FEATURES = 20


class Regime(NamedTuple):
    """Length, and the base rate in the first and in the second half."""

    n: int
    before: float
    after: float


REGIMES = {
    "stat1": Regime(200_000, 0.001, 0.001),
    "stat": Regime(100_000, 0.01, 0.01),
    "stat3": Regime(30_000, 0.03, 0.03),
    "shift": Regime(100_000, 0.01, 0.05),
    "jump": Regime(100_000, 0.005, 0.05),
    "down": Regime(100_000, 0.05, 0.005),
    "concept": Regime(100_000, 0.01, 0.01),  # the four largest weights change sign in the middle
    "drift": Regime(200_000, 0.004, 0.028),  # two sine cycles of the log-odds between the two rates
}

KEEP_RATES = ("const", "ramp", "jump")
CONTROLLED_SHARE = (
    1.0 / 6.0
)  # of positives among the learned, where a sampler controls the keep rate by itself


class Stream(NamedTuple):
    """Features (n, d), labels, and the true probability of each label being True."""

    x: Floats
    y: NDArray[np.bool_]
    p: Floats

    def rows(self) -> Iterator[tuple[Row, bool]]:
        names = [f"x{i}" for i in range(self.x.shape[1])]
        for start in range(0, len(self.y), 10_000):
            part = slice(start, start + 10_000)
            for values, y in zip(self.x[part].tolist(), self.y[part].tolist(), strict=True):
                yield dict(zip(names, values, strict=True)), y


def sigmoid(z: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(np.minimum(-z, 700.0)))


def intercept(rate: float, rng: np.random.Generator) -> float:
    """The b at which the mean of sigmoid(z + b), z ~ N(0, SIGNAL), is `rate`."""
    z = rng.normal(0, SIGNAL, 400_000)
    b = float(np.log(rate / (1 - rate)))
    for _ in range(100):
        p = sigmoid(z + b)
        mean = p.mean()
        # Newton on the log of the mean, which is concave in b: from anywhere, it converges
        step = float(np.log(rate / mean) * mean / (p * (1 - p)).mean())
        b += step
        if abs(step) < 1e-13:
            break
    return b


def regime(kind: str, seed: int, n: int | None = None, features: int = FEATURES) -> Stream:
    """One seeded draw of a regime."""
    length, before, after = REGIMES[kind]
    n = n or length
    rng = np.random.default_rng(seed)
    w = rng.normal(size=features)
    w *= SIGNAL / np.linalg.norm(w)
    t = np.arange(n) / n
    b0 = intercept(before, rng)
    b1 = b0 if after == before else intercept(after, rng)
    b = (
        (b0 + b1) / 2 + (b1 - b0) / 2 * np.sin(4 * np.pi * t)
        if kind == "drift"
        else np.where(t < 0.5, b0, b1)
    )
    x = rng.normal(size=(n, features))
    z = x @ w + b
    if kind == "concept":
        w[np.argsort(-np.abs(w))[:4]] *= -1
        z = np.where(t < 0.5, z, x @ w + b)
    p = sigmoid(z)
    return Stream(x, rng.random(n) < p, p)


def keep_rate(law: str, t: float) -> float:
    """What an outside sampler keeps of the negatives at time t in [0, 1)."""
    if law == "const":
        return 0.05
    if law == "ramp":
        return float(0.2 * 0.05**t)  # geometric, .2 to .01
    if law == "jump":
        return 0.2 if t < 0.5 else 0.01
    message = f"law={law!r}: expected one of {', '.join(KEEP_RATES)}"
    raise ValueError(message)


class Columns(NamedTuple):
    """Features of a real set, by name; numbers of None means: every numeric column that is allowed."""

    numbers: tuple[str, ...] | None
    strings: tuple[str, ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


REAL = {
    "handbook_apr_jul": Columns(
        _names(
            "amount is_weekend is_night cust_nb_tx_1d cust_avg_amount_1d cust_nb_tx_7d cust_avg_amount_7d"
            " cust_nb_tx_30d cust_avg_amount_30d term_nb_tx_1d term_risk_1d term_nb_tx_7d term_risk_7d"
            " term_nb_tx_30d term_risk_30d"
        )
    ),
    "kdd99_10pct": Columns(None, _names("protocol_type service flag")),
    "covertype_2v4": Columns(None),
    "hflights_2011": Columns(
        _names("sched_min distance"), _names("month day_of_week carrier flight_num tail_num origin dest")
    ),
    "gmsc": Columns(None),
    "elec2": Columns(None),
    "credit_default_uci": Columns(None),
    "bank_marketing": Columns(
        _names("age balance day campaign pdays previous"),
        _names("job marital education default housing loan contact month poutcome"),
    ),
    "bitcoin_otc": Columns(
        _names(
            "f_src_out_n f_src_out_mean f_src_out_neg f_src_in_n f_src_in_mean f_dst_in_n f_dst_in_mean"
            " f_dst_in_neg f_recip_rating f_dst_age_days"
        )
    ),
    "talkingdata_100k": Columns((), _names("ip app device os channel hour")),
}
_NEVER = frozenset(_names("t y t_label attack attack_class scenario"))


def data_folder() -> Path:
    """Where the real sets lie: STREAMIMB_DATA, or `../shared/data` beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("STREAMIMB_DATA", beside))


def real(name: str, n: int | None = None) -> Iterator[tuple[Row, bool]]:
    """Rows of a real set in stream order, and whether each is of the rare class."""
    for row, y in real_columns(name, "y", n):
        yield row, y == 1


def real_times(name: str) -> tuple[Floats, Floats]:
    """The time of each event of a real set and of its label, in stream order; NaN where the set has none."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(data_folder() / f"{name}.parquet")
    n = file.metadata.num_rows
    found = []
    for column in ("t", "t_label"):
        if column in file.schema_arrow.names:
            found.append(file.read([column])[column].to_numpy().astype(float))
        else:
            found.append(np.full(n, np.nan))
    return found[0], found[1]


def real_columns(name: str, label: str, n: int | None = None) -> Iterator[tuple[Row, Any]]:
    """Rows of a real set and a column of labels: numbers as floats (NaN stays NaN), categories as strings."""
    # Imported here because only these rows need it: regimes run without pyarrow
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(data_folder() / f"{name}.parquet")
    numbers, strings = REAL[name]
    if numbers is None:
        numbers = tuple(
            field.name
            for field in file.schema_arrow
            if (pa.types.is_integer(field.type) or pa.types.is_floating(field.type))
            and field.name not in _NEVER
            and field.name not in strings
            and not field.name.startswith(("post_", "y_"))
        )
    names = [*numbers, *strings]
    left = file.metadata.num_rows if n is None else n
    for batch in file.iter_batches(20_000, columns=[*names, label]):
        part = batch.slice(0, min(left, batch.num_rows))
        left -= part.num_rows
        columns = [
            *(part[c].to_numpy(zero_copy_only=False).astype(float).tolist() for c in numbers),
            *([str(value) for value in part[c].to_pylist()] for c in strings),
        ]
        for *values, y in zip(*columns, part[label].to_pylist(), strict=True):
            yield dict(zip(names, values, strict=True)), y
        if not left:
            return
