-- The server: its version as a number, such as 180001, and in words; the role that asks, and whether tables can be distributed.
select
    current_setting('server_version_num')::integer as version_number,
    current_setting('server_version') as version,
    current_user::text as role_name,
    (
        select count(*) > 0
        from pg_extension
        where extname = 'citus'
    ) as has_citus
