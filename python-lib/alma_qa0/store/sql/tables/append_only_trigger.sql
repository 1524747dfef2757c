-- Refuses every statement that would change or take out rows, whether it finds any or not.
create or replace trigger append_only
before update or delete or truncate on {{ table }}
for each statement execute function {{ guard }}()
