"""What a log may show of an exception that a model raised."""

from streamimb._kernels.answer import ProbabilityError


def named(error: BaseException) -> str:
    """Return what a log may show of an exception: its class, and its message only where streamimb wrote it.

    Any other message may quote the value of a feature.

    Cost: none worth a figure.
    """
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, ProbabilityError) else name
