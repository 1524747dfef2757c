-- One row: the EBs that have to be made, as a JSON object of uid and version; those that are gone from the source, as a JSON array; and
-- how many are as they should be. An EB has to be made if some of the marts asked for were made from another version, or never.
select
    coalesce(json_object_agg(state.uid, state.source_version) filter (where state.word = 'pending'), '{}')::text as pending,
    coalesce(json_agg(state.uid) filter (where state.word = 'gone'), '[]')::text as gone,
    count(*) filter (where state.word = 'unchanged') as n_unchanged
from (
    select
        coalesce(version.uid, noted.uid) as uid,
        version.source_version,
        case
            when version.uid is null then 'gone'
            when version.source_version is null then 'unchanged'
            {% if full %}
            else 'pending'
            {% else %}
            when
                noted.n_marts = {{ marts | length }}
                and noted.oldest = version.source_version
                and noted.newest = version.source_version
                then 'unchanged'
            else 'pending'
            {% endif %}
        end as word
    from (
        {{ source_version }}
    ) as version
    full join (
        select
            made.uid,
            count(*) as n_marts,
            min(made.source_version) as oldest,
            max(made.source_version) as newest
        from {{ tables.refresh }} as made
        where
            made.source = {{ source }}
            and made.relation in {{ marts }}
            {% if uids is not none %}
            and made.uid in {{ uids }}
            {% endif %}
        group by made.uid
    ) as noted on version.uid = noted.uid
) as state
