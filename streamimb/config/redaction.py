"""Hides secrets: values from the environment, and values whose key is the name of a secret."""

import re
from collections.abc import Iterator
from typing import Any

HIDDEN = "***"
_SECRET_NAME = re.compile(r"password|passwd|secret|token|credential|(^|_)key($|_)", re.IGNORECASE)
_FROM_ENVIRONMENT = re.compile(r"\$\{[^}]*\}")


def is_secret(key: str) -> bool:
    """Whether a key is the name of a secret.

    >>> is_secret("sasl_plain_password"), is_secret("keep_rate")
    (True, False)
    """
    return _SECRET_NAME.search(key) is not None


def plain_secrets(value: Any, key: str = "") -> Iterator[str]:
    """Yield the strings whose key is the name of a secret, also in nested tables and lists."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from plain_secrets(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from plain_secrets(item, key)
    elif isinstance(value, str) and is_secret(key):
        yield value


def hidden(value: Any, key: str = "") -> Any:
    """Return the value with plain-text secrets replaced; a reference to the environment stays."""
    if isinstance(value, dict):
        return {name: hidden(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [hidden(item, key) for item in value]
    if isinstance(value, str) and is_secret(key) and not _FROM_ENVIRONMENT.fullmatch(value):
        return HIDDEN
    return value
