-- A table in shards can have no trigger.
drop trigger if exists append_only on {{ table }}
