"""What the answers of fetches contain beside the records: that one came, and where the partitions end.

Written on the client's own thread, read on the runner's. Must not know records, nor the consumer.
"""

import contextlib
import socket
from typing import Any


class Arrivals:
    """A descriptor that is readable once a fetch was answered, and the end of each partition as of then.

    The end is the last stable offset: what a reader of committed records can read up to now. An open transaction
    lies behind it.

    Cost: one system call per answer.

    Examples
    --------
    >>> arrivals = Arrivals()
    >>> arrivals.signal()
    >>> arrivals.clear(), arrivals.ends
    (True, {})
    >>> arrivals.close()
    """

    def __init__(self) -> None:
        self.ends: dict[int, int] = {}
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)

    def fileno(self) -> int:
        """The descriptor; -1 once closed."""
        return self._read.fileno()

    def note(self, response: Any) -> None:
        """Takes the ends from the answer of a fetch; a consumer reads one topic."""
        for topic in response.responses:
            for partition in topic.partitions:
                if partition.error_code == 0:
                    stable = partition.last_stable_offset
                    end = partition.high_watermark if stable < 0 else stable
                    if end >= 0:
                        self.ends[partition.partition_index] = end

    def signal(self) -> None:
        """Makes the descriptor readable."""
        # Where the buffer is full the descriptor is readable already; where it is closed nobody waits.
        with contextlib.suppress(OSError):
            self._write.send(b"\0")

    def clear(self) -> bool:
        """Makes the descriptor unreadable; whether it was readable."""
        came = False
        with contextlib.suppress(BlockingIOError):
            while self._read.recv(4096):
                came = True
        return came

    def close(self) -> None:
        """Frees the descriptor. Twice is fine."""
        self._read.close()
        self._write.close()
