"""The constants of the page's script that other parts of geostrike decide, as JavaScript."""

from __future__ import annotations

import json

from geostrike.tables import DEPTH_BREAKS_KM, MARKS, ROUGH_PRECISION, STATUSES

__all__ = ["script_constants"]


def script_constants() -> str:
    r"""The lines of JavaScript that declare them.

    Examples
    --------
    >>> script_constants().splitlines()[-1]
    'const ROUGH_PRECISION = 2;'
    """
    constants = {
        "STATUS_MARKS": {status.word: MARKS[status.mark] for status in STATUSES.values()},
        "DEPTH_BREAKS": DEPTH_BREAKS_KM,
        # Names in palette.toml of the colours of the depth classes, and of strikes not across the border or unmeasured.
        "DEPTH_COLOURS": [*(f"depth{number}" for number in range(len(DEPTH_BREAKS_KM) + 1)), "none", "unmeasured"],
        "ROUGH_PRECISION": ROUGH_PRECISION,
    }
    return "\n".join(f"const {name} = {json.dumps(value)};" for name, value in constants.items())
