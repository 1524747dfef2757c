-- Those of some schemas that are there.
select nspname::text as name
from pg_namespace
where nspname in {{ names }}
