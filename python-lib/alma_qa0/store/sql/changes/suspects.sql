-- One row: the EBs that are new, as a JSON array; those that are gone, or not made from one version of this source by the SQL of today,
-- as another; and how many others there are. The EBs of the source are found one after the other in the index, without reading their rows.
with recursive present (uid) as (
    (
        select source_row.uid::text
        from {{ source_table }} as source_row
        where source_row.uid is not null
        order by source_row.uid
        limit 1
    )
    union all
    select (
        select later.uid::text
        from {{ source_table }} as later
        where later.uid > present.uid
        order by later.uid
        limit 1
    )
    from present
    where present.uid is not null
),

wanted as (
    select *
    from
        (
            values
            {% for mart, recipe in recipes %}
            ({{ mart }}, {{ recipe }}){% if not loop.last %},{% endif %}

            {% endfor %}
        ) as listed (relation, recipe)
),

noted as (
    select
        made.uid,
        bool_or(made.source = {{ source }}) as is_of_source,
        count(*) = {{ recipes | length }}
        and bool_and(made.source = {{ source }} and starts_with(made.source_version, wanted.recipe))
        and min(substr(made.source_version, length(wanted.recipe) + 1))
        = max(substr(made.source_version, length(wanted.recipe) + 1)) as is_of_one_version
    from {{ tables.refresh }} as made
    inner join wanted on made.relation = wanted.relation
    group by made.uid
)

select
    coalesce(json_agg(present.uid) filter (where noted.uid is null), '[]')::text as arrived,
    coalesce(
        json_agg(noted.uid) filter (where case when present.uid is null then noted.is_of_source else not noted.is_of_one_version end), '[]'
    )::text as half_made,
    count(*) filter (where present.uid is not null and noted.is_of_one_version) as n_others
from (
    select one.uid
    from present as one
    where one.uid is not null
) as present
full join noted on present.uid = noted.uid
