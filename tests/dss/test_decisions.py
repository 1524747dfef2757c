"""Decisions as the webapp in DSS makes them: through SQLExecutor2, which expands dollars."""

import sys

import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.errors import DatabaseRefused
from alma_qa0.store.decisions import decide, read_decisions
from dss.instance import STANDIN, Project
from store.samples import TABLES, UID

if str(STANDIN) not in sys.path:
    sys.path.append(str(STANDIN))
from alma_qa0.hosts.dss import database as dss  # it imports dataiku, which only DSS and the stand-in have

COMMENT = "5 $ of ${clouds}; it's a \\ \"two-line\"\ncomment -- with ? and % and {d '2026-07-17'}"


@pytest.fixture
def host(tmp_path, database_url, monkeypatch):
    project = Project(tmp_path, {"alma": database_url})
    for name, value in project.variables().items():
        monkeypatch.setenv(name, value)
    dss._known_types.clear()
    return dss.DssDatabase(project.add_dataset("decision", "alma", "mart", "decision"))


def test_a_decision_made_through_dss_is_read_back_as_it_was_made(host, database):
    made = decide(host, TABLES, new_decision(
        UID, decided_by="aod", status="SemiPass", reasons=["QA0_WEATHER", "QA0_ARRAY"], comment=COMMENT, execution_fraction=0.38,
        program_version="1"))
    again = decide(host, TABLES, new_decision(UID, decided_by="other", status="Pass", program_version="1"))
    assert again["unseen"].tolist() == [made["decision_id"].tolist()]
    history = read_decisions(database, TABLES, UID)
    assert history["comment"].tolist() == ["", COMMENT]
    assert history["reasons"].tolist() == [[], ["QA0_ARRAY", "QA0_WEATHER"]]
    assert read_decisions(host, TABLES, UID)["decided_at"].tolist() == history["decided_at"].tolist()
    with pytest.raises(DatabaseRefused, match="append-only"):
        host.execute(["delete from mart.decision"])
