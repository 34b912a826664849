"""The one style of all figures: colours, type, sizes, and text of the data that is only ever drawn as text.

Figures are drawn at the width of a printed column (89 mm), with type of 7 points; the colours of depth are those of the
map and grow darker with it, so that they are told apart in grayscale and by colour-blind readers.
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
MANY = 2_000  # strikes; from here on they are drawn as one picture, without bars of uncertainty
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
    # Text of the data is no mathematics, whatever dollars it holds.
    "text.parse_math": False,
}


_INSIDE: ContextVar[bool] = ContextVar("inside", default=False)


@contextmanager
def drawing() -> Iterator[None]:
    """While inside, figures are made in the project's style, whatever the user's own settings are.

    Setting the style takes a hundredth of a second; whoever draws several figures goes inside once around them.
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
    """The axes of a new figure, all in inches: height and width without a title, and the margins around the axes."""
    tall = height + (TITLE_INCHES if title else 0.0)
    figure = Figure(figsize=(width, tall))
    box = (left / width, bottom / tall, (width - left - right) / width, (height - bottom - top) / tall)
    return figure.add_axes(box)


def tell(ax: Axes, title: str, alt: str, *, pad: float = 18) -> Axes:
    """Give the axes a title, so many points above them, and the text that stands for the figure elsewhere."""
    if title:
        ax.set_title(plain(title, 60), wrap=False, pad=pad)
    ax.set_label(readable(alt))
    return ax


def alt_text(ax: Axes) -> str:
    """The text that stands for a figure where it is not seen, made from the data it shows.

    Parameters
    ----------
    ax
        What a function of `geostrike.figures` returned.
    """
    return str(ax.get_label())


def readable(text: object) -> str:
    r"""Text from data in which what does not print, or cannot be written, is replaced.

    Examples
    --------
    >>> readable("Belgorod\x00")
    'Belgorod�'
    """
    shown = (character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))
    return "".join(shown)


def plain(text: object, most: int = 26) -> str:
    """Readable text that is cut where it is too long for a figure.

    Examples
    --------
    >>> plain("Belgorod and everything that lies around it")
    'Belgorod and everything t…'
    """
    shown = readable(str(text)[: 2 * most]).strip()
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


@dataclass(frozen=True)
class Look:
    """How dots look: a colour each, whether each is hollow, and their shape."""

    colours: npt.NDArray[np.str_]
    rough: npt.NDArray[np.bool_]
    marker: str = "o"


# --- what is drawn of a strikes table --------------------------------------------------------------------------------


def from_one_side(strikes: pd.DataFrame, direction: str | None) -> tuple[pd.DataFrame, str]:
    """The strikes across the border of one direction of fire, and that direction: the one with most by default."""
    across = strikes[measured_rows(strikes)]
    directions = direction_of(across)
    if direction is None:
        counts = directions.value_counts()
        # The first in the alphabet where several are equally many: the same table gives the same figure.
        direction = "" if counts.empty else min(counts[counts == counts.max()].index)
    return across[directions == direction], direction


def depth_classes(depth_km: pd.Series[float]) -> npt.NDArray[np.int64]:
    """The class of depth of each value: 0 under 50 km, 5 from 1,000 km on.

    Examples
    --------
    >>> depth_classes(pd.Series([49.9, 50.0, 1500.0])).tolist()
    [0, 1, 5]
    """
    return np.digitize(depth_km.to_numpy(dtype=float), DEPTH_BREAKS_KM)


def dots(ax: Axes, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], look: Look, *, size: float) -> None:
    """A dot for each strike, coloured by class; hollow where its place is known only roughly.

    From some thousand on, dots that would cover each other are drawn once, and all as one picture: a vector of each
    would weigh megabytes.
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
    """The number of the cell that each point lies in, some 600 cells across the axes."""
    shown = np.asarray(ax.transAxes.inverted().transform(ax.transData.transform(np.column_stack([x, y]))))
    across = np.clip(np.nan_to_num(shown * 600), -1e6, 1e6).astype(np.int64)
    cells: npt.NDArray[np.int64] = across[:, 0] * 10_000_000 + across[:, 1]
    return cells


def in_words(direction: str) -> str:
    """How many of what, as the figures say it: "strikes, UKR to RUS"."""
    return f"strikes, {plain(direction, 40)}" if direction else "strikes"


def counted(number: int, noun: str = "strike") -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1), counted(1200)
    ('1 strike', '1,200 strikes')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
