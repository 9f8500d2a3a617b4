"""The shapes of maps: files of the package, so that a map needs no network."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).resolve().parent / "shapes"
# Names of countries in the data -> names of the shapes.
COUNTRY_NAMES = {
    "Bosnia and Herzegovina": "Bosnia and Herz.",
    "Czech Republic": "Czechia",
    "Dominican Republic": "Dominican Rep.",
    "EIRE": "Ireland",
    "North Macedonia": "Macedonia",
    "RSA": "South Africa",
    "USA": "United States of America",
    "United States": "United States of America",
}
Layer = Literal["states", "countries"]


@cache
def load_shapes(layer: Layer) -> tuple[dict[str, Any], ...]:
    """Load the shapes of a layer.

    Parameters
    ----------
    layer
        ``states`` (of the USA) or ``countries``.

    Returns
    -------
    tuple of dict
        GeoJSON features with one property, ``name``; not to be changed.
    """
    text = (FOLDER / f"{layer}.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["features"])


def name_shape(layer: Layer, place: str) -> str:
    """Name the shape of a place.

    Parameters
    ----------
    layer
        ``states`` or ``countries``.
    place
        State or country as the marts write it.

    Returns
    -------
    str
        Name of the shape; there may be none of that name.
    """
    return COUNTRY_NAMES.get(place, place) if layer == "countries" else place
