"""Labels next to points, placed so that none overlaps another or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from geostrike.figures.style import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

__all__ = ["place_labels"]

_Side: TypeAlias = "tuple[str, str, float, float]"

_LETTER = 0.62  # width of a letter, of the type size
_LINE = 1.15
# Where a label can be placed: its horizontal and vertical alignment, and the direction of its offset from the point.
_SIDES: tuple[_Side, ...] = (
    ("left", "center", 1, 0), ("right", "center", -1, 0), ("center", "bottom", 0, 1), ("center", "top", 0, -1),
    ("left", "bottom", 1, 0.7), ("right", "bottom", -1, 0.7), ("left", "top", 1, -0.7), ("right", "top", -1, -0.7),
)  # fmt: skip
_ABOVE = (_SIDES[5], _SIDES[2], _SIDES[4], _SIDES[1], _SIDES[7], _SIDES[3])
_SHARE = {"left": 0.0, "bottom": 0.0, "center": 0.5, "right": 1.0, "top": 1.0}


def place_labels(
    ax: Axes,
    names: Iterable[object],
    points: npt.NDArray[np.float64],
    *,
    avoid: npt.NDArray[np.float64],
    size: float = 7,
    prefer: Literal["beside", "above"] = "beside",
) -> None:
    """Write each name next to its point, in the given order; a name that fits nowhere is left out.

    Parameters
    ----------
    names, points
        The labels, and their points in data coordinates, shape (n, 2).
    avoid
        All drawn points, which no label may cover, shape (m, 2).
    size
        Font size, in points.
    prefer
        Where a name is tried first: "above" if lines continue from the points to the right.
    """
    sides = _SIDES if prefer == "beside" else _ABOVE
    per_point = 72 / ax.figure.dpi
    frame = ax.get_window_extent()
    room = (frame.x0 * per_point, frame.y0 * per_point, frame.x1 * per_point, frame.y1 * per_point)
    drawn = np.asarray(ax.transData.transform(avoid)) * per_point if len(avoid) else np.empty((0, 2))
    taken = [(x - 2.5, y - 2.5, x + 2.5, y + 2.5) for x, y in drawn]
    for name, point in zip(names, points, strict=True):
        text = plain(name, 22)
        at = np.asarray(ax.transData.transform(point)) * per_point
        for side in sides:
            box = _box(text, at, side, size)
            if _inside(box, room) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                _write(ax, text, point, side, size)
                break


def _box(text: str, at: npt.NDArray[np.float64], side: _Side, size: float) -> tuple[float, float, float, float]:
    horizontal, vertical, dx, dy = side
    width, height = len(text) * size * _LETTER, size * _LINE
    x = at[0] + 5 * dx - _SHARE[horizontal] * width
    y = at[1] + 5 * dy - _SHARE[vertical] * height
    return (x, y, x + width, y + height)


def _inside(box: Sequence[float], room: Sequence[float]) -> bool:
    return box[0] >= room[0] and box[1] >= room[1] and box[2] <= room[2] and box[3] <= room[3]


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write(ax: Axes, text: str, point: npt.NDArray[np.float64], side: _Side, size: float) -> None:
    horizontal, vertical, dx, dy = side
    ax.annotate(
        text,
        (point[0], point[1]),
        xytext=(5 * dx, 5 * dy),
        textcoords="offset points",
        ha=horizontal,
        va=vertical,
        fontsize=size,
    )
