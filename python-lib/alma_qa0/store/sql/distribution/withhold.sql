-- Rows are added and read, and never changed or taken out: not by the owner of the table either.
revoke update, delete, truncate on table {{ table }} from public, current_user
