"""Environment variables of deployments and the defaults for new ones: read, planned, changed, compared."""
