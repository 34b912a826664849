"""Reports of past strikes to a map by date and to depth statistics that can be checked.

The public names, in the order in which the data flows:

- `locate`: all of it, from a file, a folder or a table;
- `read_strikes`, `write_strikes`: strikes from and to the tables that people already have;
- `read_reports`, `extract`: reports to mentions, records, claims and stated distances;
- `Gazetteer`, `resolve_places`: names to places;
- `merge_strikes`: records to strikes;
- `Border`, `border_distance`, `distance_columns`, `measure_depth`, `depth_by_definition`, `check_stated_distances`: the
  distance from a border;
- `depth_of_parquet`, `depth_of_batches`: the same for tables of any length;
- `depth_summary`, `depth_by_period`, `depth_ecdf`, `bands`, `record_depths`, `depth_trend`: statistics of depth, with
  the intervals that the places leave (`draw_depths`) and that samples have, and `sensitivity` to what was chosen;
- `compare_strikes`: what changed between two runs;
- `strike_map`: the map by date; the module `figures`: figures for print;
- `report_page`: the report of a run as one page;
- `show_versions`: what a result depends on.
"""

from importlib import import_module as _import_module

# Nothing else is imported here: until the command runs, Ctrl-C would end in a traceback.
TYPE_CHECKING = False

if TYPE_CHECKING:
    __version__: str

    from geostrike import figures as figures
    from geostrike.borders.border import Border
    from geostrike.depth import (
        border_distance,
        check_stated_distances,
        depth_by_definition,
        distance_columns,
        measure_depth,
    )
    from geostrike.errors import (
        AmbiguousPlaceError,
        BorderError,
        GeostrikeError,
        InputError,
        InputWarning,
        PlaceError,
        PlaceNotFoundError,
        TableError,
    )
    from geostrike.exchange import StrikesRead, Written, read_strikes, write_strikes
    from geostrike.exchange.batches import depth_of_batches, depth_of_parquet
    from geostrike.maps import strike_map
    from geostrike.merging.compare import compare_strikes
    from geostrike.merging.merge import merge_strikes
    from geostrike.pipeline import locate
    from geostrike.places import Gazetteer, resolve_places
    from geostrike.reading import extract, read_reports
    from geostrike.report import report_page
    from geostrike.results import Located, PlaceDraws
    from geostrike.stats import (
        bands,
        depth_by_period,
        depth_ecdf,
        depth_summary,
        depth_trend,
        draw_depths,
        record_depths,
        sensitivity,
    )
    from geostrike.versions import show_versions

__all__ = [
    "AmbiguousPlaceError",
    "Border",
    "BorderError",
    "Gazetteer",
    "GeostrikeError",
    "InputError",
    "InputWarning",
    "Located",
    "PlaceDraws",
    "PlaceError",
    "PlaceNotFoundError",
    "StrikesRead",
    "TableError",
    "Written",
    "bands",
    "border_distance",
    "check_stated_distances",
    "compare_strikes",
    "depth_by_definition",
    "depth_by_period",
    "depth_ecdf",
    "depth_of_batches",
    "depth_of_parquet",
    "depth_summary",
    "depth_trend",
    "distance_columns",
    "draw_depths",
    "extract",
    "locate",
    "measure_depth",
    "merge_strikes",
    "read_reports",
    "read_strikes",
    "record_depths",
    "report_page",
    "resolve_places",
    "sensitivity",
    "show_versions",
    "strike_map",
    "write_strikes",
]

# Where each public name lives: looked up on first use, since geopandas and folium take seconds to import.
_HOMES = {
    "AmbiguousPlaceError": "geostrike.errors",
    "Border": "geostrike.borders.border",
    "BorderError": "geostrike.errors",
    "Gazetteer": "geostrike.places",
    "GeostrikeError": "geostrike.errors",
    "InputError": "geostrike.errors",
    "InputWarning": "geostrike.errors",
    "Located": "geostrike.results",
    "PlaceDraws": "geostrike.results",
    "PlaceError": "geostrike.errors",
    "PlaceNotFoundError": "geostrike.errors",
    "StrikesRead": "geostrike.exchange",
    "TableError": "geostrike.errors",
    "Written": "geostrike.exchange",
    "bands": "geostrike.stats",
    "border_distance": "geostrike.depth",
    "check_stated_distances": "geostrike.depth",
    "compare_strikes": "geostrike.merging.compare",
    "depth_by_definition": "geostrike.depth",
    "depth_by_period": "geostrike.stats",
    "depth_ecdf": "geostrike.stats",
    "depth_of_batches": "geostrike.exchange.batches",
    "depth_of_parquet": "geostrike.exchange.batches",
    "depth_summary": "geostrike.stats",
    "depth_trend": "geostrike.stats",
    "distance_columns": "geostrike.depth",
    "draw_depths": "geostrike.stats",
    "extract": "geostrike.reading",
    "locate": "geostrike.pipeline",
    "measure_depth": "geostrike.depth",
    "merge_strikes": "geostrike.merging.merge",
    "read_reports": "geostrike.reading",
    "read_strikes": "geostrike.exchange",
    "record_depths": "geostrike.stats",
    "report_page": "geostrike.report",
    "resolve_places": "geostrike.places",
    "sensitivity": "geostrike.stats",
    "show_versions": "geostrike.versions",
    "strike_map": "geostrike.maps",
    "write_strikes": "geostrike.exchange",
}


# Modules that are names of their own: `geostrike.figures.depth_by_date`.
_MODULES = ("figures",)


if not TYPE_CHECKING:  # a type checker takes the names above, and would believe any name of this

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            return _import_module(f"geostrike.{name}")
        if name == "__version__":
            return _import_module("importlib.metadata").version("geostrike")
        if name not in _HOMES:
            msg = f"module 'geostrike' has no attribute {name!r}"
            raise AttributeError(msg)
        value = getattr(_import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES, "__version__"])
