-- A decision cannot be made again: it is on the disk before anyone is told that it is kept.
set local synchronous_commit = on
