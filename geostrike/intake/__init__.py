"""Input and output: foreign files are opened safely, results are written completely or not at all.

- `workers`: open foreign files in separate processes with limits of time and memory (its names are exported here);
- `opening`: unpack a file and convert it to UTF-8;
- `foreign_text`: read XML, JSON and TOML safely;
- `faults`, `notices`: confine a fault to one report or row, and warn once of what could not be used;
- `formulas`: CSV that a spreadsheet program opens without running anything;
- `writing`, `output`: write one file, or a folder of results with its manifest, completely or not at all;
- `collection`: pause garbage collection.
"""

from geostrike.intake.workers import FaultError, Job, LimitError, Limits, Outcome, call, limits_for, outcomes, processes

__all__ = [
    "FaultError",
    "Job",
    "LimitError",
    "Limits",
    "Outcome",
    "call",
    "limits_for",
    "outcomes",
    "processes",
]
