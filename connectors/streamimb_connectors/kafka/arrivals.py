"""What the answers to fetches show beside the records: that an answer came, and where the partitions end.

It is written on the client's own thread and read on the runner's.
"""

import contextlib
import socket
from typing import Any


class Arrivals:
    """A descriptor that is readable once a fetch was answered, and the end of each partition as of then.

    The end is the last stable offset, up to which committed records can be read. An open transaction is beyond it.

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
        """Takes the ends from the answer to a fetch; a consumer reads one topic."""
        for topic in response.responses:
            for partition in topic.partitions:
                if partition.error_code == 0:
                    stable = partition.last_stable_offset
                    end = partition.high_watermark if stable < 0 else stable
                    if end >= 0:
                        self.ends[partition.partition_index] = end

    def signal(self) -> None:
        """Makes the descriptor readable."""
        # With a full buffer the descriptor is readable already; once it is closed nothing waits for it.
        with contextlib.suppress(OSError):
            self._write.send(b"\0")

    def clear(self) -> bool:
        """Makes the descriptor unreadable; returns whether it was readable."""
        came = False
        with contextlib.suppress(BlockingIOError):
            while self._read.recv(4096):
                came = True
        return came

    def close(self) -> None:
        """Closes the descriptor. A second call does nothing."""
        self._read.close()
        self._write.close()
