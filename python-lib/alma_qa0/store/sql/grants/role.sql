-- A role that cannot log in: others are members of it.
create role {{ role }} nologin
