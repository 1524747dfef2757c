"""The statements that make the marts of one batch of EBs, for one transaction.

A lock for each EB; then each mart is emptied of them and filled again; then the note from which version of the source that was done.
Whatever ends it in between leaves no trace. The marts are filled in one of two forms, from the same SQL:

- together, in one statement that stages the batch once and feeds all marts from it;
- apart, where the tables are distributed: a statement for each mart with its staging inside, which goes to the shards whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from alma_qa0.core.blocks import FREQUENCIES, HIGHEST, HIGHEST_WATER, LOWEST
from alma_qa0.core.fields import FIRST_LAYOUT, MARTS, READ, REFRESH, Relation
from alma_qa0.core.spectra import EDGE_CHANNELS, EDGE_FRACTION
from alma_qa0.store.digests import digest, sql_meaning
from alma_qa0.store.render import Ident, Sql, render
from alma_qa0.store.tables import Tables, columns_sql

_SMALLEST, _LARGEST = 1.17549435e-38, 3.4028235e38  # what float32 holds
_LOWEST_HZ, _HIGHEST_HZ = FREQUENCIES

# How the staged relations of a source are made, each from tables and from those before it.
_STAGING: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "asdm": MappingProxyType({
        "frequency_axis": "staging/frequency_axis", "cal_atmosphere": "staging/asdm/cal_atmosphere",
        "invalid_value": "staging/asdm/invalid_value", "execution_block": "staging/asdm/execution_block"}),
    "production": MappingProxyType({
        "frequency_axis": "staging/frequency_axis", "parsed": "staging/production/parsed",
        "cal_atmosphere": "staging/production/cal_atmosphere", "invalid_value": "staging/production/invalid_value",
        "execution_block": "staging/production/execution_block"}),
})
# Worked out more than once, or read through a join, if it were not kept; the rest is a view of what is kept.
_KEPT: Mapping[str, frozenset[str]] = MappingProxyType({
    "asdm": frozenset({"frequency_axis", "cal_atmosphere"}), "production": frozenset({"frequency_axis", "parsed"})})


def batch_statements(
    tables: Tables, versions: Mapping[str, str], *, source: str, marts: Sequence[Relation] = MARTS, full: bool = False,
    distributed: bool = False,
) -> tuple[Sql, ...]:
    """The statements that make the rows of some EBs, given with the version of the source that each was found to have.

    If all of them were made from these versions when the locks are had, nothing is done, unless ``full``. Where the tables are
    ``distributed`` they are made in any case: no shard could know.
    """
    uids = sorted(versions)
    wanted = [(uid, mart.name, mart_version(source, mart, versions[uid])) for mart in marts for uid in uids]
    gate = None if full or distributed else render("plans/gate", tables=tables.idents, wanted_versions=wanted, source=source)
    noting = {"tables": tables.idents, "gate": gate, "uids": uids}
    return (
        lock(tables, uids),
        *(render("plans/clear", table=tables.of(mart), uids=uids, gate=gate) for mart in marts),
        *fill_statements(tables, uids, source=source, marts=marts, gate=gate, distributed=distributed),
        render("plans/forget", **noting, marts=[mart.name for mart in marts]),
        *(render("plans/note", **noting, source=source, mart=mart.name,
                 versions=[(uid, version) for uid, name, version in wanted if name == mart.name]) for mart in marts),
        *(render("plans/count", **noting, table=tables.of(mart), mart=mart.name) for mart in marts),
    )


def lock(tables: Tables, uids: Sequence[str]) -> Sql:
    """Waits until nobody else makes these EBs; freed at the end of the transaction."""
    book = ".".join(tables.of(REFRESH).parts)
    return render("plans/lock", names=[f"{book} {uid}" for uid in sorted(uids)])


def fill_statements(
    tables: Tables, uids: Sequence[str], *, source: str, marts: Sequence[Relation], gate: Sql | None = None, distributed: bool = False,
) -> Iterator[Sql]:
    """The statements that put the rows of some EBs into some marts; ``gate`` is a condition without which there are none."""
    if distributed:
        staged = dict(_staged(tables, uids, source, gate, apart=True, distributed=True))
        for mart in marts:
            yield render("plans/fill", table=tables.of(mart), columns=_columns(mart), rows=_mart(mart, staged, distributed=True))
        return
    staging = _staged(tables, uids, source, gate, apart=False, distributed=False)
    staged_as = {name: Ident(f"staged_{name}") for name in _STAGING[source]}
    fills = [{"table": tables.of(mart), "columns": _columns(mart), "rows": _mart(mart, staged_as, distributed=False),
              "made": Ident(f"made_{mart.name}")} for mart in marts]
    yield render("plans/make", staging=[(staged_as[name], name in _KEPT[source], rows) for name, rows in staging],
                 more_fills=fills[:-1], last=fills[-1])


def staged_sql(tables: Tables, uids: Sequence[str], *, source: str, distributed: bool = True) -> Mapping[str, Sql]:
    """Each staged relation of a source by name, as a query of its own."""
    return MappingProxyType(dict(_staged(tables, uids, source, None, apart=distributed, distributed=distributed)))


def _staged(
    tables: Tables, uids: Sequence[str], source: str, gate: Sql | None, *, apart: bool, distributed: bool,
) -> Iterator[tuple[str, Sql]]:
    """Each staged relation: apart, as a query in parentheses that holds those which it reads; else as one that names them."""
    holes = {"tables": tables.idents, "uids": list(uids), "gate": gate, "distributed": distributed,
             "raw_relations": raw_relations(), **constants()}
    axes = render(f"staging/{source}/axis", **holes)
    staged: dict[str, object] = {}
    for name, template in _STAGING[source].items():
        rows = render(template, staged=staged, axes=axes, **holes)
        staged[name] = render("plans/nested", rows=rows) if apart else Ident(f"staged_{name}")
        yield name, render("plans/nested", rows=rows) if apart else rows


def _mart(mart: Relation, staged: Mapping[str, object], *, distributed: bool) -> Sql:
    return render(f"marts/{mart.name}", staged=staged, distributed=distributed)


def _columns(mart: Relation) -> object:
    return columns_sql(mart)["columns"]


def raw_relations() -> list[tuple[str, str, str, str | None]]:
    """The name, table of the ASDM and layout of each relation that is read from one; and the layout of those of the first version."""
    return [(relation.name, relation.asdm_table, relation.layout, FIRST_LAYOUT if relation.since == FIRST_LAYOUT else None)
            for relation in READ]


def constants() -> dict[str, float]:
    """What staging has to know: what float32 holds, what values can be, and how wide the edges of a band are."""
    return {"smallest": _SMALLEST, "largest": _LARGEST, "lowest": LOWEST, "highest": HIGHEST, "highest_water": HIGHEST_WATER,
            "lowest_hz": _LOWEST_HZ, "highest_hz": _HIGHEST_HZ, "edge_channels": EDGE_CHANNELS, "edge_fraction": EDGE_FRACTION}


def mart_version(source: str, mart: Relation, source_version: str) -> str:
    """The version of the rows of an EB in one mart: that of the SQL which makes them, and that of the EB in its source."""
    return f"{recipe(source, mart)}:{source_version}"


@cache
def recipe(source: str, mart: Relation) -> str:
    """A digest of the SQL that makes one mart, with all that it reads: when we change it, this mart of every EB is made again."""
    tables = Tables.in_schemas()
    staged = [dict(_staged(tables, [""], source, None, apart=True, distributed=distributed)) for distributed in (False, True)]
    rows = [_mart(mart, relations, distributed=distributed) for distributed, relations in zip((False, True), staged, strict=True)]
    return digest([sql_meaning(text) for text in (*rows, *map(str, mart.columns))])[:8]
