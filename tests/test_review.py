"""A reviewer's decisions override what was read, are counted, and can be undone."""

import re

import pandas as pd
import pytest
from click.testing import CliRunner

from geostrike.cli import cli, main
from geostrike.errors import InputError
from geostrike.merging.review import apply_decisions, read_decisions, review_table, write_decisions
from geostrike.pipeline import locate
from geostrike.places import Gazetteer
from geostrike.reading import extract, read_documents
from geostrike.reading.documents.reports import report_id
from geostrike.reading.rows import ids_under
from geostrike.tables import DECISIONS, build_table

TEXT = "Drones hit oil depots in Yartsevo and Tuapse on Monday, the governors said."


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text(" date 2024-04-24 " + TEXT)
    return folder


def decide(tmp_path, located, **decisions):
    """Write a file of decisions on places: the decision, or the cells of a change."""
    ids = dict(zip(located.records["place_as_written"], located.records["record_id"], strict=True))
    rows = [
        {"record_id": ids[place], **(choice if isinstance(choice, dict) else {"decision": choice})}
        for place, choice in decisions.items()
    ]
    write_decisions(build_table(DECISIONS, rows), tmp_path / "decisions.csv")
    return tmp_path / "decisions.csv"


def test_rejected_record_is_quarantined(tmp_path, reports):
    """A rejected record is in quarantine and in no strike."""
    file = decide(tmp_path, locate(reports), Tuapse="reject", Yartsevo="accept")
    located = locate(reports, decisions=file)
    assert located.strikes["place"].tolist() == ["Yartsevo"]
    assert located.quarantine[["path", "code"]].values.tolist() == [["a.txt", "REJECTED"]]
    assert set(located.claims["record_id"]) == set(located.records["record_id"])
    assert located.run["quarantined"] == 0
    counts = {name: located.run["decisions"][name] for name in ("accept", "reject", "change", "without record")}
    assert counts == {"accept": 1, "reject": 1, "change": 0, "without record": 0}
    assert [row["decision"] for row in located.run["decided"]] == ["reject", "accept"]
    assert located.review["decision"].tolist() == ["accept", "reject"]


def test_change_applies(tmp_path, reports):
    """A changed record has the new values."""
    change = {
        "decision": "change", "place_id": "azov-test", "date_start": "2024-04-21", "date_end": "2024-04-22",
        "target_kind": "refinery", "status": "confirmed",
    }  # fmt: skip
    azov = Gazetteer().resolve("Azov", country="RUS").place
    file = decide(tmp_path, locate(reports), Tuapse=change | {"place_id": azov.id})
    row = locate(reports, decisions=file).strikes.set_index("place").loc["Azov"]
    assert (row["target_kind"], row["status"], row["date_precision"]) == ("refinery", "confirmed", "span")
    assert str(row["date_start"])[:10] == "2024-04-21"
    assert row["date_basis"] == "reported"
    assert (row.geometry.x, row.geometry.y) == (azov.longitude, azov.latitude)
    assert (row["geo_precision"], row["place_candidates"], row["struck_country"]) == (1, "", "RUS")


def test_decisions_survive_rereading(tmp_path, reports):
    """Decisions apply after another reading; deleting them undoes them."""
    file = decide(tmp_path, locate(reports), Tuapse="reject")
    (reports / "a.txt").rename(reports / "renamed.txt")
    (reports / "b.txt").write_text("All is quiet.")
    assert locate(reports, decisions=file).strikes["place"].tolist() == ["Yartsevo"]
    write_decisions(build_table(DECISIONS, []), file)
    assert len(locate(reports, decisions=file).strikes) == 2


