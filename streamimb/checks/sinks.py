"""The laws of a `Sink`: flushed outputs have arrived, once and in order, and stay.

A law takes a function that opens the sink at one place, which is empty at first, and one that returns the values that
have arrived there: `for law in checks.SINK_LAWS: law(open_sink, arrived)`, with a new place for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamimb.checks.parts import require

OpenSink = Callable[[], Any]
Arrived = Callable[[], list[bytes]]
SinkLaw = Callable[[OpenSink, Arrived], None]


def _send(sink: Any, first: int, n: int) -> list[bytes]:
    """Send n outputs, some of them large, from the first on; return their values."""
    values = [
        b'{"n":%d,"text":"%s"}' % (i, b"x" * (5_000 if i % 100 == 0 else i % 50))
        for i in range(first, first + n)
    ]
    for i, value in enumerate(values, first):
        sink.send(b"key%d" % (i % 7), value)
    return values


def what_is_flushed_has_arrived(open_sink: OpenSink, arrived: Arrived) -> None:
    """After each flush all values are there, in order, byte for byte."""
    sink = open_sink()
    sent: list[bytes] = []
    for first, n in ((0, 1), (1, 10), (11, 500)):
        sent += _send(sink, first, n)
        sink.flush()
        require(arrived() == sent, "after a flush other values are there than were sent")
    sink.close()
    require(arrived() == sent, "closing changed what had arrived")


def a_second_flush_writes_nothing(open_sink: OpenSink, arrived: Arrived) -> None:
    """Flushing twice, or closing twice after it, writes nothing twice."""
    sink = open_sink()
    sent = _send(sink, 0, 20)
    sink.flush()
    sink.flush()
    sink.close()
    sink.close()
    require(arrived() == sent, "what was sent once is there twice, or lost")


def without_outputs_nothing_is_written(open_sink: OpenSink, arrived: Arrived) -> None:
    """Opened, flushed and closed without an output, it writes none."""
    sink = open_sink()
    sink.flush()
    sink.close()
    require(arrived() == [], "it wrote something though nothing was sent")


def a_restart_appends(open_sink: OpenSink, arrived: Arrived) -> None:
    """After a restart new outputs follow those that were there."""
    sent: list[bytes] = []
    for first in (0, 30, 60):
        sink = open_sink()
        sent += _send(sink, first, 30)
        sink.flush()
        sink.close()
    require(arrived() == sent, "after a restart earlier outputs are lost, doubled or out of order")


SINK_LAWS: tuple[SinkLaw, ...] = (
    what_is_flushed_has_arrived,
    a_second_flush_writes_nothing,
    without_outputs_nothing_is_written,
    a_restart_appends,
)
