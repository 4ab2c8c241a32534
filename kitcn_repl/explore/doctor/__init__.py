"""What is wrong with a project, its schema or its data, each with its fix: one table of rules, a module per group."""
