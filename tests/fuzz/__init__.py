"""Fuzzing: thousands of damaged inputs to everything that reads foreign data, and to `locate`.

The law of every target: a documented error (`geostrike.errors.GeostrikeError`) or a valid result, within limits of time
and memory. `python3 dev.py fuzz` runs it; a failing input is minimised and kept in `corpus/`, which the tests replay.
"""
