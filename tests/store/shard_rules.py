"""What a statement must keep to, so that Citus runs it on the shards: every key, join, group, window and delete carries uid.

The rules are those of Citus' documentation ("SQL Support and Workarounds"); no cluster was at hand. The statement is parsed, so that layout
and aliases do not matter; a column is taken for the Execution Block if it is called uid.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

UID = "uid"


def faults(statement: str, in_shards: set[str]) -> list[str]:
    """What is wrong with one statement; ``in_shards`` are the tables that lie in shards, each as schema.name."""
    (parsed,) = sqlglot.parse(statement, read="postgres")
    if isinstance(parsed, exp.Command):
        return list(_command_faults(parsed, in_shards))
    rules = _Rules(parsed, in_shards)
    return [*rules.definition(), *rules.change(), *(fault for select in parsed.find_all(exp.Select) for fault in rules.select(select)),
            *rules.sets()]


# How safely the coordinator keeps what it has committed; the workers go by their own setting.
_OF_THE_COORDINATOR = ("citus.", "synchronous_commit")


def _command_faults(parsed: exp.Command, in_shards: set[str]) -> Iterator[str]:
    """sqlglot does not parse these; they are short enough to be read as words."""
    words = parsed.sql("postgres").lower().replace('"', "")
    if "trigger" in words and any(f" on {table}" in words for table in in_shards):
        yield "a trigger on a table in shards"
    if words.startswith("set ") and not any(name in words for name in _OF_THE_COORDINATOR):
        yield "a setting that does not reach the workers"


class _Rules:
    def __init__(self, statement: exp.Expression, in_shards: set[str]) -> None:
        self._statement, self._in_shards = statement, in_shards
        self._steps = {cte.alias: cte.this for cte in statement.find_all(exp.CTE)}

    def definition(self) -> Iterator[str]:
        statement = self._statement
        if isinstance(statement, exp.Set) and not any(name in statement.sql("postgres") for name in _OF_THE_COORDINATOR):
            yield "a setting that does not reach the workers"
        if not isinstance(statement, exp.Create):
            return
        if statement.kind != "SEQUENCE" and not self._reads_shards(statement):
            return
        kinds = [kind.sql("postgres").lower() for kind in statement.find_all(exp.DataType)]
        if statement.kind == "SEQUENCE" or any(kind.endswith("serial") for kind in kinds) \
                or statement.find(exp.GeneratedAsIdentityColumnConstraint):
            yield "a sequence"
        if statement.find(exp.TemporaryProperty):
            yield "a temporary table, which is the coordinator's alone"
        if statement.find(exp.Reference) or statement.find(exp.ForeignKey):
            yield "a key into another table"
        if statement.kind == "TRIGGER" and any(self._is_in_shards(table) for table in statement.find_all(exp.Table)):
            yield "a trigger on a table in shards"
        keys = [*statement.find_all(exp.PrimaryKey), *([statement] if statement.kind == "INDEX" and statement.args.get("unique") else [])]
        for key in keys:
            if UID not in {name.name for name in key.find_all(exp.Identifier)}:
                yield "a key without uid"

    def change(self) -> Iterator[str]:
        """Delete and update: by uid, from a list or from the rows of the same EB elsewhere."""
        statement = self._statement
        if isinstance(statement, exp.Delete | exp.Update) and self._is_in_shards(statement.this):
            where = statement.args.get("where")
            if where is None or not any(UID in {column.name for column in condition.find_all(exp.Column)}
                                        for condition in _conditions(where.this)):
                yield "rows changed or taken out without uid"
        if isinstance(statement, exp.Update):
            for source in self._from(statement):
                if self._reads_shards(source) and not any(_is_on_uid(condition) for condition in _conditions(statement.args["where"].this)):
                    yield "a join without uid"

    def select(self, select: exp.Select) -> Iterator[str]:
        if not self._reads_shards(select) or self._is_of_one(select):
            return
        yield from self._joins(select)
        yield from self._subqueries(select)
        inside = select.parent_select is not None or self._is_inserted(select)
        group = select.args.get("group")
        if inside and group and not _names_uid(group):
            yield "a group without uid, inside a query"
        where = select.args.get("where")
        of_its_row = where is not None and any(map(_is_on_uid, _conditions(where.this)))
        if inside and not group and not of_its_row and any(not aggregate.find_ancestor(exp.Window) and aggregate.parent_select is select
                                        for aggregate in select.find_all(exp.AggFunc)):
            yield "an aggregate over all EBs, inside a query"
        for window in select.find_all(exp.Window):
            if window.parent_select is select and not any(map(_names_uid, window.args.get("partition_by") or ())):
                yield "a window without uid"
        distinct = select.args.get("distinct")
        if inside and distinct and not any(map(_names_uid, select.expressions)):
            yield "distinct without uid, inside a query"
        if inside and (select.args.get("limit") or select.args.get("offset")):
            yield "limit or offset inside a query"
        if select.args.get("locks"):
            yield "rows locked in many shards"
        if self._is_inserted(select):
            yield from self._inserted(select)

    def sets(self) -> Iterator[str]:
        """union and its kin: branch by branch on the shards if each gives its uid, or is of one EB."""
        for union in self._statement.find_all(exp.SetOperation):
            for branch in (union.this, union.expression):
                if isinstance(branch, exp.Select) and self._reads_shards(branch) and not self._is_of_one(branch) \
                        and not any(map(_names_uid, branch.expressions)):
                    yield "a union without uid"

    def _inserted(self, select: exp.Select) -> Iterator[str]:
        """What an insert ... select may not hold anywhere, if it is to stay on the shards."""
        distinct = select.args.get("distinct")
        if distinct and distinct.args.get("on"):
            yield "distinct on in an insert"
        if select.find_ancestor(exp.SetOperation):
            yield "a union in an insert"

    def _joins(self, select: exp.Select) -> Iterator[str]:
        base = select.args.get("from_") or select.args.get("from")
        sources = [base.this] if base else []
        for join in select.args.get("joins") or ():
            if self._reads_shards(join.this):
                carries = any(_is_on_uid(condition) for condition in _conditions(join.args.get("on"))) or UID in {
                    name.name for name in join.args.get("using") or ()}
                if not carries and any(map(self._reads_shards, sources)):
                    yield f"a join without uid: {join.sql('postgres')[:80]}"
                if join.side in ("LEFT", "FULL") and not any(map(self._reads_shards, sources)):
                    yield "an outer join from what does not lie in shards"
            elif join.side in ("RIGHT", "FULL"):
                yield "an outer join from what does not lie in shards"
            sources.append(join.this)

    def _subqueries(self, select: exp.Select) -> Iterator[str]:
        """Those in conditions and in the list: each is about the EB of the row outside."""
        for inner in select.find_all(exp.Select):
            in_clause = inner.find_ancestor(exp.From, exp.Join, exp.CTE) in self._clauses(select)
            if inner is select or inner.parent_select is not select or in_clause:
                continue
            if self._reads_shards(inner) and not self._is_of_one(inner):
                where = inner.args.get("where")
                if not where or not any(_is_on_uid(condition) for condition in _conditions(where.this)):
                    yield f"a subquery that is not about the EB of its row: {inner.sql('postgres')[:80]}"

    @staticmethod
    def _clauses(select: exp.Select) -> list[exp.Expression]:
        with_ = select.args.get("with_") or select.args.get("with")
        return [clause for clause in (select.args.get("from_") or select.args.get("from"), *(select.args.get("joins") or ()),
                                      *(with_.expressions if with_ else ())) if clause is not None]

    def _is_inserted(self, select: exp.Select) -> bool:
        """Whether it is part of an insert ... select into a table in shards."""
        insert = select.find_ancestor(exp.Insert)
        return insert is not None and any(self._is_in_shards(table) for table in insert.this.find_all(exp.Table))

    def _is_of_one(self, select: exp.Select) -> bool:
        """Whether every table in shards that it reads is read for one EB, so that the whole goes to one shard."""
        tables = [table for table in select.find_all(exp.Table) if self._is_in_shards(table)]
        return bool(tables) and all(self._is_read_for_one(table) for table in tables)

    @staticmethod
    def _is_read_for_one(table: exp.Table) -> bool:
        select = table.parent_select
        where = select.args.get("where") if select else None
        return where is not None and any(
            isinstance(condition, exp.EQ) and _is_uid(condition.this) and isinstance(condition.expression, exp.Literal)
            for condition in _conditions(where.this))

    @staticmethod
    def _from(statement: exp.Expression) -> list[exp.Expression]:
        clause = statement.args.get("from_") or statement.args.get("from")
        return [clause.this] if clause else []

    def _is_in_shards(self, table: exp.Expression) -> bool:
        return isinstance(table, exp.Table) and f"{table.db}.{table.name}" in self._in_shards

    def _reads_shards(self, expression: exp.Expression, seen: frozenset[str] = frozenset()) -> bool:
        return any(self._is_in_shards(table) or self._is_step_that_reads_shards(table, seen) for table in expression.find_all(exp.Table))

    def _is_step_that_reads_shards(self, table: exp.Table, seen: frozenset[str]) -> bool:
        is_step = not table.db and table.name in self._steps and table.name not in seen
        return is_step and self._reads_shards(self._steps[table.name], seen | {table.name})


def _conditions(condition: exp.Expression | None) -> Iterator[exp.Expression]:
    """What holds all together."""
    if condition is None:
        return
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conditions(condition.this)
        yield from _conditions(condition.expression)
    else:
        yield condition


def _is_uid(expression: exp.Expression) -> bool:
    return isinstance(expression, exp.Column) and expression.name == UID


def _is_on_uid(condition: exp.Expression) -> bool:
    """uid of one relation equals uid of another."""
    return isinstance(condition, exp.EQ) and _is_uid(condition.this) and _is_uid(condition.expression) \
        and condition.this.table != condition.expression.table


def _names_uid(expression: exp.Expression) -> bool:
    return any(column.name == UID for column in expression.find_all(exp.Column)) or any(
        isinstance(part, exp.Column) and isinstance(part.this, exp.Star) for part in [expression]) or isinstance(expression, exp.Star)
