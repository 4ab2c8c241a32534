"""A list of lines drawn one by one: trees, panels of relations and descriptions of tables are made of it."""
