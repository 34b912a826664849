"""The style of all figures: colours, type and sizes; text from data is only ever drawn as text.

Figures are drawn at the width of a printed column (89 mm), with type of 7 points; the colours of depth are those of the
map and grow darker with it, so that they differ in grayscale and for colour-blind readers.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from geostrike.palette import palette
from geostrike.stats import direction as direction_of
from geostrike.stats import measured_rows
from geostrike.tables import DEPTH_BREAKS_KM

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from matplotlib.axes import Axes

__all__ = [
    "COLOURS",
    "alt_text",
    "depth_classes",
    "direction_of",
    "drawing",
    "from_one_side",
    "new_axes",
    "plain",
]

COLUMN_INCHES = 3.5
PAGE_INCHES = 7.2
TITLE_INCHES = 0.24
DEPTH_NAMES = (
    f"under {DEPTH_BREAKS_KM[0]:,.0f} km",
    *(f"{first:,.0f}–{last:,.0f} km" for first, last in pairwise(DEPTH_BREAKS_KM)),
    f"{DEPTH_BREAKS_KM[-1]:,.0f} km and more",
)

# Name -> colour on light ground, colour on dark ground.
COLOURS = palette("figures")
INK = {name: light for name, (light, _) in COLOURS.items()}
DEPTH_COLOURS = tuple(INK[f"depth{number}"] for number in range(len(DEPTH_NAMES)))
MANY = 2_000  # more strikes are drawn as one image, without bars of uncertainty
MARKERS = ("o", "D", "^", "s")

_STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7,
    "axes.labelcolor": INK["dim"],
    "axes.edgecolor": INK["dim"],
    "axes.facecolor": "none",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": INK["line"],
    "grid.linewidth": 0.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.color": INK["dim"],
    "ytick.color": INK["dim"],
    "xtick.major.width": 0.6,
    "ytick.major.width": 0,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "text.color": INK["ink"],
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 1.2,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.2,
    "legend.borderaxespad": 0,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "lines.linewidth": 1,
    "hatch.linewidth": 0.6,
    # A dollar sign in a text does not start a formula.
    "text.parse_math": False,
}


_INSIDE: ContextVar[bool] = ContextVar("inside", default=False)


@contextmanager
def drawing() -> Iterator[None]:
    """Draw figures in the project's style, whatever the user's own settings.

    Setting the style takes 10 ms: to draw several figures, enter it once around them all.
    """
    if _INSIDE.get():
        yield
        return
    inside = _INSIDE.set(True)
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_STYLE)
            yield
    finally:
        _INSIDE.reset(inside)


def new_axes(
    height: float, *, width: float = COLUMN_INCHES, left: float = 0.42, right: float = 0.12, bottom: float = 0.42,
    top: float = 0.2, title: str = "",
) -> Axes:  # fmt: skip
    """The axes of a new figure; height and width without the title, and the margins, in inches."""
    tall = height + (TITLE_INCHES if title else 0.0)
    figure = Figure(figsize=(width, tall))
    box = (left / width, bottom / tall, (width - left - right) / width, (height - bottom - top) / tall)
    return figure.add_axes(box)


def describe(ax: Axes, title: str, alt: str, *, pad: float = 18) -> Axes:
    """Set the title, `pad` points above the axes, and the alt text."""
    if title:
        ax.set_title(plain(title, 60), wrap=False, pad=pad)
    ax.set_label(readable(alt))
    return ax


def alt_text(ax: Axes) -> str:
    """The alt text of a figure, made from the data it shows.

    Parameters
    ----------
    ax
        Axes that a function of `geostrike.figures` returned.
    """
    return str(ax.get_label())


def readable(text: object) -> str:
    r"""Text from data with unprintable characters replaced.

    Examples
    --------
    >>> readable("Belgorod\x00")
    'Belgorod�'
    """
    shown = (character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))
    return "".join(shown)


def plain(text: object, most: int = 26) -> str:
    """Readable text, cut if it is too long for a figure.

    Examples
    --------
    >>> plain("Belgorod and everything around it")
    'Belgorod and everything a…'
    """
    shown = readable(str(text)[: 2 * most]).strip()
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


@dataclass(frozen=True)
class Look:
    """The look of dots: a colour for each, whether it is hollow, and their common shape."""

    colours: npt.NDArray[np.str_]
    rough: npt.NDArray[np.bool_]
    marker: str = "o"


# --- what is drawn of a strikes table --------------------------------------------------------------------------------


def from_one_side(strikes: pd.DataFrame, direction: str | None) -> tuple[pd.DataFrame, str]:
    """The strikes across the border in one direction of fire, and that direction; by default the most frequent one."""
    across = strikes[measured_rows(strikes)]
    directions = direction_of(across)
    if direction is None:
        counts = directions.value_counts()
        # The first in the alphabet of the most frequent: the same table gives the same figure.
        direction = "" if counts.empty else min(counts[counts == counts.max()].index)
    return across[directions == direction], direction


def depth_classes(depth_km: pd.Series[float]) -> npt.NDArray[np.int64]:
    """The depth class of each value: 0 under 50 km, 5 from 1,000 km on.

    Examples
    --------
    >>> depth_classes(pd.Series([49.9, 50.0, 1500.0])).tolist()
    [0, 1, 5]
    """
    return np.digitize(depth_km.to_numpy(dtype=float), DEPTH_BREAKS_KM)


def dots(ax: Axes, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], look: Look, *, size: float) -> None:
    """Draw a dot for each strike, coloured by class; hollow if its place is known only approximately.

    More than `MANY` dots are drawn as one image, and those that would cover each other only once: as vectors they
    would take megabytes.
    """
    many = len(x) > MANY
    cells = _cells(ax, x, y) if many else np.arange(len(x))
    for colour in np.unique(look.colours):
        for rough in (False, True):
            rows = np.flatnonzero((look.colours == colour) & (look.rough == rough))
            rows = rows[np.sort(np.unique(cells[rows], return_index=True)[1])]
            if len(rows):
                ax.scatter(
                    x[rows], y[rows], s=size / 4 if many else size, marker=look.marker, zorder=4, rasterized=many,
                    color=INK["paper"] if rough else str(colour), edgecolors=str(colour) if rough else INK["edge"],
                    linewidths=0.3 if many else 1.3 if rough else 0.6,
                )  # fmt: skip


def _cells(ax: Axes, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The number of the cell of each point, with 600 cells across the axes."""
    shown = np.asarray(ax.transAxes.inverted().transform(ax.transData.transform(np.column_stack([x, y]))))
    across = np.clip(np.nan_to_num(shown * 600), -1e6, 1e6).astype(np.int64)
    cells: npt.NDArray[np.int64] = across[:, 0] * 10_000_000 + across[:, 1]
    return cells


def counted(number: int, noun: str = "strike") -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1), counted(1200)
    ('1 strike', '1,200 strikes')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
