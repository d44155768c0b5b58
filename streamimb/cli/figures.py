"""The figures of an engine and a runner as plain data, and as a table.

Numbers and reasons only: nothing here has ever seen a field's value. Knows how to show, not how to run.
"""

import math
from typing import Any

from rich.table import Table

from streamimb.compose import GuardedClassifier
from streamimb.engine import Engine, Measures
from streamimb.metrics import Interval
from streamimb.serve import Degraded, Status

STAGES = ("raw", "corrected", "calibrated")


def plain(value: Any) -> Any:
    """The same with nothing in it that JSON has no word for: nan and ±inf become None.

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


def metrics(measures: Measures) -> dict[str, Any]:
    """What was measured of what was served; ratios are predicted over observed, with 95 % intervals."""
    report = measures.served.get()
    figures: dict[str, Any] = {
        "measured": report.n,
        "log_loss": report.log_loss,
        "normalized_entropy": report.normalized_entropy,
        "average_precision": report.average_precision,
        "base_rate": report.base_rate._asdict(),
        "ratio": {stage: getattr(report, stage)._asdict() for stage in (*STAGES, "recent")},
        "label_delay_s": {
            "true": measures.delay_positive.get(),
            "false": measures.delay_negative.get(),
            "differ": measures.delay_ratio_warning,
        },
    }
    shown: dict[str, Any] = plain(figures)
    return shown


def inferred(model: GuardedClassifier) -> dict[str, str]:
    """Kind of each field, and how often it is present, where no schema is configured; empty where one is."""
    return {
        name: f"{field['kind']}, in {field['present']:.1%} of recent events"
        for name, field in model.inferred.items()
    }


def service(engine: Engine, status: Status, degraded: Degraded) -> dict[str, Any]:
    """Everything about a running or finished service."""
    return {
        "degraded": degraded.reasons,
        "records": status.records,
        "scores": status.scores,
        "rejected": dict(status.dead_letters),
        "ignored": status.ignored,
        "resent": status.resent,
        "started_over": status.started_over,
        "merged_late": status.merged_late,
        "checkpoints": status.checkpoints,
        "waiting_for": sorted(status.away),
        "model_version": engine.model_version,
        "share_learned": engine.kept_share,
        "counters": plain(engine.counters),
        "guard": dict(engine.model.counts),
        "metrics": metrics(engine.metrics),
    }


def handled(status: Status) -> str:
    """What became of the records, in words.

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
    """The live table of a service."""
    report, counters = engine.metrics.served.get(), engine.counters
    shown = Table(title="streamimb", show_header=False, title_justify="left")
    shown.add_column(justify="right", style="dim")
    shown.add_column()
    running = "running" if status.open else "stopping" if status.records else "starting"
    state = f"waiting for {', '.join(sorted(status.away))}" if status.away else running
    shown.add_row("state", state)
    for code, sentence in degraded.reasons.items():
        shown.add_row("degraded", f"{code}: {sentence}".replace("[", r"\["), style="yellow")
    shown.add_row("handled", handled(status))
    shown.add_row("events", f"{counters['events']:,} ({events_s:,.0f}/s)")
    shown.add_row("labels", f"{counters['labels']:,}, {counters['pending']:,} events pending")
    shown.add_row("base rate", percent(report.base_rate))
    for stage in STAGES:
        shown.add_row(f"predicted / observed, {stage}", ratio(getattr(report, stage)))
    shown.add_row("predicted / observed, last 50 positives", ratio(report.recent))
    shown.add_row("normalised entropy", number(report.normalized_entropy))
    shown.add_row("learned", f"{engine.kept_share:.1%} of labelled events, version {engine.model_version:,}")
    shown.add_row("checkpoints", f"{status.checkpoints:,}, {status.uncommitted:,} records since")
    return shown


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
    """Three digits that mean something.

    >>> [number(value) for value in (0.1234, 1.234, 12.34, float("nan"))]
    ['0.12', '1.23', '12.3', '–']
    """
    if math.isnan(value):
        return "–"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
