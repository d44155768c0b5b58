import pytest

from streamimb.connections import Unavailable
from streamimb.serve.resending_sink import ResendingSink
from tests.serve.in_memory import Flaky

SENT = [(b"%d" % i, b"v") for i in range(10)]


def settle(sender: ResendingSink) -> tuple[int, int]:
    """(failed flushes, outputs sent again)."""
    failed = 0
    while True:
        try:
            return failed, sender.flush()
        except Unavailable:
            failed += 1


@pytest.mark.parametrize(
    ("sends", "flushes", "failed", "again"),
    [
        ([], [], 0, 0),
        ([4], [], 0, 10),  # the flush itself sends all again, and that works
        ([4, 5], [], 1, 10),  # the first of those sent again fails
        ([], [1], 1, 10),
        ([], [1, 2, 3], 3, 10),
        ([12], [1, 2], 3, 10),
    ],
)
def test_everything_since_the_last_flush_is_sent_until_it_is_safe(sends, flushes, failed, again):
    sink = Flaky(sends, flushes)
    sender = ResendingSink("sink.scores", sink)
    for key, value in SENT:
        sender.send(key, value)
    assert settle(sender) == (failed, again)
    assert sink.written == SENT
    assert sender.kept == []
    sender.send(b"next", b"v")
    assert settle(sender) == (0, 0)
    assert sink.written == [*SENT, (b"next", b"v")]


def test_a_sink_known_to_be_away_is_not_asked_again_before_the_flush():
    sink = Flaky(sends=[1])
    sender = ResendingSink("sink.scores", sink)
    for key, value in SENT:
        sender.send(key, value)
    assert sink.calls["send"] == 1


def test_a_flush_that_raises_something_else_is_done_again_too():
    class Broken(Flaky):
        def flush(self) -> None:
            if not self.calls["flush"]:
                self.calls["flush"] += 1
                self._sent.clear()
                raise RuntimeError("a bug")
            super().flush()

    sender = ResendingSink("sink.scores", Broken())
    sender.send(b"k", b"v")
    with pytest.raises(RuntimeError):
        sender.flush()
    assert sender.flush() == 1
