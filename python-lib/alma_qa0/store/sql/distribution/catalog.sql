-- Whether the extension Citus is present, by its catalog.
select to_regclass('pg_dist_partition') is not null as is_there
