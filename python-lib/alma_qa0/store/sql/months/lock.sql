-- Nobody else reads or writes a table until this transaction ends.
lock table {{ table }} in access exclusive mode
