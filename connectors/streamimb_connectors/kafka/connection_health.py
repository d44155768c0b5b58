"""The connection under one consumer or producer: whether brokers can be reached, what they say of a topic.

The client hides an outage: polls bring nothing, sends wait. This is how it is noticed. Knows
kafka-python's client object, handed out by its `kafka_client` option; must not know records.
"""

import time
from collections.abc import Iterable
from typing import Any

import msgspec
from kafka import TopicPartition
from kafka.errors import RequestTimedOutError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.protocol.consumer import FetchRequest

from streamimb_connectors.kafka.arrivals import Arrivals
from streamimb_connectors.kafka.errors import refusal
from streamimb_connectors.kafka.options import ConnectionOptions

GRACE_S = 1.0  # a reconnect after a leader moved is quicker than this


class Connections(KafkaConnectionManager):  # type: ignore[misc]  # the client has no types
    """The client's connections, which keep why the last one ended and report the answers of fetches.

    Cost: one call-back per connection and per fetch.
    """

    def __init__(self, net: Any, arrivals: Arrivals | None, **configs: Any) -> None:
        super().__init__(net, **configs)
        self.ended_by: BaseException | None = None
        self._arrivals = arrivals

    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        """As the client does; the answer of a fetch is noted."""
        future = super().send(request, *arguments, **options)
        if self._arrivals is not None and isinstance(request, FetchRequest):
            future.add_callback(self._tell, self._arrivals)
        return future

    def _tell(self, arrivals: Arrivals, answer: Any) -> None:
        arrivals.note(answer)
        # One turn of the client's loop later, when the client itself has taken in the answer: whoever polled before
        # that would find nothing. A fetch that failed does not signal: its repetition would at once, again and again.
        self._net.call_soon(arrivals.signal)

    def get_connection(self, *arguments: Any, **options: Any) -> Any:
        """As the client does; a connection that is not made yet is listened to."""
        connection = super().get_connection(*arguments, **options)
        if not connection.init_future.is_done:
            connection.close_future.add_errback(self._end)
        return connection

    def _end(self, error: BaseException) -> None:
        if not isinstance(error, RequestTimedOutError):  # it says nothing, and is how the last attempt ends
            self.ended_by = error


class ConnectionHealth:
    """Makes the client of one consumer or producer, and keeps it in view.

    Cost: two look-ups per partition and question; no request is sent.

    Parameters
    ----------
    topic
        The topic that is read or written.
    arrivals
        Where the answers of fetches are noted.

    """

    def __init__(self, topic: str, arrivals: Arrivals | None = None) -> None:
        self._topic = topic
        self._arrivals = arrivals
        self._client: Any = None
        self._connections: Any = None
        self._away_since: float | None = None

    def __call__(self, **configs: Any) -> Any:
        """What the `kafka_client` option asks for."""
        net = NetworkSelector(**configs)
        self._connections = Connections(net, self._arrivals, **configs)
        self._client = KafkaNetClient(net, self._connections, **configs)
        return self._client

    def lost(self, partitions: Iterable[int]) -> str | None:
        """Why some of these partitions cannot be read, where that lasted longer than a moment, or None."""
        return self._lasting(self.cut(partitions))

    def cut(self, partitions: Iterable[int]) -> str | None:
        """Why some of these partitions cannot be read now, or None."""
        cluster = self._client.cluster
        leaders = {cluster.leader_for_partition(TopicPartition(self._topic, number)) for number in partitions}
        if self.partitions() is None:
            return f"topic '{self._topic}' is not there"
        if leaders & {None, -1}:
            return f"a partition of topic '{self._topic}' has no leader"
        cut = sorted(leader for leader in leaders if not self._client.connected(leader))
        return f"no connection to broker {', '.join(map(str, cut))}" if cut else None

    def well(self) -> None:
        """Notes that an answer came: what was away before is no longer counted."""
        self._away_since = None
        self._connections.ended_by = None

    def refused(self) -> str:
        """Why a broker did not let the last connection in; empty where that is not what happened."""
        ended_by = None if self._connections is None else self._connections.ended_by
        return "" if ended_by is None else refusal(ended_by)

    def alone(self) -> str | None:
        """Says so where no broker at all is connected, for longer than a moment; otherwise None."""
        connected = any(self._client.connected(broker.node_id) for broker in self._client.cluster.brokers())
        return self._lasting(None if connected else "no connection to any broker")

    def partitions(self) -> set[int] | None:
        """The partitions of the topic as last heard, None where it does not exist."""
        found: set[int] | None = self._client.cluster.partitions_for_topic(self._topic)
        return found

    def topic_id(self) -> bytes:
        """What tells the topic from one of the same name made later; b"" where brokers do not say."""
        found = self._client.cluster.topic_id(self._topic)
        return b"" if found is None else str(found).encode()

    def close(self) -> None:
        """Ends what a consumer or producer that failed to start left behind. Twice is fine."""
        if self._client is not None:
            self._client.close()

    def _lasting(self, reason: str | None) -> str | None:
        now = time.monotonic()
        if reason is None:
            self._away_since = None
        elif self._away_since is None:
            self._away_since = now
        elif now - self._away_since >= GRACE_S:
            return f"{reason}: {refused}" if (refused := self.refused()) else reason
        return None


def connection_settings(options: ConnectionOptions) -> dict[str, Any]:
    """The client's settings for reaching the brokers.

    Examples
    --------
    >>> connection_settings(ConnectionOptions("localhost:9092"))["reconnect_backoff_max_ms"]
    1000
    """
    settings = msgspec.structs.asdict(options)
    # One request must not outlive a connection, and an idle one is cheap.
    settings["connections_max_idle_ms"] = max(540_000, 2 * options.request_timeout_ms)
    return settings