@pytest.mark.parametrize("note", ["=1+1", "'=1", "-7", "@sum", "a drill"])
def test_note_is_not_a_formula(tmp_path, note):
    """A spreadsheet program runs no note, and a note is read as it was written."""
    file = tmp_path / "decisions.csv"
    write_decisions(build_table(DECISIONS, [{"record_id": "a", "decision": "reject", "note": note}]), file)
    assert not re.search(r"(^|,)(=|@|-\D)", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert read_decisions(file)["note"].tolist() == [note]


def test_decision_overrides_merging(tmp_path, reports):
    """Decisions on two records override the rule of merging."""
    (reports / "b.txt").write_text(" date 2024-04-25 On Monday drones struck an oil depot in Tuapse, a channel wrote.")
    first = locate(reports)
    assert sorted(first.strikes["n_reports"]) == [1, 2]
    table = first.relations.assign(decision=["apart"])
    table.to_csv(tmp_path / "decisions.csv", index=False)
    again = locate(reports, decisions=tmp_path / "decisions.csv")
    assert again.strikes["n_reports"].tolist() == [1, 1, 1]
    assert (again.run["decisions"]["apart"], again.run["decisions"]["without record"]) == (1, 0)
    pair = again.relations.loc[again.relations["relation"] == "different_because", ["left_id", "right_id"]]
    write_decisions(
        build_table(
            DECISIONS,
            [{"record_id": row.left_id, "other_id": row.right_id, "decision": "same"} for row in pair.itertuples()],
        ),
        tmp_path / "decisions.csv",
    )
    assert len(locate(reports, decisions=tmp_path / "decisions.csv").strikes) == 2


def test_folder_widens_merging(reports):
    """geostrike.toml can widen the rule of merging."""
    (reports / "b.txt").write_text(" date 2024-04-25 On Tuesday drones struck an oil depot in Tuapse, a channel wrote.")
    assert len(locate(reports).strikes) == 3
    (reports / "geostrike.toml").write_text("[merging]\ndays_apart = 1\n")
    located = locate(reports)
    assert len(located.strikes) == 2
    assert located.run["overrides"]["merging"] == {"days_apart": 1}


def test_decision_without_record_counts(tmp_path, reports):
    """A decision on a missing record is counted."""
    file = tmp_path / "decisions.csv"
    file.write_text("record_id,decision\nnowhere,reject\n")
    assert locate(reports, decisions=file).run["decisions"]["without record"] == 1


def test_filled_review_is_decisions(tmp_path, reports):
    """A filled-in review.csv is a file of decisions."""
    table = locate(reports).review
    assert table["quote"].str.contains("Drones hit").all()
    table.loc[0, "decision"] = "reject"
    table.to_csv(tmp_path / "review.csv", index=False)
    assert read_decisions(tmp_path / "review.csv")["record_id"].tolist() == [table["record_id"][0]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("record_id,decision\na,perhaps\n", "decisions.csv:2: 'perhaps' is not a decision"),
        ("record_id,decision,status\na,change,sure\n", "status 'sure' is not one of"),
        ("record_id,decision,date_start\na,change,soon\n", "is not a date"),
        ("name,decision\na,accept\n", "record_id and decision are needed"),
        ("record_id,decision\na,apart\n", "'apart' concerns two records"),
        ("record_id,other_id,decision\na,a,same\n", "'same' concerns two records"),
    ],
)
def test_wrong_decision_is_refused(tmp_path, content, message):
    """A wrong decision is refused with file and line."""
    (tmp_path / "decisions.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        read_decisions(tmp_path / "decisions.csv")


def test_unknown_place_is_refused(tmp_path, reports):
    """A change to an unknown place is refused."""
    file = decide(tmp_path, locate(reports), Tuapse={"decision": "change", "place_id": "atlantis"})
    with pytest.raises(InputError, match="'atlantis'"):
        locate(reports, decisions=file)


def test_input_is_unchanged(reports):
    """The records of the caller are unchanged."""
    located = locate(reports)
    before = located.records.copy()
    rows = [{"record_id": located.records["record_id"].iloc[0], "decision": "change", "status": "confirmed"}]
    apply_decisions(located.records, build_table(DECISIONS, rows), Gazetteer())
    pd.testing.assert_frame_equal(pd.DataFrame(located.records), pd.DataFrame(before))
    assert list(review_table(located.records, located.reports)["decision"]) == ["", ""]


def test_folder_settings_apply(reports):
    """geostrike.toml can fix the place of a name, and the border."""
    (reports / "geostrike.toml").write_text('border = "UKR-RUS:territory"\n[names]\nTuapse = "Azov"\n')
    located = locate(reports)
    assert set(located.strikes["place"]) == {"Yartsevo", "Azov"}
    assert located.border.definition == "territory"
    assert located.run["overrides"]["names"] == {"Tuapse": {"name": "Azov"}}
    assert locate(reports, border="UKR-RUS:land").border.definition == "land"


def test_review_command(tmp_path, reports, capsys):
    """The command asks for decisions, and the next run applies them."""
    out = tmp_path / "out"
    run = ["run", str(reports), "--out", str(out), "-q"]
    with pytest.raises(SystemExit):
        main(run)
    answers = iter(["r\nno depot\n", "c\n\n\n\nrefinery\n\n\n\n\nnote\n"])
    result = CliRunner().invoke(cli, ["review", str(out)], input="".join(answers))
    assert result.exit_code == 0, result.output
    decided = read_decisions(out / "decisions.csv")
    assert decided[["decision", "note", "target_kind"]].values.tolist() == [
        ["reject", "no depot", ""],
        ["change", "note", "refinery"],
    ]
    with pytest.raises(SystemExit):
        main(run)
    strikes = pd.read_csv(out / "strikes.csv")
    assert strikes[["place", "target_kind"]].values.tolist() == [["Tuapse", "refinery"]]
    again = CliRunner().invoke(cli, ["review", str(out)], input="q\n")
    assert "2 decisions" in again.output


# --- decisions of version 0.1 -----------------------------------------------------------------------------------------

FORMER = "Drones hit an oil depot in Tuapse and homes in Belgorod and Tuapse on Monday, officials said."


def former_ids(records, text):
    """Return the ids of version 0.1: the hash of the text alone, and the span."""
    old = report_id(text)
    return ids_under(records, dict.fromkeys(records["report_id"], old)).tolist()


def test_ids_equal_reading():
    """The ids under the present report ids are the present ids, even if one span has several strikes."""
    texts = [FORMER, "On 1 May and on 3 May drones hit Azov. Drones hit a refinery and an oil depot in Samara region."]
    reports = read_documents(pd.DataFrame({"text": texts, "published": ["2024-05-05", "2024-05-06"]})).reports
    records = extract(reports, Gazetteer()).records
    assert len(records) > 4
    assert ids_under(records, {}).tolist() == records["record_id"].tolist()


def test_decisions_of_0_1_are_found_by_text(tmp_path):
    """A decision on an id of version 0.1 applies to that record of every report with the text."""
    table = pd.DataFrame({"text": [FORMER] * 2, "published": ["2024-05-06", "2024-05-13"]})
    before = locate(table)
    belgorod = before.records["place"] == "Belgorod"
    old = dict(zip(former_ids(before.records, FORMER), before.records["place"], strict=True))
    (rejected,) = [id_ for id_, place in old.items() if place == "Belgorod"]
    assert rejected not in set(before.records["record_id"])
    path = tmp_path / "decisions.csv"
    path.write_text(f"record_id,decision,note\n{rejected},reject,a drill\ngone,reject,\n")
    after = locate(table, decisions=path)
    assert set(after.records["place"]) == set(before.records.loc[~belgorod, "place"])
    assert (after.quarantine["code"] == "REJECTED").sum() == belgorod.sum() == 2
    assert after.run["decisions"]["reject"] == 2
    assert after.run["decisions"]["without record"] == 1


def test_present_decision_wins(tmp_path):
    """A decision on a present id takes precedence over one on the id of version 0.1."""
    table = pd.DataFrame({"text": [FORMER], "published": ["2024-05-06"]})
    before = locate(table).records
    old, new = former_ids(before, FORMER)[0], before["record_id"][0]
    path = tmp_path / "decisions.csv"
    path.write_text(f"record_id,decision,note\n{new},accept,\n{old},reject,\n")
    assert new in set(locate(table, decisions=path).records["record_id"])


def test_pairs_of_0_1_are_found(tmp_path):
    """A decision on two records of version 0.1 applies to the present two."""
    table = pd.DataFrame({"text": [FORMER, FORMER.replace("Monday", "Tuesday")], "published": ["2024-05-06"] * 2})
    records = locate(table).records
    here = records["place"] == "Tuapse"
    reports = dict(zip(records["report_id"], records["record_id"], strict=True))
    assert len(reports) == 2
    former = ids_under(records, {r: report_id(t) for r, t in zip(reports, table["text"], strict=True)})[here]
    left, right = former.groupby(records["report_id"]).first()
    path = tmp_path / "decisions.csv"
    path.write_text(f"record_id,other_id,decision,note\n{left},{right},same,one\n")
    assert locate(table, decisions=path).run["decisions"]["same"] == 1
