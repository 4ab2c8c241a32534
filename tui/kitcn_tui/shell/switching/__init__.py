"""From one deployment to another, and making a new one."""
