-- A table under another name.
alter table {{ table }} rename to {{ renamed }}
