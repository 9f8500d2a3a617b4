"""How figures are written in titles and sentences, in English, with their grammar."""

from datetime import date

# A narrow space that does not break, between a number and its per cent sign.
NARROW_SPACE = "\u202f"
LONG = 1_000_000
# Stands where there is no figure.
NOTHING = "–"


def write_amount(value: float) -> str:
    """Write an amount of money, such as ``4.18 million``, ``156,508`` or ``239.25``.

    Parameters
    ----------
    value
        Amount in currency units.

    Returns
    -------
    str
        Millions with two decimals, thousands without, smaller amounts to the cent.
    """
    size = abs(value)
    if size >= LONG:
        return f"{value / LONG:,.2f} million"
    text = f"{value:,.0f}" if round(size, 2) >= 1_000 else f"{value:,.2f}"
    return text.removeprefix("-") if text.strip("-0.,") == "" else text


def write_share(value: float) -> str:
    """Write a share of 1 in per cent.

    Parameters
    ----------
    value
        Share, such as 0.447.

    Returns
    -------
    str
        Such as ``44.7 %``, with a narrow space.
    """
    text = f"{100 * value:,.1f}"
    return f"{'0.0' if text == '-0.0' else text}{NARROW_SPACE}%"


def write_count(value: float, one: str, many: str = "") -> str:
    """Write a number of things.

    Parameters
    ----------
    value
        How many; a whole number.
    one
        The thing in the singular.
    many
        The thing in the plural; default: the singular with an s.

    Returns
    -------
    str
        Such as ``1 order``, ``2,456 orders`` or ``no orders``.
    """
    count, plural = round(value), many or f"{one}s"
    if count == 0:
        return f"no {plural}"
    return f"{count:,} {one if abs(count) == 1 else plural}"


def write_number(value: float, decimals: int = 1) -> str:
    """Write a number with decimals.

    Parameters
    ----------
    value
        Number.
    decimals
        Digits after the point.

    Returns
    -------
    str
        Such as ``3.9``; never a negative zero.
    """
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if text.strip("-0.,") == "" else text


def write_month(month: date) -> str:
    """Write a month, such as ``June 2024``.

    Parameters
    ----------
    month
        Any day of it.

    Returns
    -------
    str
        Name and year.
    """
    return f"{month:%B %Y}"


def write_change(value: float, than: str) -> str:
    """Write a relative change, such as ``8.1 % less than in May 2024``.

    Parameters
    ----------
    value
        Change as a share of the earlier value.
    than
        What it is compared with, such as ``in May 2024``.

    Returns
    -------
    str
        More, less, or as much; a change that rounds to nothing is none.
    """
    if round(abs(value), 3) == 0:
        return f"as much as {than}"
    return f"{write_share(abs(value))} {'more' if value > 0 else 'less'} than {than}"


def join_words(words: list[str]) -> str:
    """Join words as in a sentence.

    Parameters
    ----------
    words
        One or more words.

    Returns
    -------
    str
        Such as ``a``, ``a and b`` or ``a, b and c``.
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def name_category(name: str) -> str:
    """Write a coded name as words, such as ``Wrong size`` for ``wrong_size``.

    Parameters
    ----------
    name
        Code.

    Returns
    -------
    str
        First letter large, spaces for underscores; names with a large letter stay as they are.
    """
    words = name.replace("_", " ")
    return words if words != words.lower() else words[:1].upper() + words[1:]
