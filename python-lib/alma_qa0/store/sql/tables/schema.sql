-- A schema for tables of ours.
create schema if not exists {{ schema }}
