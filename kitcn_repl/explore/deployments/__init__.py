"""Deployments themselves: which there are, which one is used, using another one, making a new one."""
