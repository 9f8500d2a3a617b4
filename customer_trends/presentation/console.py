"""The console that commands print to."""

from rich.console import Console


def make_console() -> Console:
    """Make the console; lines are as long as they need to be where there is no terminal.

    Returns
    -------
    Console
        Console that prints text as it is.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(
        highlight=False, markup=False, emoji=False, width=160
    )  # fmt: skip
