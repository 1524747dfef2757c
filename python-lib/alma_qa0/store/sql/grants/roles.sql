-- Those of some roles that are there.
select rolname::text as name
from pg_roles
where rolname in {{ names }}
