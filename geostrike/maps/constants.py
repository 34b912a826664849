"""The constants of the page's script that other parts of geostrike decide."""

from __future__ import annotations

from geostrike.tables import DEPTH_BREAKS_KM, MARKS, ROUGH_PRECISION, STATUSES

__all__ = ["script_constants"]


def script_constants() -> dict[str, object]:
    """Return the constants by name; the script imports them as `constants.json`.

    Examples
    --------
    >>> script_constants()["rough_precision"]
    2
    """
    return {
        "status_marks": {status.word: MARKS[status.mark] for status in STATUSES.values()},
        "depth_breaks": DEPTH_BREAKS_KM,
        # Names in palette.toml of the colours of the depth classes, and of strikes not across the border or unmeasured.
        "depth_colours": [*(f"depth{number}" for number in range(len(DEPTH_BREAKS_KM) + 1)), "none", "unmeasured"],
        "rough_precision": ROUGH_PRECISION,
    }
