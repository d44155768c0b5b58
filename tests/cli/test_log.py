"""Logs: JSON lines, a storm becomes a few lines with counts, exceptions never quote what they choked on."""

import io
import json
import logging
import sys

import pytest

from streamimb.cli import log


@pytest.fixture
def root():
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def lines_of(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_fault_74_a_log_storm_is_limited_and_counted(root):
    now = [0.0]
    limit = log.RateLimit(5, clock=lambda: now[0])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.JsonLines(str))
    handler.addFilter(limit)
    logger = logging.getLogger("streamimb.storm")
    logger.propagate = False
    logger.handlers[:] = [handler]
    for second in range(100):
        for n in range(100):
            now[0] = second + n / 100
            logger.warning("rejected record %d", n)
    logger.error("something else")
    told = lines_of(stream)
    rejected = [line for line in told if line["level"] == "warning"]
    assert len(rejected) == 10  # two windows of a minute
    counted = (
        sum(line.get("suppressed", 0) for line in rejected)
        + len(rejected)
        + limit.left_out()["streamimb.storm"]
    )
    assert counted == 10_000
    assert [line["message"] for line in told if line["level"] == "error"] == ["something else"]
    logger.handlers.clear()


def test_a_library_that_makes_each_text_anew_is_limited_as_a_whole():
    limit = log.RateLimit(20, clock=lambda: 0.0)
    for n in range(10_000):
        record = logging.LogRecord(f"kafka.conn.{n % 7}", logging.ERROR, "", 0, f"lost {n}", None, None)
        assert limit.filter(record) == (n < log.LIBRARY_PER_MINUTE)
    assert limit.left_out() == {"kafka": 10_000 - log.LIBRARY_PER_MINUTE}


def test_fault_76_exceptions_are_told_by_type_and_place_only(root, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    log.set_up("info", 10, lambda text: text.replace("hunter2", "***"))
    try:
        float("4111 1111 1111 1111")
    except ValueError:
        logging.getLogger("streamimb.x").exception("a model raised with password hunter2")
    (line,) = lines_of(stream)
    assert line["exception"] == "ValueError"
    assert line["at"][-1].startswith("test_log.py:")
    assert line["message"] == "a model raised with password ***"
    assert "4111" not in stream.getvalue()
    assert line["time"].endswith("+00:00")
    assert line["level"] == "error"


def test_client_libraries_are_quiet_below_warning(root, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    log.set_up("debug", 10, str)
    logging.getLogger("kafka.conn").info("connecting")
    logging.getLogger("kafka.conn").warning("gone")
    logging.getLogger("streamimb").debug("here")
    assert [line["message"] for line in lines_of(stream)] == ["gone", "here"]


@pytest.mark.parametrize("args", [(b"4111", "x"), (bytearray(b"4111"),), ("x", "4111", "4111"), ()])
def test_fault_76_bytes_and_what_fits_no_message_are_not_quoted(args):
    record = logging.LogRecord("kafka", logging.ERROR, "", 0, "cannot read %r of %s", args, None)
    line = json.loads(log.JsonLines(str).format(record))
    assert line["message"].startswith("cannot read ")
    assert "4111" not in line["message"]


class Frame:
    def __init__(self, body):
        self.body = body

    def __str__(self):
        return f"frame of {self.body}"


class Broken:
    def __repr__(self):
        raise RuntimeError("4111")


@pytest.mark.parametrize(
    ("template", "args", "message"),
    [
        ("got %s", ([b"card=4111"],), "got <list>"),
        ("got %r", ({"x": ("y", [bytearray(b"4111")])},), "got {'x': '<tuple>'}"),
        ("got %s", ({b"4111": 1},), "got {'<4 bytes>': 1}"),
        ("got %(x)s", ({"x": b"4111"},), "got <4 bytes>"),
        ("got %(x)s", ({"x": [b"4111"]},), "got <list>"),
        ("got %(y)s", ({"x": b"4111"},), "got %(y)s"),
        ("got %s", (RuntimeError(b"it's 4111"),), "got <RuntimeError>"),
        ("got %s", (UnicodeDecodeError("utf-8", b"4111\xff", 4, 5, "no"),), "got <UnicodeDecodeError>"),
        ("got %s", (Frame(b"4111"),), "got <Frame>"),
        ("%s: %s", (Broken(), b"4111"), "%s: %s"),
        (RuntimeError(b"4111"), (), "<RuntimeError>"),
        (b"4111", (), "<4 bytes>"),
        ("%s: %d of %r, %s", (ValueError("no"), 3, ["a"], None), "no: 3 of ['a'], None"),
        ("%(n)05.1f %%", ({"n": 2.25},), "002.2 %"),
        ("100 %", (), "100 %"),
    ],
)
def test_fault_76_bytes_are_not_quoted_by_what_holds_them(template, args, message):
    record = logging.LogRecord("kafka", logging.ERROR, "", 0, template, args, None)
    assert json.loads(log.JsonLines(str).format(record))["message"] == message
