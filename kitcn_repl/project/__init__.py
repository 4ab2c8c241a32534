"""What the working directory says: where the project is, its configuration, its schema and state files."""
