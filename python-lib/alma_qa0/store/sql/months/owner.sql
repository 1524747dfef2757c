-- Who owns a table, by its quoted name; no row where the role that asks could not make another one for the owner beside it.
select pg_get_userbyid(one.relowner)::text as owner
from pg_class as one
where
    one.oid = to_regclass({{ table }})
    and pg_has_role(one.relowner, 'usage')
    and has_schema_privilege(one.relnamespace, 'create')
