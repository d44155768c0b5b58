"""What the client's errors mean for the runner: wait, or stop and say what to do.

`Unavailable` is for everything that may pass; `ValueError` for what only a person can change. Must not
know consumers or producers.
"""

import re

from kafka import errors

from streamimb.protocols import Unavailable
from streamimb_connectors.kafka.installed import codec_advice

_ADVICE: tuple[tuple[type[BaseException], str], ...] = (
    (errors.TopicAuthorizationFailedError, "this user may not use the topic: grant it, or give another user"),
    (errors.GroupAuthorizationFailedError, "this user may not use the group_id: grant it, or leave it out"),
    (errors.AuthorizationError, "this user lacks a permission: grant it, or give another user"),
    (errors.SaslAuthenticationFailedError, "the brokers refused the credentials: check sasl_*"),
    (errors.UnsupportedSaslMechanismError, "the brokers do not speak this sasl_mechanism: give one they do"),
    (errors.IllegalSaslStateError, "the brokers expect another security_protocol"),
    (errors.SecurityDisabledError, "the brokers have no security: give security_protocol PLAINTEXT"),
    (errors.UnsupportedVersionError, "the brokers are too old: Kafka 2.1 or later is needed"),
    (errors.UnrecognizedBrokerVersion, "the brokers are too old: Kafka 2.1 or later is needed"),
    (errors.InvalidTopicError, "the brokers do not take the topic's name: check topic"),
    (errors.MessageSizeTooLargeError, "a record is larger than max_request_size or the topic allow"),
    (errors.RecordListTooLargeError, "a batch is larger than the topic allows: lower batch_size"),
    (errors.KafkaConfigurationError, "the options do not fit together"),
)  # fmt: skip


def meaning(where: str, error: BaseException) -> Unavailable | ValueError:
    """What to raise for an error of the client.

    Examples
    --------
    >>> meaning("source 'events' (kafka)", errors.KafkaTimeoutError("no answer"))
    Unavailable("source 'events' (kafka): no answer")
    """
    if isinstance(error, errors.UnsupportedCodecError):
        found = re.search(r"Libraries for (\w+) ", str(error))
        if found:
            return ValueError(f"{where}: {codec_advice(found[1])}")
        return ValueError(f"{where}: records are packed with a codec that is not known here")
    for kind, advice in _ADVICE:
        if isinstance(error, kind):
            return ValueError(f"{where}: {advice} ({type(error).__name__})")
    # Whatever else it is may pass: waiting is safe, is seen in the status, and loses nothing.
    said = str(error.args[0]) if error.args else type(error).__name__
    if said.startswith("Unable to bootstrap"):
        # Over TLS the client does not hear why it was turned away.
        said += " (where this lasts: check bootstrap_servers, security_protocol, sasl_* and ssl_*)"
    return Unavailable(f"{where}: {said}")
