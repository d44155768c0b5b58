"""A sink with resending: outputs are kept until a flush has succeeded, so that each is sent at least once.

The runner decides when to flush again.
"""

from streamimb.connections import Sink, Unavailable


class ResendingSink:
    """Keeps outputs until they are flushed, and sends them again where the sink was unavailable.

    After `Unavailable` from the sink all outputs since the last successful flush are sent again, in order, so the
    sink need not keep them.

    Cost: one list entry per output until the next flush.

    Parameters
    ----------
    name
        Its name in the status.
    sink
        Where the outputs go.

    Examples
    --------
    >>> from streamimb.serve import MemorySink
    >>> sink = MemorySink()
    >>> sender = ResendingSink("scores", sink)
    >>> sender.send(b"k", b"v")
    >>> sender.flush()
    0
    >>> sink.written
    [(b'k', b'v')]
    """

    def __init__(self, name: str, sink: Sink) -> None:
        self.name = name
        self.sink = sink
        self.kept: list[tuple[bytes, bytes]] = []
        self._broken = False

    def send(self, key: bytes, value: bytes) -> None:
        """Sends one output, or keeps it for the next flush where the sink is unavailable."""
        self.kept.append((key, value))
        if not self._broken:
            try:
                self.sink.send(key, value)
            except Unavailable:
                self._broken = True

    def flush(self) -> int:
        """Flushes the sink; returns how many outputs were sent again. Raises `Unavailable`."""
        again = self._broken
        self._broken = True  # until the sink has succeeded
        if again:
            for key, value in self.kept:
                self.sink.send(key, value)
        self.sink.flush()
        self._broken = False
        count = len(self.kept) if again else 0
        self.kept.clear()
        return count
