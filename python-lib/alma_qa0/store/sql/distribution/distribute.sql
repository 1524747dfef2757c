-- Lay a table, by its quoted name, in shards by uid, those of one uid beside each other. Rows that it has go there.
select
    create_distributed_table(
        {{ table }},
        'uid',
        colocate_with => {{ next_to }}{% if n_shards is not none %},
        shard_count => {{ n_shards }}{% endif %}

    )
