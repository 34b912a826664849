"""The progress bar over the stages of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Never, TypeAlias

from tqdm import tqdm

__all__ = ["Stage", "stages_of"]

Stage: TypeAlias = "Callable[[str], AbstractContextManager[None]]"
"""Names the stage that runs in its block."""


@contextmanager
def stages_of(number: int, *, show: bool) -> Iterator[Stage]:
    """A bar over so many stages, shown only where asked for; it gives the context of each stage.

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
    """`tqdm.auto` draws widgets in a notebook, and warns where there are none: only if shown."""
    if not show:
        return tqdm(disable=True)
    from tqdm.auto import tqdm as notebook_or_terminal

    return notebook_or_terminal(total=stages, unit="stage", leave=False)
