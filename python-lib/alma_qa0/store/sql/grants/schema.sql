-- What stands in a schema can be named.
grant usage on schema {{ schema }} to {{ role }}
