-- One row if changes of a table, by its quoted name, are counted: what tells the table, its columns and the beginning of its counts; the
-- counts; and whether nothing is missing from them. Each connection adds its own within ten seconds of idling, or when it ends; those of
-- this program never change the table. A column that this role may not look at is null, and counts as one that may have changed.
select
    concat_ws(
        ' ',
        (
            select here.oid
            from pg_database as here
            where here.datname = current_database()
        ),
        source_table.oid,
        source_table.relfilenode,
        (
            select
                md5(
                    string_agg(
                        concat_ws(' ', one.attnum, one.attname, one.atttypid, one.atttypmod, one.attmissingval::text),
                        ',' order by one.attnum
                    )
                )
            from pg_attribute as one
            where
                one.attrelid = source_table.oid
                and one.attnum > 0
                and not one.attisdropped
        ),
        (
            select coalesce(extract(epoch from counted.stats_reset), 0)
            from pg_stat_database as counted
            where counted.datname = current_database()
        ),
        (
            select coalesce(extract(epoch from counted.stats_reset), 0)
            from pg_stat_bgwriter as counted
        ),
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
            and coalesce(another.backend_type, '') not in ('autovacuum worker', 'walsender')
            and coalesce(another.application_name, '') != 'alma-qa0'
            and (another.state is distinct from 'idle' or another.state_change > clock_timestamp() - interval '15 s')
    ) as is_exact
from pg_class as source_table
inner join pg_am as access_method on source_table.relam = access_method.oid
where
    source_table.oid = to_regclass({{ table }})
    and source_table.relkind = 'r'
    and access_method.amname = 'heap'
    and not source_table.relhassubclass
    and not source_table.relrowsecurity
    and current_setting('track_counts') = 'on'
    and not exists (
        select 1
        from pg_db_role_setting as setting
        where 'track_counts=off' = any(setting.setconfig)
    )
    and not exists (
        select 1
        from pg_attribute as computed
        where
            computed.attrelid = source_table.oid
            and computed.attgenerated = 'v'
    )
