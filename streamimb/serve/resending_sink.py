"""One output, at least once: what was sent is kept until a flush said that it is safe.

Must not know when to try again: the runner waits, and flushes again.
"""

from streamimb.protocols import Sink, Unavailable


class ResendingSink:
    """A sink that forgets nothing before it is safe.

    After `Unavailable` from the sink everything since the last flush that succeeded is sent again, in
    order: the sink need not remember what it was given before.

    Cost: one list entry per output until the next flush.

    Parameters
    ----------
    name
        What it is called in the status.
    sink
        Where the outputs go.

    Examples
    --------
    >>> from streamimb.serve import MemorySink
    >>> sink = MemorySink()
    >>> outlet = ResendingSink("scores", sink)
    >>> outlet.send(b"k", b"v")
    >>> outlet.flush()
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
        """Hands one output on, or keeps it for the next flush where the sink is away."""
        self.kept.append((key, value))
        if not self._broken:
            try:
                self.sink.send(key, value)
            except Unavailable:
                self._broken = True

    def flush(self) -> int:
        """Returns when all is safe; how many outputs were sent again for it. Raises `Unavailable`."""
        again = self._broken
        self._broken = True  # until the sink has said otherwise
        if again:
            for key, value in self.kept:
                self.sink.send(key, value)
        self.sink.flush()
        self._broken = False
        count = len(self.kept) if again else 0
        self.kept.clear()
        return count
