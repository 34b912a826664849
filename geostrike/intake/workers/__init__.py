"""Foreign files, opened in processes of their own with a limit of time and memory for each.

A file that somebody else made can hang, fill or crash the process that opens it. So web pages, PDF and Word files,
workbooks, GeoPackages, Parquet and KML files are read by workers: one that takes too much time or memory, or dies,
costs its file and is replaced. `call` has one thing done by a worker, `outcomes` many by several at once.
"""

from geostrike.intake.workers.ahead import READ_TABLE, TABLES, look_ahead
from geostrike.intake.workers.crew import FaultError, Job, LimitError, Outcome, call, outcomes, prepare
from geostrike.intake.workers.limits import MEMORY, SECONDS, Limits, limits_for, processes

__all__ = [
    "MEMORY",
    "READ_TABLE",
    "SECONDS",
    "TABLES",
    "FaultError",
    "Job",
    "LimitError",
    "Limits",
    "Outcome",
    "call",
    "limits_for",
    "look_ahead",
    "outcomes",
    "prepare",
    "processes",
]
