"""`kitcn deployment`: which deployments there are, and which one is used."""
