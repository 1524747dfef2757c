-- What the role may do with one table, by its quoted name, and in its schema. Null for the table where there is none.
select
    has_schema_privilege(one.oid, 'usage') as may_use,
    has_schema_privilege(one.oid, 'create') as may_create,
    has_table_privilege(to_regclass({{ table }}), 'select') as may_select,
    has_table_privilege(to_regclass({{ table }}), 'insert') as may_insert,
    has_table_privilege(to_regclass({{ table }}), 'update') as may_update,
    has_table_privilege(to_regclass({{ table }}), 'delete') as may_delete
from pg_namespace as one
where one.nspname = {{ schema }}
