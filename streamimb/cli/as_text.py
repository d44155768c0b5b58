"""Text of others in a table: it is no markup, and no control character reaches the terminal."""

from rich.text import Text


def as_text(text: str) -> Text:
    r"""Return text as it is to be shown: a character that cannot be printed becomes its escape.

    >>> as_text("[red]\x1b[2J").plain
    '[red]\\x1b[2J'
    """
    return Text("".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text))
