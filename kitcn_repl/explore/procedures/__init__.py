"""What a backend offers: its functions with kitcn's meta, its HTTP routes, its crons."""
