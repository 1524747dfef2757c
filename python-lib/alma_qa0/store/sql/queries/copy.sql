-- The rows of a query in the server's binary form.
copy (
    {{ query }}
) to stdout (format binary)
