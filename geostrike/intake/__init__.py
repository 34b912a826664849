"""What comes in and what goes out: foreign files are opened safely, results are written whole.

- `workers`: foreign files opened in processes of their own, with limits of time and memory; its names are here, too;
- `opening`: a plain file in UTF-8 from one that is packed, or in another encoding;
- `foreign_text`: XML, JSON and TOML that somebody else wrote;
- `faults`, `notices`: what cannot be used costs one report or row, and is said in one warning;
- `writing`, `output`: one file, or a whole folder of results, written whole or not at all;
- `collection`: work without garbage collection.
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
