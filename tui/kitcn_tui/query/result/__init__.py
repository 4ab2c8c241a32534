"""What a query answered: as a grid, a tree, JSON; its logs, and what it cost."""
