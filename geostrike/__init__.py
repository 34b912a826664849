"""Reports of past strikes to a map by date and to depth statistics that can be checked."""

from importlib.metadata import version as _version

__all__ = ["__version__"]

__version__ = _version("geostrike")
