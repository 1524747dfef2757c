-- A timestamp without a time zone in the source is UTC.
set local time zone 'UTC'
