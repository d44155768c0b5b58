"""The health of the connection of one consumer or producer, and the metadata of its topic.

The client hides an outage: polls bring no records, sends wait. This module detects it by kafka-python's client object,
which its `kafka_client` option gives access to.
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

GRACE_S = 1.0  # a reconnect after a change of leader takes less time


class Connections(KafkaConnectionManager):  # type: ignore[misc]  # the client has no types
    """The client's connections; keeps why the last one ended, and reports the answers to fetches.

    Cost: one call-back per connection and per fetch.
    """

    def __init__(self, net: Any, arrivals: Arrivals | None, **configs: Any) -> None:
        super().__init__(net, **configs)
        self.ended_by: BaseException | None = None
        self._arrivals = arrivals

    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        """Sends a request; notes the answer to a fetch."""
        future = super().send(request, *arguments, **options)
        if self._arrivals is not None and isinstance(request, FetchRequest):
            future.add_callback(self._tell, self._arrivals)
        return future

    def _tell(self, arrivals: Arrivals, answer: Any) -> None:
        arrivals.note(answer)
        # One turn of the client's loop later, when the client has processed the answer: a poll before that would find
        # no records. A failed fetch does not signal, because its repetitions would signal again and again.
        self._net.call_soon(arrivals.signal)

    def get_connection(self, *arguments: Any, **options: Any) -> Any:
        """Returns a connection; observes one that is not yet established."""
        connection = super().get_connection(*arguments, **options)
        if not connection.init_future.is_done:
            connection.close_future.add_errback(self._end)
        return connection

    def _end(self, error: BaseException) -> None:
        if not isinstance(error, RequestTimedOutError):  # it gives no reason, and ends the last attempt
            self.ended_by = error


class ConnectionHealth:
    """Creates the client of one consumer or producer, and observes its connections.

    Cost: two look-ups per partition and call; no request is sent.

    Parameters
    ----------
    topic
        The topic that is read or written.
    arrivals
        Notes the answers to fetches.

    """

    def __init__(self, topic: str, arrivals: Arrivals | None = None) -> None:
        self._topic = topic
        self._arrivals = arrivals
        self._client: Any = None
        self._connections: Any = None
        self._away_since: float | None = None

    def __call__(self, **configs: Any) -> Any:
        """Creates the client, as the `kafka_client` option requires."""
        net = NetworkSelector(**configs)
        self._connections = Connections(net, self._arrivals, **configs)
        self._client = KafkaNetClient(net, self._connections, **configs)
        return self._client

    def lost(self, partitions: Iterable[int]) -> str | None:
        """Why some of these partitions cannot be read, once that lasted for `GRACE_S`; else None."""
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
        """Notes that an answer came, which ends an outage."""
        self._away_since = None
        self._connections.ended_by = None

    def refused(self) -> str:
        """Why a broker refused the last connection; empty where it did not."""
        ended_by = None if self._connections is None else self._connections.ended_by
        return "" if ended_by is None else refusal(ended_by)

    def alone(self) -> str | None:
        """A sentence where no broker was connected for `GRACE_S`; else None."""
        connected = any(self._client.connected(broker.node_id) for broker in self._client.cluster.brokers())
        return self._lasting(None if connected else "no connection to any broker")

    def partitions(self) -> set[int] | None:
        """The partitions of the topic by the last metadata; None where it does not exist."""
        found: set[int] | None = self._client.cluster.partitions_for_topic(self._topic)
        return found

    def topic_id(self) -> bytes:
        """The id of the topic, which differs for a later topic of the same name; b"" where brokers send none."""
        found = self._client.cluster.topic_id(self._topic)
        return b"" if found is None else str(found).encode()

    def close(self) -> None:
        """Closes the client of a consumer or producer that failed to start. A second call does nothing."""
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
    # A connection must outlive its requests, and an idle one is cheap.
    settings["connections_max_idle_ms"] = max(540_000, 2 * options.request_timeout_ms)
    return settings
