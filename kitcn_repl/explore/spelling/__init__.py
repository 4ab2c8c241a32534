"""What somebody looks at, as text that shows the same elsewhere: a command, an inline query, a notebook cell."""
