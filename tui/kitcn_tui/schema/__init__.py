"""The Schema tab: tables, and every fact that is known of one."""
