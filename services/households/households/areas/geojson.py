"""Areas as GeoJSON (RFC 7946): a point where one is known, null geometry elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any

MEDIA_TYPE = "application/geo+json"


def feature(area: Mapping[str, Any]) -> dict[str, Any]:
    """Return one area as a feature; its code is the feature's id."""
    lat, lon = area["lat"], area["lon"]
    properties = {name: value for name, value in area.items() if name not in {"lat", "lon"}}
    geometry = None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": area["code"], "geometry": geometry, "properties": properties}


def collection(areas: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return areas as a feature collection, in their order."""
    return {"type": "FeatureCollection", "features": [feature(area) for area in areas]}
