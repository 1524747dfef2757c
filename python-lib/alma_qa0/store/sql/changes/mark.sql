-- One row if changes of a table, by its quoted name, are counted: the counts, and whether nothing is missing from them. Each connection
-- adds its own within ten seconds of idling, or when it ends; those of this program never change the table.
select
    concat_ws(
        ' ',
        source_table.oid,
        source_table.relfilenode,
        pg_stat_get_tuples_updated(source_table.oid),
        pg_stat_get_tuples_deleted(source_table.oid)
    ) as others,
    pg_stat_get_tuples_inserted(source_table.oid) as n_inserted,
    not exists (
        select 1
        from pg_stat_activity as another
        where
            another.datname = current_database()
            and another.pid != pg_backend_pid()
            and another.backend_type = 'client backend'
            and another.application_name != 'alma-qa0'
            and (another.state is distinct from 'idle' or another.state_change > clock_timestamp() - interval '15 s')
    ) as is_exact
from pg_class as source_table
where
    source_table.oid = to_regclass({{ table }})
    and source_table.relkind = 'r'
    and current_setting('track_counts') = 'on'
