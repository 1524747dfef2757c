-- What the files of an EB were when it was taken in: one row, or none.
select content_hash from {{ table }} where uid = {{ uid }}
