-- A table belongs to whom the other one belonged to.
alter table {{ table }} owner to {{ owner }}
