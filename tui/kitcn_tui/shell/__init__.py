"""What surrounds the views: the deployment, the tables, the tabs, the keys."""
