-- The rows of one EB, to be replaced.
delete from {{ table }} where uid = {{ uid }}
