-- Have every EB judged again.
update {{ tables.evaluation }}
set rules_version = null
where rules_version is not null
