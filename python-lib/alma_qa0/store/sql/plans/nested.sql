-- A query inside another one.
(
    {{ rows }}
)
