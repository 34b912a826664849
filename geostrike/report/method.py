"""The method of a run: border, rules, versions and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geostrike.report.wording import readable, status_words
from geostrike.tables import STATUSES

if TYPE_CHECKING:
    from geostrike.results import Located

__all__ = ["Method", "method_of"]

_NAMES = {"base": "base gazetteer", "gazetteer.csv": "curated places"}
MOST_INPUTS = 300


@dataclass(frozen=True)
class Method:
    """The facts on the method of a run, as the page lists them."""

    border: list[tuple[str, str]]
    border_licence: str
    statuses: list[tuple[str, str]]
    versions: list[tuple[str, str]]
    inputs: list[tuple[str, str]]
    inputs_left_out: int
    parameters: list[tuple[str, str]]
    citation: str


def method_of(located: Located) -> Method:
    """The method of a run: its border, rules, versions, parameters and inputs, and how to cite it."""
    run = located.run
    inputs = [(readable(name, 160), readable(digest, 64)) for name, digest in run["inputs"].items()]
    return Method(
        border=[(name, readable(fact, 200)) for name, fact in located.border.facts().items()],
        border_licence=readable(located.border.licence, 120) or "no licence given",
        statuses=[(status_words(status.word), status.meaning) for status in STATUSES.values()],
        versions=[
            ("geostrike", readable(run["geostrike"], 40)),
            *(
                (_NAMES.get(name, readable(name, 80)), readable(number, 80))
                for name, number in run["gazetteer"].items()
            ),
        ],
        inputs=inputs[:MOST_INPUTS],
        inputs_left_out=max(0, len(inputs) - MOST_INPUTS),
        parameters=_parameters(run),
        citation=_citation(located),
    )


def _parameters(run: Any) -> list[tuple[str, str]]:
    """The options that the user gave."""
    asked = dict(run.get("parameters") or {})
    decided = {name: count for name, count in (run.get("decisions") or {}).items() if name != "sha256" and count}
    rows = [(name, readable(value, 200)) for name, value in asked.items() if value]
    if decided:
        rows.append(("a reviewer's decisions", ", ".join(f"{name} {count}" for name, count in decided.items())))
    return rows


def _citation(located: Located) -> str:
    """How to cite the run: program, version, day, border and gazetteer."""
    run = located.run
    versions = ", ".join(f"{readable(name, 80)} {readable(number, 80)}" for name, number in run["gazetteer"].items())
    return (
        f"The geostrike developers: geostrike {readable(run['geostrike'], 40)}; run of {str(run['written'])[:10]}, "
        f"border {readable(located.border.border_id, 80)}, gazetteer {versions}."
    )
