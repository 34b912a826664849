"""Fuzzing: damaged inputs by the thousand, over everything that reads what others wrote, and over `locate`.

The law of every target: a documented error (`geostrike.errors.GeostrikeError`), or a result that holds what its tables
promise; within the limits of time and memory, and nothing else. `python3 dev.py fuzz` runs it; what fails is made as
small as can be and kept in `corpus/`, which the tests replay.
"""
