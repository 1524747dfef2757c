-- One row: the EBs that have to be made, as a JSON object of uid and a pair: its version in the source, and an array of the marts that it
-- has, each with the version it was made from; those that are gone from the source, as a JSON array; and how many are as they should be.
with wanted as (
    select *
    from
        (
            values
            {% for mart, recipe in recipes %}
            ({{ mart }}, {{ recipe }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (relation, recipe)
)

select
    coalesce(
        json_object_agg(state.uid, json_build_array(state.source_version, state.versions)) filter (where state.word = 'pending'), '{}'
    )::text as pending,
    coalesce(json_agg(state.uid) filter (where state.word = 'gone'), '[]')::text as gone,
    count(*) filter (where state.word = 'unchanged') as n_unchanged
from (
    select
        coalesce(version.uid, noted.uid) as uid,
        version.source_version,
        noted.versions,
        case
            when version.uid is null then 'gone'
            when version.source_version is null then 'unchanged'
            {% if full %}
            else 'pending'
            {% else %}
            when
                noted.n_of_today = {{ recipes | length }}
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
            array_agg(made.relation || ' ' || made.source_version) as versions,
            count(*) filter (where starts_with(made.source_version, wanted.recipe)) as n_of_today,
            min(substr(made.source_version, length(wanted.recipe) + 1)) as oldest,
            max(substr(made.source_version, length(wanted.recipe) + 1)) as newest
        from {{ tables.refresh }} as made
        inner join wanted on made.relation = wanted.relation
        where
            made.source = {{ source }}
            {% if uids is not none %}
            and made.uid in {{ uids }}
            {% endif %}
        group by made.uid
    ) as noted on version.uid = noted.uid
) as state
