"""The management service: teams, projects, deployments, tokens, defaults."""
