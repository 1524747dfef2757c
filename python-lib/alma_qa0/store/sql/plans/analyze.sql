-- The planner knows nothing of a table made in this transaction.
analyze {{ table }} ({{ key }})
