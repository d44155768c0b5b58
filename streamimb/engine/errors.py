"""The text of an exception that a log may show."""

from streamimb._kernels.answer import ProbabilityError


def named(error: BaseException) -> str:
    """Return the class of an exception, and its message only where streamimb wrote it.

    Other messages may quote the value of a feature.

    Cost: O(1).
    """
    name = type(error).__name__
    return f"{name}: {error}" if issubclass(type(error), ProbabilityError) else name
