-- What the trigger of a table calls whose rows are never changed or taken out. In plain quotes: DSS would expand dollars.
create or replace function {{ guard }}() returns trigger
language plpgsql
as 'begin raise exception ''%.% is append-only: its rows are never changed or taken out'', tg_table_schema, tg_table_name; end'
