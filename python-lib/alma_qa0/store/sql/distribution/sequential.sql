-- Shards one after the other: a transaction that has read some in parallel may not change them otherwise.
select set_config('citus.multi_shard_modify_mode', 'sequential', true)
