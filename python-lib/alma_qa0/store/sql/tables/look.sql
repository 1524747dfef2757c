-- Makes PostgreSQL notice what others made while we waited for the lock; it remembers what it did not find before.
select count(*) as n_schemas
from pg_namespace
