"""Make the map shapes small: rounded coordinates, no specks, names alone; steps in README.md."""

import json
import sys
from pathlib import Path
from typing import Any

DECIMALS = 2
# Square degrees; smaller islands would not be seen.
SMALLEST_RING = 0.05
TERRITORIES = {
    "American Samoa",
    "Commonwealth of the Northern Mariana Islands",
    "Guam",
    "Puerto Rico",
    "United States Virgin Islands",
}
LEFT_OUT = {"states": TERRITORIES, "countries": {"Antarctica"}}
Ring = list[list[float]]


def _round_ring(ring: Ring) -> Ring:
    """Round the points of a ring and leave out those that fall together."""
    points: Ring = []
    for longitude, latitude in ring:
        point = [round(longitude, DECIMALS), round(latitude, DECIMALS)]
        if not points or point != points[-1]:
            points.append(point)
    return points


def _measure(ring: Ring) -> float:
    """Measure the area of a ring in square degrees."""
    pairs = zip(ring, ring[1:], strict=False)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _reduce(feature: dict[str, Any]) -> dict[str, Any]:
    """Keep the name of a feature and the rings that can be seen; the largest one always."""
    geometry = feature["geometry"]
    single = geometry["type"] == "Polygon"
    polygons = [geometry["coordinates"]] if single else geometry["coordinates"]
    rounded = [[_round_ring(ring) for ring in polygon] for polygon in polygons]
    rounded.sort(key=lambda polygon: -_measure(polygon[0]))
    kept = [polygon for polygon in rounded if _measure(polygon[0]) >= SMALLEST_RING]
    return {
        "type": "Feature",
        "properties": {"name": feature["properties"]["name"]},
        "geometry": {"type": "MultiPolygon", "coordinates": kept or rounded[:1]},
    }


def main(layer: str, source: Path, into: Path) -> None:
    """Reduce a GeoJSON file.

    Parameters
    ----------
    layer
        ``states`` or ``countries``.
    source
        GeoJSON of ``topo2geo``.
    into
        File to write.
    """
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    kept = [
        _reduce(feature)
        for feature in sorted(features, key=lambda feature: str(feature["properties"]["name"]))
        if feature["properties"]["name"] not in LEFT_OUT[layer]
    ]
    collection = {"type": "FeatureCollection", "features": kept}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    into.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
