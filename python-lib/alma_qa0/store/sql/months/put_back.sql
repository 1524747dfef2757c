-- All rows of one table into another one that was made like it, with whatever columns others gave it.
insert into {{ table }}
select * from {{ before }} -- noqa: AM04, LT09
