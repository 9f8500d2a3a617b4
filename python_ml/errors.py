"""Errors that a person can fix; each message is one sentence that says how."""


class ScoringError(Exception):
    """Base of all errors that end a scoring with one sentence."""

    def __init__(self, message: str) -> None:
        """Keep the message on one line.

        Parameters
        ----------
        message
            What is wrong, where, and how to fix it.
        """
        super().__init__(" ".join(message.split()))


class ContractError(ScoringError):
    """A mart lacks a column that a job reads, or holds another type there."""
