"""Errors that a person can fix; each message is one sentence that says how."""


class CustomerTrendsError(Exception):
    """Base of all errors that end a command with exit code 2 and one sentence."""

    def __init__(self, message: str) -> None:
        """Keep the message on one line.

        Parameters
        ----------
        message
            What is wrong, where, and how to fix it.
        """
        super().__init__(" ".join(message.split()))


class ProjectError(CustomerTrendsError):
    """The project folder lacks something or a declaration in it is broken."""


class UnknownSourceError(CustomerTrendsError):
    """There is no source system of that name."""


class InvalidOptionError(CustomerTrendsError):
    """An option has a value that cannot be used."""


class FileAccessError(CustomerTrendsError):
    """The file is missing, is a folder or may not be read."""


class FileFormatError(CustomerTrendsError):
    """The kind of file is not supported."""


class EmptyFileError(CustomerTrendsError):
    """The file has no bytes, or a header and no rows."""


class DamagedFileError(CustomerTrendsError):
    """The file is cut off or its content is corrupt."""


class EncodingError(CustomerTrendsError):
    """The text of the file cannot be decoded."""


class HeaderError(CustomerTrendsError):
    """The columns of the file fit no raw table, or two of them have one name."""


class RowError(CustomerTrendsError):
    """One line of the file has too many or too few fields, or a quote that never ends."""


class WarehouseError(CustomerTrendsError):
    """The warehouse is missing, locked or cannot be reached, or refuses what was asked."""


class MissingRelationError(WarehouseError):
    """A query reads a relation, or a column of one, that does not exist."""


class WriteError(WarehouseError):
    """Rows do not fit a table, or the engine refuses them; what was there before is unchanged."""


class JobError(CustomerTrendsError):
    """There is no such scoring job, or the warehouse lacks what scoring reads."""


class BuildError(CustomerTrendsError):
    """The build did not run, or ran without executing a single test."""


class ShopError(CustomerTrendsError):
    """The shop's database cannot be reached, is another's, or refuses what was asked."""


class PublishError(CustomerTrendsError):
    """There is nothing fit to be published, or it cannot be written."""
