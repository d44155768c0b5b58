"""Checks that the Kafka client, its compiled checksum and the codecs are installed.

The client without the compiled checksum is ten times slower, so it is refused. This module is imported before the
others of this connector.
"""

try:
    import crc32c  # noqa: F401  (the client uses it where it is installed)
    import kafka  # noqa: F401  (imported here for the message below)
except ImportError as error:
    raise ImportError(
        f"the kafka connector needs kafka-python and crc32c ({error.name} is not installed): "
        "pip install 'streamimb[kafka]'",
        name=error.name,
    ) from error

from kafka import codec


def codec_installed(name: str) -> bool:
    """Whether batches of this codec can be read and written here.

    >>> codec_installed("gzip")
    True
    """
    checks = {"lz4": codec.has_lz4, "snappy": codec.has_snappy, "zstd": codec.has_zstd}
    return name not in checks or bool(checks[name]())


def codec_advice(name: str) -> str:
    """What to install for a codec.

    >>> codec_advice("zstd")
    "codec zstd is not installed: pip install 'streamimb[kafka]'"
    """
    return f"codec {name} is not installed: pip install 'streamimb[kafka]'"
