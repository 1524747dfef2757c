import threading

import pytest

from alma_qa0.core.fields import CAL_ATMOSPHERE, JUDGEMENT, MARTS, PRODUCTION, RAW, REFRESH, SPECTRUM
from alma_qa0.errors import BadRequest
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store.render import Ident, quoted
from alma_qa0.store.tables import Tables, check_columns, create_judgement, create_marts, create_raw
from store.samples import TABLES, create_all


def test_tables_have_the_columns_types_and_keys_of_the_fields(database):
    create_all(database)
    for relation in (*RAW, PRODUCTION, *MARTS, REFRESH):
        name = quoted(str(quoted(TABLES.of(relation))))
        found = database.run(f"select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute"
                             f" where attrelid = {name}::regclass and attnum > 0 order by attnum")
        assert found.to_numpy().tolist() == [[field.name, field.kind.value] for field in relation.fields]
        key = database.run(f"select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) as key"
                           f" from pg_index as i inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
                           f" where i.indrelid = {name}::regclass and i.indisprimary")["key"][0]
        assert tuple(key) == relation.key
        assert relation.key[0] == "uid", "an EB may be placed by its uid"


def test_creating_again_changes_nothing_and_keeps_the_rows(database):
    create_all(database)
    database.execute(["insert into raw.asdm (uid) values ('uid://A002/X1/X1')"])
    create_all(database)
    assert database.run("select count(*) as n from raw.asdm")["n"][0] == 1


def test_two_that_create_at_once_do_not_hinder_each_other(database_url):
    errors = []

    def create():
        database = Postgres(database_url)
        try:
            create_raw(database, TABLES)
            create_marts(database, TABLES)
        except Exception as error:
            errors.append(error)
        database.close()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_what_does_not_compress_is_stored_as_it_is(database):
    create_all(database)
    found = database.run("select attname::text as name from pg_attribute where attstorage = 'e' and attrelid in"
                         " ('raw.cal_atmosphere'::regclass, 'mart.spectrum'::regclass)")["name"]
    assert {"packed", "frequency_hz", "trec_spectrum_x"} <= set(found)


def test_tables_of_other_names_are_used_as_they_are_named(database):
    tables = Tables.in_schemas(raw="Roh$", mart="Markt").with_tables(spectrum=Ident("Markt", "SpeKtrum"))
    create_raw(database, tables)
    create_marts(database, tables)
    assert database.run("""select count(*) as n from "Markt"."SpeKtrum" """)["n"][0] == 0
    assert database.run("""select count(*) as n from "Roh$".asdm""")["n"][0] == 0
    assert tables.of(SPECTRUM) == Ident("Markt", "SpeKtrum")


def test_columns_that_are_absent_or_wrong_are_all_named(database):
    database.execute(["create schema raw", "create table raw.cal_atmosphere_production (uid varchar(80), antennaname integer, day text)"])
    with pytest.raises(BadRequest) as caught:
        check_columns(database, TABLES, (PRODUCTION, CAL_ATMOSPHERE))
    for words in ("raw.cal_atmosphere_production: column antennaname is integer; expected text", "column day is text; expected date",
                  "no column tsysspectrum_y; expected text", "raw.cal_atmosphere: no such table"):
        assert words in str(caught.value)
    assert "uid" not in str(caught.value)


def test_types_of_the_same_family_are_accepted(database):
    create_all(database)
    database.execute(["alter table raw.cal_atmosphere_production alter column trec_x type real, alter column uid type varchar(100),"
                      " alter column startvalidtime type timestamp, alter column day type timestamp with time zone"])
    check_columns(database, TABLES, (PRODUCTION,))


def test_tables_of_an_earlier_version_get_what_came_later_and_keep_their_rows(database):
    create_marts(database, TABLES)
    create_judgement(database, TABLES)
    database.execute([
        "insert into mart.execution_block (uid) values ('uid://A002/X1/X1')",
        "alter table mart.execution_block drop column search_text, drop column aborted",
        "drop index mart.execution_block_start_time_uid", "alter table mart.finding drop column sentence"])
    for _ in range(2):
        create_marts(database, TABLES)
        create_judgement(database, TABLES)
    check_columns(database, TABLES, (*MARTS, *JUDGEMENT))
    assert database.run("select uid from mart.execution_block")["uid"].tolist() == ["uid://A002/X1/X1"]
    assert len(database.run("select 1 from pg_indexes where indexname = 'execution_block_start_time_uid'")) == 1
