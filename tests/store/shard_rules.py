"""What a statement must keep to, so that Citus runs it, and on the shards: every key, join, group, window and delete carries uid.

The rules are those of the planner of Citus 13 (src/backend/distributed/planner, its README and regression tests); no cluster was at hand.
They are of two kinds: what Citus refuses, and what it brings to the coordinator, row by row, to go on there. A statement that reads every
table for one EB goes to one shard, where PostgreSQL runs it as it stands: most rules say nothing of it, and test_one_shard.py asks
PostgreSQL. A statement is parsed, so that layout and aliases do not matter; a column is taken for the Execution Block if it is called uid.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import sqlglot
from sqlglot import exp

UID = "uid"
# How safely the coordinator keeps what it has committed; the workers go by their own setting.
_OF_THE_COORDINATOR = ("citus.", "synchronous_commit")
# citus.values_materialization_threshold
_MOST_VALUES = 100
_NOT_THE_SAME_TWICE = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentUser, exp.Rand)
_NAMES_NOT_THE_SAME_TWICE = {"now", "clock_timestamp", "statement_timestamp", "random", "gen_random_uuid", "txid_current", "nextval"}
_TABLES_OF_THEIR_ARGUMENTS = (exp.Unnest, exp.GenerateSeries, exp.ExplodingGenerateSeries)


def faults(statement: str, in_shards: set[str]) -> list[str]:
    """What is wrong with one statement; ``in_shards`` are the tables that lie in shards, each as schema.name."""
    return [*refused(statement, in_shards), *brought(statement, in_shards)]


def refused(statement: str, in_shards: set[str]) -> list[str]:
    """For what Citus would refuse a statement."""
    parsed = _parsed(statement)
    if isinstance(parsed, exp.Command):
        return list(_command_faults(parsed, in_shards))
    rules = _Rules(parsed, in_shards)
    return [*rules.definition(), *rules.change(), *(fault for select in rules.selects() for fault in rules.refused_in(select))]


def brought(statement: str, in_shards: set[str]) -> list[str]:
    """For what Citus would bring rows to the coordinator."""
    parsed = _parsed(statement)
    if isinstance(parsed, exp.Command):
        return []
    rules = _Rules(parsed, in_shards)
    return [*(fault for select in rules.selects() for fault in rules.brought_by(select)), *rules.sets(), *rules.inserted()]


@cache
def _parsed(statement: str) -> exp.Expression:
    (parsed,) = sqlglot.parse(statement, read="postgres")
    return parsed


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
        self._steps = {id(table): step for table in statement.find_all(exp.Table) if (step := _step_of(table)) is not None}
        n_readers = Counter(map(id, self._steps.values()))
        self._kept = {id(step): step.alias for step in statement.find_all(exp.CTE) if _is_kept(step, n_readers[id(step)])}

    def selects(self) -> list[exp.Select]:
        """Those that read shards, unless all of the statement is of one EB."""
        read = [table for table in self._statement.find_all(exp.Table) if self._is_in_shards(table) and not _is_inserted_into(table)]
        if all(map(_is_read_for_one, read)):
            return []
        return [select for select in self._statement.find_all(exp.Select) if self._reads_shards(select)]

    # --- refused ----------------------------------------------------------------------------------------------------------

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
        """Delete and update: by uid, from a list or from the rows of the same EB elsewhere, and alike on every machine."""
        statement = self._statement
        if isinstance(statement, exp.Delete | exp.Update) and self._is_in_shards(statement.this):
            where = statement.args.get("where")
            if where is None or not any(UID in {column.name for column in condition.find_all(exp.Column)}
                                        for condition in _conditions(where.this)):
                yield "rows changed or taken out without uid"
            if _differs_by_machine(statement):  # functions used in the WHERE clause of modification queries ... must not be VOLATILE
                yield "a function that is not the same on every machine, in a change"
        if isinstance(statement, exp.Update):
            for source in _from(statement):
                if self._reads_shards(source) and not any(map(_is_on_uid, _conditions(statement.args["where"].this))):
                    yield "a join without uid"

    def refused_in(self, select: exp.Select) -> Iterator[str]:
        with_ = select.args.get("with_") or select.args.get("with")
        if with_ is not None and with_.recursive:  # recursive CTEs are only supported when they contain a filter on the distribution column
            yield "a recursive step"
        if select.args.get("locks"):
            yield "rows locked in many shards"
        if _has_outer_join(select) and any(_is_constant(condition, select) for condition in _all_conditions(select)):
            # Distributed queries with outer joins and pseudoconstant quals are not supported in PG15 and PG16
            yield "a constant condition beside an outer join"
        for inner in _inner_selects(select):
            if not self._reads_shards(inner) or not _is_correlated(inner):
                continue
            if not any(map(self._reads_shards, _sources(select))):
                # correlated subqueries are not supported when the FROM clause contains a CTE or subquery
                yield f"a subquery about rows that do not lie in shards: {_told(inner)}"
            elif not _is_about_its_row(inner):  # complex joins are only supported when all distributed tables are co-located and joined ...
                yield f"a subquery that is not about the EB of its row: {_told(inner)}"
            if inner.find_ancestor(exp.Where, exp.Select) is select and _is_gathered(select):
                # Subqueries in the SELECT part of the query can only be pushed down if they happen before aggregates ...
                yield f"a subquery in the list of a group: {_told(inner)}"
        for source in _sources(select):
            if isinstance(source, exp.Lateral | exp.Table) and isinstance(source.this, exp.Func) \
                    and not isinstance(source.this, _TABLES_OF_THEIR_ARGUMENTS):
                yield f"a function as a table: {_told(source)}"  # only immutable functions can be used as a table expressions ...
            if isinstance(_values(source), exp.Values) and _differs_by_machine(source):  # only immutable functions can be used in VALUES
                yield "values that are not the same on every machine"

    # --- brought to the coordinator ---------------------------------------------------------------------------------------

    def brought_by(self, select: exp.Select) -> Iterator[str]:
        if self._is_of_one(select):
            return
        yield from self._joins(select)
        for inner in _inner_selects(select):
            if self._reads_shards(inner) and not self._is_of_one(inner) and not _is_correlated(inner):
                yield f"a subquery that is not about the EB of its row: {_told(inner)}"
        inside = (select.parent_select is not None and not self._is_body_of_kept(select)) or self._is_inserted(select)
        group, where = select.args.get("group"), select.args.get("where")
        of_its_row = where is not None and any(map(_is_on_uid, _conditions(where.this)))
        if inside and group and not _names_uid(group):
            yield "a group without uid, inside a query"
        if inside and not group and not of_its_row and _is_gathered(select):
            yield "an aggregate over all EBs, inside a query"
        for window in select.find_all(exp.Window):
            if window.parent_select is select and not any(map(_names_uid, window.args.get("partition_by") or ())):
                yield "a window without uid"
        distinct = select.args.get("distinct")
        if inside and distinct and not any(map(_names_uid, select.expressions)):
            yield "distinct without uid, inside a query"
        if inside and (select.args.get("limit") or select.args.get("offset")):
            yield "limit or offset inside a query"
        for source in _sources(select):
            values = _values(source)
            if isinstance(values, exp.Values) and len(values.expressions) > _MOST_VALUES:
                yield f"more than {_MOST_VALUES} values beside shards"

    def sets(self) -> Iterator[str]:
        """union and its kin: branch by branch on the shards if each gives its uid, or is of one EB."""
        for union in self._statement.find_all(exp.SetOperation):
            if not self.selects():
                return
            for branch in (union.this, union.expression):
                if isinstance(branch, exp.Select) and self._reads_shards(branch) and not self._is_of_one(branch) \
                        and not any(map(_names_uid, branch.expressions)):
                    yield "a union without uid"

    def inserted(self) -> Iterator[str]:
        """What an insert ... select may not hold anywhere, if its rows are to stay on the shards, be it of one EB or of many."""
        selects = [select for select in self._statement.find_all(exp.Select) if self._is_inserted(select)]
        if not any(map(self._reads_shards, selects)):
            return
        for select in selects:
            distinct = select.args.get("distinct")
            if distinct and distinct.args.get("on") and not any(map(_names_uid, distinct.args["on"].expressions)):
                yield "distinct on without uid in an insert"
            if select.find_ancestor(exp.SetOperation):
                yield "a union in an insert"
            if not _sources(select):
                yield "a subquery without from in an insert"
            if select.args.get("limit") or select.args.get("offset"):
                yield "limit or offset in an insert"
            if _differs_by_machine(select):
                yield "a function that is not the same on every machine, in an insert"
        for name in sorted(self._kept.values()):
            yield f"a step that is read more than once in an insert: {name}"

    def _joins(self, select: exp.Select) -> Iterator[str]:
        sources = _from(select)
        for join in select.args.get("joins") or ():
            if self._reads_shards(join.this):
                carries = any(map(_is_on_uid, _conditions(join.args.get("on")))) or UID in {
                    name.name for name in join.args.get("using") or ()}
                if not carries and any(map(self._reads_shards, sources)):
                    yield f"a join without uid: {_told(join)}"
                if join.side in ("LEFT", "FULL") and not any(map(self._reads_shards, sources)):
                    yield "an outer join from what does not lie in shards"
            elif join.side in ("RIGHT", "FULL"):
                yield "an outer join from what does not lie in shards"
            sources.append(join.this)

    # --- what is read -----------------------------------------------------------------------------------------------------

    def _is_body_of_kept(self, select: exp.Select) -> bool:
        return id(select.parent) in self._kept

    def _is_inserted(self, select: exp.Select) -> bool:
        """Whether it is part of an insert ... select into a table in shards."""
        insert = select.find_ancestor(exp.Insert)
        return insert is not None and any(self._is_in_shards(table) for table in insert.this.find_all(exp.Table))

    def _is_of_one(self, select: exp.Select) -> bool:
        """Whether every table in shards that it reads is read for one EB, so that the whole goes to one shard."""
        tables = [table for table in select.find_all(exp.Table) if self._is_in_shards(table)]
        return bool(tables) and all(map(_is_read_for_one, tables))

    def _is_in_shards(self, table: exp.Expression) -> bool:
        return isinstance(table, exp.Table) and f"{table.db}.{table.name}" in self._in_shards

    def _reads_shards(self, expression: exp.Expression, seen: frozenset[int] = frozenset()) -> bool:
        return any(self._is_in_shards(table) or self._is_step_that_reads_shards(table, seen) for table in expression.find_all(exp.Table))

    def _is_step_that_reads_shards(self, table: exp.Table, seen: frozenset[int]) -> bool:
        step = self._steps.get(id(table))
        return step is not None and id(step) not in seen | self._kept.keys() and self._reads_shards(step.this, seen | {id(step)})


def _step_of(table: exp.Table) -> exp.CTE | None:
    """The step that a table without a schema stands for: of several of that name the one next to it."""
    scope = None if table.db else table.parent
    while scope is not None:
        with_ = scope.args.get("with_") or scope.args.get("with")
        for step in with_.expressions if with_ else ():
            if step.alias == table.name:
                return step
        scope = scope.parent
    return None


def _is_kept(step: exp.CTE, n_readers: int) -> bool:
    """Whether a step is worked out by itself first, and its rows brought; else it is a part of what reads it."""
    kept = step.args.get("materialized")
    return n_readers > 1 if kept is None else bool(kept)


def _is_inserted_into(table: exp.Table) -> bool:
    insert = table.find_ancestor(exp.Insert)
    return insert is not None and any(one is table for one in insert.this.find_all(exp.Table))


def _is_read_for_one(table: exp.Table) -> bool:
    """Whether uid of a table in from is one literal, by itself or by way of the tables that it is joined to."""
    scope = table.find_ancestor(exp.Select, exp.Delete, exp.Update)
    if scope is None:
        return False
    conditions = list(_all_conditions(scope))
    bound = {one for condition in conditions for one in _bound(condition)}
    for _ in conditions:
        for condition in filter(_is_on_uid, conditions):
            sides = {condition.this.table, condition.expression.table}
            bound |= sides if sides & bound else set()
    return table.alias_or_name in bound or ("" in bound and len(_sources(scope)) <= 1)


def _bound(condition: exp.Expression) -> Iterator[str]:
    """The alias of which uid is one literal; "" where it needs none."""
    if isinstance(condition, exp.EQ) and _is_uid(condition.this) and isinstance(condition.expression, exp.Literal):
        yield condition.this.table
    if isinstance(condition, exp.In) and _is_uid(condition.this) and len(condition.expressions) == 1 \
            and isinstance(condition.expressions[0], exp.Literal):
        yield condition.this.table


# --- parts of a statement -------------------------------------------------------------------------------------------------


def _from(statement: exp.Expression) -> list[exp.Expression]:
    clause = statement.args.get("from_") or statement.args.get("from")
    return [clause.this] if clause else []


def _sources(select: exp.Expression) -> list[exp.Expression]:
    laterals = select.args.get("laterals") or ()
    return [*_from(select), *(join.this for join in select.args.get("joins") or ()), *laterals]


def _values(source: exp.Expression) -> exp.Expression | None:
    """The values that stand for a table, lateral or not."""
    inner = source.this if isinstance(source, exp.Lateral) else source
    while isinstance(inner, exp.Subquery | exp.Paren):
        inner = inner.this
    return inner


def _inner_selects(select: exp.Select) -> Iterator[exp.Select]:
    """Those in its conditions and in its list."""
    with_ = select.args.get("with_") or select.args.get("with")
    from_ = select.args.get("from_") or select.args.get("from")
    clauses = [clause for clause in (from_, *(select.args.get("joins") or ()), *(select.args.get("laterals") or ()),
                                     *(with_.expressions if with_ else ())) if clause is not None]
    for inner in select.find_all(exp.Select):
        if inner is not select and inner.parent_select is select \
                and inner.find_ancestor(exp.From, exp.Join, exp.CTE, exp.Lateral) not in clauses:
            yield inner


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


def _all_conditions(scope: exp.Expression) -> Iterator[exp.Expression]:
    where = scope.args.get("where")
    yield from _conditions(where.this if where else None)
    for join in scope.args.get("joins") or ():
        yield from _conditions(join.args.get("on"))


def _has_outer_join(select: exp.Select) -> bool:
    return any(join.side in ("LEFT", "RIGHT", "FULL") for join in select.args.get("joins") or ())


def _is_constant(condition: exp.Expression, select: exp.Select) -> bool:
    """Whether it asks nothing of the rows of a query: none of its columns, or whether one of them is null's equal."""
    if isinstance(condition, exp.EQ | exp.In) and any(isinstance(side, exp.Null) for side in condition.iter_expressions()):
        return True
    names = _aliases(select)
    return not any(column.parent_select is select or column.table in names for column in condition.find_all(exp.Column))


