"""Open foreign files in separate processes, each with limits of time and memory.

A foreign file can hang, exhaust or crash the process that opens it. So web pages, PDF and Word files, workbooks,
GeoPackages, Parquet and KML files are read by workers: one that takes too much time or memory, or dies, loses only its
file and is replaced. `call` runs one job in a worker, `outcomes` runs many in several workers at once.
"""

from geostrike.intake.workers.ahead import READ_TABLE, TABLES, look_ahead
from geostrike.intake.workers.limits import MEMORY, SECONDS, Limits, limits_for, processes
from geostrike.intake.workers.pool import FaultError, Job, LimitError, Outcome, call, outcomes, prepare

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
