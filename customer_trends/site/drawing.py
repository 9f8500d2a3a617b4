"""Draw the tables and keys of the core for the documentation site."""

import re
from dataclasses import dataclass

KEY_LINE = re.compile(r'"(\w+)" \}\|--\|\| "(\w+)": (\S+)')
BOX_WIDTH, BOX_HEIGHT, STEP, WIDTH = 240, 28, 40, 1160
TOP, MIDDLE = 10, (WIDTH - BOX_WIDTH) // 2
DBT_PAGE = "dbt/index.html#!/model/model.customer_trends."


@dataclass(frozen=True)
class ForeignKey:
    """A column of one table that points at another."""

    child: str
    parent: str
    column: str


@dataclass(frozen=True)
class Box:
    """A table: its place, its page, and the lines that leave it."""

    name: str
    x: int
    y: float
    paths: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """The page of the table in the dbt docs."""
        return DBT_PAGE + self.name


@dataclass(frozen=True)
class Picture:
    """The drawing: tables with keys in the middle, those they point at on either side."""

    keys: list[ForeignKey]
    children: list[Box]
    parents: list[Box]
    height: int
    width: int = WIDTH
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def read_keys(page: str) -> list[ForeignKey]:
    """Read the foreign keys that dbterd drew.

    Parameters
    ----------
    page
        Text of ``docs/erd.md``.

    Returns
    -------
    list of ForeignKey
        Keys by child, parent and column.
    """
    keys = {
        ForeignKey(child.lower(), parent.lower(), column.split("--")[-1])
        for child, parent, column in KEY_LINE.findall(page)
    }
    return sorted(keys, key=lambda key: (key.child, key.parent, key.column))


def draw(keys: list[ForeignKey]) -> Picture:
    """Place the tables and draw a line per key.

    Parameters
    ----------
    keys
        Foreign keys.

    Returns
    -------
    Picture
        What the template needs.
    """
    children = sorted({key.child for key in keys}, key=lambda name: (name[:3] != "fct", name))
    use = {parent: 0 for parent in sorted({key.parent for key in keys})}
    for key in keys:
        use[key.parent] += 1
    # The most used first, left and right in turn, so that both sides have as many lines.
    parents = sorted(use, key=lambda name: (-use[name], name))
    rows = max(len(children), (len(parents) + 1) // 2)
    height = TOP * 2 + rows * STEP
    sides = (parents[0::2], parents[1::2])
    places = {
        name: Box(name, (0, WIDTH - BOX_WIDTH)[side], _center(index, len(names), rows))
        for side, names in enumerate(sides)
        for index, name in enumerate(names)
    }
    boxes = []
    for index, child in enumerate(children):
        y = _center(index, len(children), rows)
        targets = sorted({key.parent for key in keys if key.child == child})
        paths = tuple(_connect(y, places[target]) for target in targets)
        boxes.append(Box(child, MIDDLE, y, paths))
    return Picture(keys, boxes, list(places.values()), height)


def _center(index: int, count: int, rows: int) -> float:
    """Place one of some boxes in a column, spread over its full height."""
    return round(TOP + (index + 0.5) * rows * STEP / count - BOX_HEIGHT / 2, 1)


def _connect(y: float, target: Box) -> str:
    """Draw a line from a box in the middle to one at a side."""
    is_left = target.x < MIDDLE
    start, end = (MIDDLE, BOX_WIDTH) if is_left else (MIDDLE + BOX_WIDTH, target.x)
    bend = (start + end) // 2
    here, there = y + BOX_HEIGHT / 2, target.y + BOX_HEIGHT / 2
    return f"M{start} {here}C{bend} {here} {bend} {there} {end} {there}"
