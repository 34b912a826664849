"""One report of many place names, in several forms: the time for n names, and for four times as many."""

from __future__ import annotations

import random
import sqlite3
import time
from functools import cache
from pathlib import Path

import pandas as pd

from geostrike.merging.merge import merge_strikes
from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import extract, read_documents

INDEX = Path(__file__).resolve().parent.parent / "geostrike" / "data" / "gazetteer.sqlite"
# The sentence for each name; {day} is the day of the month.
SENTENCES = {
    "a sentence each": "Drones hit an oil depot in {name} on Monday. ",
    "a paragraph each": "Drones hit a depot in {name} on {day} May. The Ukrainian army was behind it, it said.\n\n",
    "claims that point back": "Drones hit {name}. The governor confirmed it. Kyiv denied it, 30 km from the border. ",
    "a region each time": "Drones attacked {name} in the Belgorod region, the region was hit by four drones. ",
    "sums": "Ukraine launched {day} drones overnight on {day} May. Drones hit {name}.\n",
    "a list": "- {name}: three drones shot down on {day} May\n",
    "other news": "The mayor spoke in {name} about the weather. ",
}


@cache
def names() -> list[str]:
    """Return names of settlements in Russia and Ukraine, in Latin letters, shuffled."""
    query = "SELECT name FROM places WHERE kind = 'settlement' AND country IN ('RUS', 'UKR') ORDER BY row"
    known = dict.fromkeys(name for (name,) in sqlite3.connect(INDEX).execute(query))
    plain = [name for name in known if name.isascii() and name.replace(" ", "").replace("-", "").isalpha()]
    random.Random(1).shuffle(plain)
    return plain


def long_report(shape: str, count: int) -> str:
    """Return a text of this many names, repeated if necessary."""
    known, sentence = names(), SENTENCES[shape]
    return "".join(sentence.format(name=known[n % len(known)], day=n % 28 + 1) for n in range(count))


def seconds(text: str, runs: int = 1) -> float:
    """Return the processor time from the text to its merged strikes; the best of several runs."""
    table = pd.DataFrame({"text": [text], "published": ["2025-05-29"], "language": ["en"]})
    found = []
    for _ in range(runs):
        places, start = Gazetteer(), time.process_time()
        reports = read_documents(table).reports
        extracted = extract(reports, places)
        merge_strikes(resolve_places(extracted.records, places), extracted.claims, reports=reports)
        found.append(time.process_time() - start)
    return min(found)
