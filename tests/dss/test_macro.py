"""The macros of the archive, run as DSS runs them."""

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, EVALUATION, FINDING
from alma_qa0.store.decisions import decide
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_judgement
from dss.flows import make_marts, on_18, output

CHECK, MAKE = "alma-qa0-check-installation", "alma-qa0-make-decisions"


def checked(instance, **datasets):
    """The lines of the table by what they are about."""
    run = instance.run_macro(CHECK, **datasets)
    assert run.answer, run.log
    assert [column["displayName"] for column in run.answer["columns"]] == ["What", "State", "Found", "Expected", "What to do"]
    lines = {record[0]: record[1:] for record in run.answer["records"]}
    assert len(lines) == len(run.answer["records"])
    assert all(state in ("ok", "warning", "problem") for state, *_others in lines.values())
    assert all(bool(to_do) == (state != "ok") for state, _found, _expected, to_do in lines.values()), lines
    return lines


@on_18
def test_all_is_well_where_all_is_there(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    tables = Tables({relation.name: Ident("flow", f"QA0_{relation.name}") for relation in (FINDING, EVALUATION)})
    create_judgement(database, tables)
    decision = output(instance, DECISION)
    assert "Made" in instance.run_macro(MAKE, decision=decision).answer
    database.execute(["grant all on all tables in schema flow to analyst"])
    lines = checked(instance, cal_atmosphere=old_table, **given, finding=output(instance, FINDING),
                    evaluation=output(instance, EVALUATION), decision=decision)
    warnings = {what for what, (state, *_others) in lines.items() if state != "ok"}
    assert {what for what in warnings if not what.startswith("columns that DSS knows")} == {"rows of flow.QA0_evaluation"}
    assert lines["PostgreSQL"][1].startswith("18")
    assert lines["package pandas"][2] == ">=2.2,<3"
    assert lines["input raw.cal_atmosphere_production"][1] == "the old production table"
    assert lines["rows of flow.QA0_execution_block"][1].startswith("3 rows of 3 Execution Blocks; the newest starts 2026-07-20 23:40 UTC")
    assert "3 Execution Blocks wait" in lines["rows of flow.QA0_evaluation"][1]


def test_what_is_wrong_is_told_each_with_what_to_do(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    database.execute([
        "update raw.cal_atmosphere_production set tsys_x = 1 where uid = 'uid://A002/X1/X1'",
        'drop table flow."QA0_spectrum"',
        'alter table flow."QA0_scan_summary" drop column tsys_x',
        'drop index flow."QA0_execution_block_start_time_uid"',
        'revoke all on flow."QA0_invalid_value" from analyst',
    ])
    elsewhere = instance.add_dataset("elsewhere", "other", "flow", "decision")
    lines = checked(instance, cal_atmosphere=old_table, **given, decision=elsewhere)
    assert lines["table flow.QA0_spectrum"][:2] == ["problem", "no such table"]
    assert "without tsys_x" in lines["columns of flow.QA0_scan_summary"][1]
    assert "QA0_execution_block_start_time_uid" in lines["key and indexes of flow.QA0_execution_block"][1]
    assert lines["rights on flow.QA0_invalid_value"][:2] == ["problem", "none"]
    assert "1 Execution Blocks wait" in lines["rows of flow.QA0_execution_block"][1]
    assert "'other' cannot be used" in lines["QA0.elsewhere"][1]


@on_18
def test_columns_that_dss_does_not_know_are_told(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    lines = checked(instance, **given)
    assert lines["columns that DSS knows of flow.QA0_spectrum"][0] == "warning"


@on_18
def test_a_role_that_may_only_read_is_enough_for_the_webapp_and_the_check_says_so(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    database.execute(['revoke insert, update, delete on flow."QA0_spectrum" from analyst'])
    assert checked(instance, **given)["rights on flow.QA0_spectrum"] == [
        "warning", "select", "select; for recipes insert, update, delete",
        "Enough for the webapp. Recipes need a connection whose role owns the table."]


@on_18
def test_without_any_dataset_the_packages_are_checked(instance):
    lines = checked(instance)
    assert set(lines) >= {"package bokeh", "package numpy"}
    assert all(state == "ok" for state, *_others in lines.values())


@on_18
def test_the_table_of_decisions_is_made_once_and_dss_knows_its_columns(instance, database):
    decision = output(instance, DECISION)
    assert "Made" in instance.run_macro(MAKE, decision=decision).answer
    assert tuple(column["name"] for column in instance.schema(decision)) == DECISION.columns
    tables = Tables({DECISION.name: Ident("flow", "QA0_decision")})
    decide(database, tables, new_decision("uid://A002/X1/X1", decided_by="aod", status="Pass", program_version="1"))
    assert "There already" in instance.run_macro(MAKE, decision=decision).answer
    assert database.run('select decided_by from flow."QA0_decision"')["decided_by"].tolist() == ["aod"]


@on_18
def test_a_table_that_is_no_table_of_decisions_is_refused(instance, database):
    database.execute(["create table flow.taken as select 42 as answer", "grant all on flow.taken to analyst"])
    run = instance.run_macro(MAKE, decision=output(instance, DECISION, "taken"))
    assert run.answer is None
    assert "This is no table of decisions: choose another dataset" in run.log


@on_18
def test_a_role_that_may_not_make_the_table_is_told_what_to_do(instance, database):
    database.execute(["revoke create on schema flow from analyst"])
    run = instance.run_macro(MAKE, decision=output(instance, DECISION))
    assert run.answer is None
    assert "QA0_decision, the table of decisions, is not there and cannot be made" in run.log
