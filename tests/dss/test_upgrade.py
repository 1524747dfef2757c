"""A project that was made with version 0.1.0 goes on with this one, without anybody's hand: its recipes, settings, page and decisions."""

import json
from pathlib import Path

import pytest

from alma_qa0.core.fields import CAL_ATMOSPHERE, DECISION, EVALUATION, FINDING, JUDGEMENT, MARTS
from dss.flows import RECIPES, on_18, output
from dss.test_webapp_settings import form, page, shows_a_block

LAYOUTS = Path(__file__).parents[1] / "data" / "layouts"
BEFORE = json.loads((LAYOUTS / "0.1.0-plugin.json").read_text(encoding="utf-8"))


def declared(plugin, folder, name, file):
    return json.loads((plugin.folder / folder / name / file).read_text(encoding="utf-8"))


def names(items):
    return {item["name"] for item in items}


@pytest.mark.parametrize("name", BEFORE["recipes"])
def test_a_recipe_keeps_its_id_roles_and_parameters_and_asks_for_no_more(plugin, name):
    before, now = BEFORE["recipes"][name], declared(plugin, "custom-recipes", name, "recipe.json")
    assert set(before["inputRoles"]) <= names(now["inputRoles"])
    assert set(before["outputRoles"]) <= names(now["outputRoles"])
    assert set(before["params"]) <= names(now["params"])
    required = {role["name"] for role in now["inputRoles"] if role["required"]}
    assert required <= {role for role, needed in before["inputRoles"].items() if needed}
    assert {role["name"] for role in now["outputRoles"] if role["required"]} <= set(before["outputRoles"])
    assert not [param["name"] for param in now["params"] if param.get("mandatory") and param["name"] not in before["params"]]


@pytest.mark.parametrize(("folder", "kind", "file"), [
    ("webapps", "webapps", "webapp.json"), ("python-runnables", "runnables", "runnable.json")])
def test_a_webapp_or_macro_keeps_its_id_and_parameters_and_asks_for_no_more(plugin, folder, kind, file):
    for name, before in BEFORE[kind].items():
        now = declared(plugin, folder, name, file)["params"]
        assert set(before["params"]) <= names(now), name
        assert not [param["name"] for param in now if param.get("mandatory") and param["name"] not in before["params"]], name


@pytest.fixture
def project(instance, database):
    """The tables of a project of version 0.1.0, made by the role of its connection; its datasets by role."""
    database.execute(["drop schema raw", (LAYOUTS / "0.1.0-alone.sql").read_text(encoding="utf-8"), "reset search_path",
                      "grant usage on schema raw to analyst", "grant select on all tables in schema raw to analyst"])
    for relation in (*MARTS, *JUDGEMENT, DECISION):
        table = f'flow."QA0_{relation.name}"'
        database.execute([
            f"alter table mart.{relation.name} set schema flow", f'alter table flow.{relation.name} rename to "QA0_{relation.name}"',
            f"alter table {table} owner to analyst"])
    for mart in MARTS:
        book = f'flow."QA0_{mart.name}_refresh"'
        database.execute([f"create table {book} (like mart.refresh including all)", f"alter table {book} owner to analyst",
                          f"insert into {book} select * from mart.refresh where relation = '{mart.name}'"])
    database.execute(["alter function mart.decision_is_append_only() set schema flow", "drop schema mart cascade"])
    source = instance.add_dataset("cal_atmosphere", "alma", "raw", CAL_ATMOSPHERE.name)
    return {"cal_atmosphere": source, **{relation.name: output(instance, relation) for relation in (*MARTS, *JUDGEMENT, DECISION)}}


def rows(database, relation):
    found = database.run(f'select {", ".join(relation.first_layout.columns)} from flow."QA0_{relation.name}"')
    return sorted(map(repr, found.itertuples(index=False, name=None)))


@on_18
def test_the_flow_is_rebuilt_and_the_page_shows_and_takes_decisions(instance, database, project):
    decisions = rows(database, DECISION)
    assert len(decisions) == 2
    for mart in MARTS:
        done = instance.run_recipe(RECIPES[mart], {"cal_atmosphere": project["cal_atmosphere"]}, {mart.name: project[mart.name]})
        assert done.returncode == 0, done.stderr
        assert "2 Execution Blocks made" in done.stderr
    outputs = {relation.name: project[relation.name] for relation in (FINDING, EVALUATION)}
    inputs = {name: dataset for name, dataset in project.items() if name not in (*outputs, DECISION.name)}
    done = instance.run_recipe("alma-qa0-finding", inputs, outputs)
    assert done.returncode == 0, done.stderr
    assert "2 Execution Blocks judged" in done.stderr
    assert database.run('select count(unusable_antennas_x) as n from flow."QA0_evaluation"')["n"][0] == 2

    config = {name: dataset for name, dataset in project.items() if name != "cal_atmosphere"}
    sent, log = page(instance, config, instance.add_user("aod", "readers"), until=shows_a_block)
    assert "Traceback" not in log
    assert form(sent) is not None
    assert "B. Server" in json.dumps([attributes.get("text") for attributes in sent.by_name.values()])
    assert rows(database, DECISION) == decisions


@on_18
def test_before_anything_was_rebuilt_the_page_shows_what_there_is(instance, database, project):
    config = {name: dataset for name, dataset in project.items() if name != "cal_atmosphere"}
    database.execute([f'alter table flow."QA0_{relation.name}" owner to postgres' for relation in (*MARTS, *JUDGEMENT, DECISION)])
    database.execute(["grant select on all tables in schema flow to analyst", "revoke create on schema flow from analyst"])
    sent, log = page(instance, config, until=shows_a_block)
    assert "Traceback" not in log
    assert "uid://A002/Xf8f6a9/" in sent.by_name["header"]["text"]
    assert "B. Server" in json.dumps([attributes.get("text") for attributes in sent.by_name.values()])
