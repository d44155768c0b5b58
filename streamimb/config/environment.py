"""Replaces `${NAME}` in a value by a variable of the environment; such a value counts as a secret."""

import re
from collections.abc import Mapping
from typing import Any

from streamimb.config.refusal import ConfigError, nearest

_REFERENCE = re.compile(r"\$\{([^}]*)\}")


def filled(value: Any, environment: Mapping[str, str], where: str, secrets: list[str]) -> Any:
    """Return the value with every `${NAME}` replaced; add the inserted texts to `secrets`.

    Raises
    ------
    ConfigError
        Where a variable is not set, or an integer has more than 64 bits.

    """
    if isinstance(value, dict):
        return {
            key: filled(item, environment, f"{where}.{key}" if where else key, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [filled(item, environment, where, secrets) for item in value]
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        raise ConfigError(f"{where}: is a number of more than 64 bits: give a smaller one")
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in environment:
            near = nearest(name, environment, cutoff=0.6)
            advice = f"did you mean ${{{near}}}?" if near else "set it before the start"
            raise ConfigError(f"{where}: the environment has no ${{{name}}}: {advice}")
        secrets.append(environment[name])
        return environment[name]

    return _REFERENCE.sub(replace, value)
