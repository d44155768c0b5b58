"""The figures of an engine and a runner as plain data, and as a table.

They contain numbers and reasons, and no value of a field.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

import msgspec
from rich.table import Table

from streamimb.cli.as_text import as_text
from streamimb.compose import GuardedClassifier
from streamimb.engine import Engine
from streamimb.metrics import Interval
from streamimb.protocols import Reading
from streamimb.serve import Degraded, Status

ALARMS_SHOWN = 3  # the last ones, in the live table
MOST_SHOWN = 10  # values of one label in the live table, which has to fit a terminal


def plain(value: Any) -> Any:
    """Return a value that JSON can hold: nan and ±inf become None.

    >>> plain({"a": (1.0, float("nan"))})
    {'a': [1.0, None]}
    """
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def by_name(readings: Iterable[Reading]) -> dict[str, Any]:
    """Return the values of readings by name, nested by their labels.

    >>> by_name([Reading("log_loss", "Log loss.", float("nan")), Reading("base_rate", "Rate.", {"low": 0.1})])
    {'log_loss': None, 'base_rate': {'low': 0.1}}
    """
    return {reading.name: plain(reading.value) for reading in readings}


def inferred(model: GuardedClassifier) -> dict[str, str]:
    """Kind of each inferred field, and how often it is present; empty with a configured schema."""
    return {
        name: f"{field['kind']}, in {field['present']:.1%} of recent events"
        for name, field in model.inferred.items()
    }


TAKEN = ("counters", "waiting_for")  # what `service` has beside readings: no reading may have these names


def service(engine: Engine, status: Status, degraded: Degraded) -> dict[str, Any]:
    """All figures of a service: every reading by its name, and the degraded reasons and texts."""
    return {
        **by_name(chain(engine.readings(), status.readings())),
        "counters": engine.counters,
        "last_alarms": [msgspec.to_builtins(alarm) for alarm in engine.watching.recent],
        "degraded": degraded.reasons,
        "waiting_for": sorted(status.away),
    }


def moment(t: float) -> str:
    """Engine time as a date, where it is one.

    >>> moment(1_600_000_000.0), moment(-1e20)
    ('2020-09-13 12:26:40', '-1e+20 s')
    """
    try:
        return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return f"{t:.3g} s"


def handled(status: Status) -> str:
    """Return a sentence about the records that were handled.

    >>> status = Status()
    >>> status.records, status.scores = 1200, 1100
    >>> status.dead_letter("decode")
    >>> handled(status)
    '1,200 records read, 1,100 scored, 1 rejected (decode 1)'
    """
    reasons = sorted(status.dead_letters.items(), key=lambda item: (-item[1], item[0]))
    by_reason = ", ".join(f"{reason} {count:,}" for reason, count in reasons)
    rejected = f"{sum(status.dead_letters.values()):,} rejected" + (f" ({by_reason})" if by_reason else "")
    return f"{status.records:,} records read, {status.scores:,} scored, {rejected}"


def table(engine: Engine, status: Status, degraded: Degraded, events_s: float) -> Table:
    """The live table of a service: its state, and every reading that has a title."""
    shown = Table(title="streamimb", show_header=False, title_justify="left")
    shown.add_column(justify="right", style="dim")
    shown.add_column()
    running = "running" if status.open else "stopping" if status.records else "starting"
    state = f"waiting for {', '.join(sorted(status.away))}" if status.away else running
    shown.add_row("state", as_text(state))
    for code, sentence in degraded.reasons.items():
        shown.add_row("degraded", as_text(f"{code}: {sentence}"), style="yellow")
    for alarm in engine.watching.recent[-ALARMS_SHOWN:]:
        shown.add_row(f"alarm at {moment(alarm.t)}", as_text(alarm.sentence), style="yellow")
    shown.add_row("handled", handled(status))
    shown.add_row("events per second", f"{events_s:,.0f}")
    for title, text in titled(chain(status.readings(), engine.readings())):
        shown.add_row(as_text(title), text)
    return shown


def titled(readings: Iterable[Reading]) -> Iterator[tuple[str, str]]:
    """Yield the table rows of readings with a title: one per label, an interval in one row.

    >>> stages = {"raw": Interval(5.0, 4.0, 6.0)._asdict(), "calibrated": Interval(1.0, 0.9, 1.2)._asdict()}
    >>> for row in titled([Reading("r", "Ratio.", stages, labels=("stage", "bound"), title="ratio")]):
    ...     print(*row)
    ratio, raw 5.00 (4.00–6.00)
    ratio, calibrated 1.00 (0.90–1.20)
    """
    for reading in readings:
        if reading.title:
            yield from _rows(reading.title, reading.value, reading.labels, reading.unit)


def _rows(title: str, value: Any, labels: tuple[str, ...], unit: str) -> Iterator[tuple[str, str]]:
    if labels and labels != ("bound",):
        for label, inner in islice(value.items(), MOST_SHOWN):
            yield from _rows(f"{title}, {label}", inner, labels[1:], unit)
        if len(value) > MOST_SHOWN:
            yield title, f"{len(value) - MOST_SHOWN:,} more are in --json and /status"
    elif labels:
        interval = Interval(**value)
        yield title, percent(interval) if unit == "share" else ratio(interval)
    elif isinstance(value, int):
        yield title, f"{value:,}"
    elif math.isnan(value):
        yield title, "–"
    elif unit == "share":
        yield title, f"{value:.1%}"
    else:
        yield title, f"{number(value)} {unit}".rstrip()


def ratio(interval: Interval) -> str:
    """A ratio with its 95 % interval.

    >>> ratio(Interval(1.234, 1.0, 1.5))
    '1.23 (1.00–1.50)'
    """
    if math.isnan(interval.value):
        return "–"
    return f"{number(interval.value)} ({number(interval.low)}–{number(interval.high)})"


def percent(interval: Interval) -> str:
    """A rate with its 95 % interval.

    >>> percent(Interval(0.002, 0.001, 0.003))
    '0.200 % (0.100–0.300)'
    """
    if math.isnan(interval.value):
        return "–"
    return f"{100 * interval.value:.3f} % ({100 * interval.low:.3f}–{100 * interval.high:.3f})"


def number(value: float) -> str:
    """Return a number with three significant digits.

    >>> [number(value) for value in (0.1234, 1.234, 12.34, float("nan"))]
    ['0.12', '1.23', '12.3', '–']
    """
    if math.isnan(value):
        return "–"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
