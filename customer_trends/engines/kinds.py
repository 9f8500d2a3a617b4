"""Names the kind of a column, the same for all engines."""

import pyarrow as pa


def name_kind(arrow_type: pa.DataType) -> str:
    """Name the kind of an Arrow type.

    Parameters
    ----------
    arrow_type
        Type of a column.

    Returns
    -------
    str
        ``integer``, ``number``, ``text``, ``boolean``, ``date`` or ``timestamp``; the type's own
        name where none of them fits.
    """
    types = pa.types
    if types.is_boolean(arrow_type):
        return "boolean"
    if types.is_integer(arrow_type):
        return "integer"
    if types.is_floating(arrow_type):
        return "number"
    if types.is_decimal(arrow_type):
        return "integer" if arrow_type.scale == 0 else "number"
    if types.is_string(arrow_type) or types.is_large_string(arrow_type):
        return "text"
    if types.is_date(arrow_type):
        return "date"
    return "timestamp" if types.is_timestamp(arrow_type) else str(arrow_type)