def _is_correlated(inner: exp.Select) -> bool:
    """Whether it names a column of what stands outside."""
    names = {name for select in inner.find_all(exp.Select) for name in _aliases(select)}
    return any(column.table and column.table not in names for column in inner.find_all(exp.Column))


def _aliases(select: exp.Select) -> set[str]:
    return {source.alias_or_name for source in _sources(select)}


def _is_about_its_row(inner: exp.Select) -> bool:
    where = inner.args.get("where")
    return where is not None and any(map(_is_on_uid, _conditions(where.this)))


def _is_gathered(select: exp.Select) -> bool:
    """Whether it gathers rows, in groups or all."""
    return any(not aggregate.find_ancestor(exp.Window) and aggregate.parent_select is select for aggregate in select.find_all(exp.AggFunc))


def _differs_by_machine(expression: exp.Expression) -> bool:
    return any(isinstance(function, _NOT_THE_SAME_TWICE) or function.name.lower() in _NAMES_NOT_THE_SAME_TWICE
               for function in expression.find_all(exp.Func))


def _is_uid(expression: exp.Expression) -> bool:
    return isinstance(expression, exp.Column) and expression.name == UID


def _is_on_uid(condition: exp.Expression) -> bool:
    """uid of one relation equals uid of another."""
    return isinstance(condition, exp.EQ) and _is_uid(condition.this) and _is_uid(condition.expression) \
        and condition.this.table != condition.expression.table


def _names_uid(expression: exp.Expression) -> bool:
    return any(column.name == UID for column in expression.find_all(exp.Column)) or any(
        isinstance(part, exp.Column) and isinstance(part.this, exp.Star) for part in [expression]) or isinstance(expression, exp.Star)


def _told(expression: exp.Expression) -> str:
    return expression.sql("postgres")[:80]
