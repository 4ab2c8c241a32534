"""Tables, fields, indexes and relations: one model, read from source, from a deployment, from data."""
