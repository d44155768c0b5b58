"""Translates the client's errors: wait, or stop with a message that says what to do.

`Unavailable` is for everything that may pass; `ValueError` for what only a person can change.
"""

import re
import ssl

from kafka import errors

from streamimb.connections import Unavailable
from streamimb_connectors.kafka.installed import codec_advice

_ADVICE: tuple[tuple[type[BaseException], str], ...] = (
    (errors.TopicAuthorizationFailedError, "this user may not use the topic: grant it, or give another user"),
    (errors.GroupAuthorizationFailedError, "this user may not use the group_id: grant it, or leave it out"),
    (errors.AuthorizationError, "this user lacks a permission: grant it, or give another user"),
    (errors.UnsupportedVersionError, "the brokers are too old: Kafka 2.1 or later is needed"),
    (errors.UnrecognizedBrokerVersion, "the brokers are too old: Kafka 2.1 or later is needed"),
    (errors.InvalidTopicError, "the brokers do not take the topic's name: check topic"),
    (errors.MessageSizeTooLargeError, "a record is larger than max_request_size or the topic allow"),
    (errors.RecordListTooLargeError, "a batch is larger than the topic allows: lower batch_size"),
    (errors.KafkaConfigurationError, "the options do not fit together"),
)  # fmt: skip

# Errors while connecting. Brokers may get the credentials later than this process, so these are waited for.
_REFUSALS: tuple[tuple[type[BaseException], str], ...] = (
    (errors.SaslAuthenticationFailedError, "the credentials were refused: check sasl_*"),
    (errors.UnsupportedSaslMechanismError, "the brokers do not speak this sasl_mechanism: give one they do"),
    (errors.IllegalSaslStateError, "the brokers expect another security_protocol"),
    (errors.InvalidReceiveError, "what answered is not Kafka in the clear: check bootstrap_servers, security_protocol"),
    (errors.SecurityDisabledError, "the brokers have no security: give security_protocol PLAINTEXT"),
)  # fmt: skip


def refusal(error: BaseException) -> str:
    """The reason why a reachable broker refuses the connection; empty where it is not reachable or gives none.

    Examples
    --------
    >>> refusal(errors.KafkaConnectionError("111 ECONNREFUSED"))
    ''
    >>> refusal(errors.KafkaConnectionError("socket disconnected"))
    'a broker answered and hung up: where this lasts, check security_protocol, sasl_* and ssl_*'
    """
    for kind, advice in _REFUSALS:
        if isinstance(error, kind):
            return f"{advice} ({type(error).__name__})"
    said = _said(error)
    if isinstance(error, ssl.SSLError) or said.startswith("Handshake failed"):
        return f"TLS was not agreed on: check ssl_* and security_protocol ({said})"
    if said == "socket disconnected":
        # Over TLS the client gets no reason for a refusal, not even for wrong credentials.
        return "a broker answered and hung up: where this lasts, check security_protocol, sasl_* and ssl_*"
    return ""


def meaning(where: str, error: BaseException, refused: str = "") -> Unavailable | ValueError:
    """The exception for an error of the client; `refused` is why brokers refused the last connection.

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
    # Any other error may pass: waiting is safe, is shown in the status, and loses nothing.
    said = refusal(error) or _said(error)
    return Unavailable(f"{where}: {said}{f': {refused}' if refused and refused != said else ''}")


def _said(error: BaseException) -> str:
    if isinstance(error, OSError):  # its first argument is a number
        return error.strerror or str(error) or type(error).__name__
    return str(error.args[0]) if error.args else type(error).__name__
