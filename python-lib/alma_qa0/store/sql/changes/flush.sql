-- What this connection changed is counted when this ends; PostgreSQL would otherwise count it within a minute.
select pg_stat_force_next_flush()
