-- What others than its owner may do with the rows of a table, by its quoted name; who is null for everybody.
select
    lower(granted.privilege_type) as privilege,
    case when granted.grantee != 0 then pg_get_userbyid(granted.grantee)::text end as who
from pg_class as one
cross join lateral aclexplode(one.relacl) as granted
where
    one.oid = to_regclass({{ table }})
    and granted.grantee != one.relowner
    and granted.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
