"""The progress bar over the stages of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Never, TypeAlias

from tqdm import tqdm

__all__ = ["Stage", "stages_of"]

Stage: TypeAlias = "Callable[[str], AbstractContextManager[None]]"
"""A context that names the running stage."""


@contextmanager
def stages_of(number: int, *, show: bool) -> Iterator[Stage]:
    """Show a progress bar over a number of stages, and yield the context of a stage.

    Examples
    --------
    >>> with stages_of(1, show=False) as stage, stage("adding"):
    ...     total = 1 + 1
    """
    with _bar(number, show=show) as bar:

        @contextmanager
        def stage(name: str) -> Iterator[None]:
            bar.set_description(name)
            yield
            bar.update()

        yield stage


def _bar(stages: int, *, show: bool) -> tqdm[Never]:
    """A bar; `tqdm.auto`, which warns where notebook widgets are missing, only if it is shown."""
    if not show:
        return tqdm(disable=True)
    from tqdm.auto import tqdm as notebook_or_terminal

    return notebook_or_terminal(total=stages, unit="stage", leave=False)
