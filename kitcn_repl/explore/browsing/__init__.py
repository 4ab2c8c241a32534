"""Looking through a table of any size: only the rows that somebody looks at are read, and few of them are kept."""
