"""How an answer is shown, that of a query and that of a function: as a tree, as JSON, what it logged."""
