"""A reviewer's decisions stand over what was read, are counted, and can be undone."""

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
    """A file of decisions on places: what was decided, or the cells of a change."""
    ids = dict(zip(located.records["place_as_written"], located.records["record_id"], strict=True))
    rows = [
        {"record_id": ids[place], **(told if isinstance(told, dict) else {"decision": told})}
        for place, told in decisions.items()
    ]
    write_decisions(build_table(DECISIONS, rows), tmp_path / "decisions.csv")
    return tmp_path / "decisions.csv"


def test_a_rejected_record_is_no_strike_and_is_not_lost(tmp_path, reports):
    file = decide(tmp_path, locate(reports), Tuapse="reject", Yartsevo="accept")
    located = locate(reports, decisions=file)
    assert located.strikes["place"].tolist() == ["Yartsevo"]
    assert located.quarantine[["path", "code"]].values.tolist() == [["a.txt", "REJECTED"]]
    assert set(located.claims["record_id"]) == set(located.records["record_id"])
    assert located.run["quarantined"] == 0
    told = {name: located.run["decisions"][name] for name in ("accept", "reject", "change", "without record")}
    assert told == {"accept": 1, "reject": 1, "change": 0, "without record": 0}
    assert [row["decision"] for row in located.run["decided"]] == ["reject", "accept"]
    assert located.review["decision"].tolist() == ["accept", "reject"]


def test_a_change_has_the_new_values(tmp_path, reports):
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


def test_decisions_survive_another_reading_and_are_undone_by_deleting_them(tmp_path, reports):
    file = decide(tmp_path, locate(reports), Tuapse="reject")
    (reports / "a.txt").rename(reports / "renamed.txt")
    (reports / "b.txt").write_text("All is quiet.")
    assert locate(reports, decisions=file).strikes["place"].tolist() == ["Yartsevo"]
    write_decisions(build_table(DECISIONS, []), file)
    assert len(locate(reports, decisions=file).strikes) == 2


def test_decisions_on_two_records_stand_over_the_rule_of_merging(tmp_path, reports):
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


def test_a_folder_may_widen_the_rule_of_merging(reports):
    (reports / "b.txt").write_text(" date 2024-04-25 On Tuesday drones struck an oil depot in Tuapse, a channel wrote.")
    assert len(locate(reports).strikes) == 3
    (reports / "geostrike.toml").write_text("[merging]\ndays_apart = 1\n")
    located = locate(reports)
    assert len(located.strikes) == 2
    assert located.run["overrides"]["merging"] == {"days_apart": 1}


def test_a_decision_on_what_is_gone_is_counted(tmp_path, reports):
    file = tmp_path / "decisions.csv"
    file.write_text("record_id,decision\nnowhere,reject\n")
    assert locate(reports, decisions=file).run["decisions"]["without record"] == 1


def test_a_review_table_with_its_columns_filled_in_is_a_file_of_decisions(tmp_path, reports):
    table = locate(reports).review
    assert table["quote"].str.contains("Drones hit").all()
    table.loc[0, "decision"] = "reject"
    table.to_csv(tmp_path / "review.csv", index=False)
    assert read_decisions(tmp_path / "review.csv")["record_id"].tolist() == [table["record_id"][0]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("record_id,decision\na,perhaps\n", "decisions.csv:2: 'perhaps' is no decision"),
        ("record_id,decision,status\na,change,sure\n", "status 'sure' is none of"),
        ("record_id,decision,date_start\na,change,soon\n", "is no date"),
        ("name,decision\na,accept\n", "record_id and decision are needed"),
        ("record_id,decision\na,apart\n", "'apart' is on two records"),
        ("record_id,other_id,decision\na,a,same\n", "'same' is on two records"),
    ],
)
def test_what_is_no_decision_is_refused(tmp_path, content, message):
    (tmp_path / "decisions.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        read_decisions(tmp_path / "decisions.csv")


def test_an_unknown_place_is_refused(tmp_path, reports):
    file = decide(tmp_path, locate(reports), Tuapse={"decision": "change", "place_id": "atlantis"})
    with pytest.raises(InputError, match="'atlantis'"):
        locate(reports, decisions=file)


def test_the_callers_records_are_left_alone(reports):
    located = locate(reports)
    before = located.records.copy()
    rows = [{"record_id": located.records["record_id"].iloc[0], "decision": "change", "status": "confirmed"}]
    apply_decisions(located.records, build_table(DECISIONS, rows), Gazetteer())
    pd.testing.assert_frame_equal(pd.DataFrame(located.records), pd.DataFrame(before))
    assert list(review_table(located.records, located.reports)["decision"]) == ["", ""]


def test_the_folder_may_say_what_a_name_means_and_which_border_counts(reports):
    (reports / "geostrike.toml").write_text('border = "UKR-RUS:territory"\n[names]\nTuapse = "Azov"\n')
    located = locate(reports)
    assert set(located.strikes["place"]) == {"Yartsevo", "Azov"}
    assert located.border.definition == "territory"
    assert located.run["overrides"]["names"] == {"Tuapse": {"name": "Azov"}}
    assert locate(reports, border="UKR-RUS:land").border.definition == "land"


def test_the_command_asks_and_the_next_run_listens(tmp_path, reports, capsys):
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
    """The ids that version 0.1 gave: of the hash of the text alone, and the span."""
    old = report_id(text)
    return ids_under(records, dict.fromkeys(records["report_id"], old)).tolist()


def test_ids_are_those_of_reading():
    """The ids under the present report ids are the present ids, also where one span tells several strikes."""
    texts = [FORMER, "On 1 May and on 3 May drones hit Azov. Drones hit a refinery and an oil depot in Samara region."]
    reports = read_documents(pd.DataFrame({"text": texts, "published": ["2024-05-05", "2024-05-06"]})).reports
    records = extract(reports, Gazetteer()).records
    assert len(records) > 4
    assert ids_under(records, {}).tolist() == records["record_id"].tolist()


def test_decisions_of_0_1_are_found_by_text(tmp_path):
    """A decision on an id of version 0.1 is one on the same record of every report with that text."""
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
    """What was decided on a present id stands against a decision on the id of version 0.1."""
    table = pd.DataFrame({"text": [FORMER], "published": ["2024-05-06"]})
    before = locate(table).records
    old, new = former_ids(before, FORMER)[0], before["record_id"][0]
    path = tmp_path / "decisions.csv"
    path.write_text(f"record_id,decision,note\n{new},accept,\n{old},reject,\n")
    assert new in set(locate(table, decisions=path).records["record_id"])


def test_pairs_of_0_1_are_found(tmp_path):
    """A decision on two records of version 0.1 is one on the two that they are now."""
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
