"""The command line: `main(argv, environment) -> exit code`."""
