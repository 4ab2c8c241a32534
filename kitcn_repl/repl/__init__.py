"""`kitcn repl`: a shell for queries, on one open deployment."""
