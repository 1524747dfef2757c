-- Whatever a role had before it may no longer do.
revoke all on {{ table }} from {{ role }}
