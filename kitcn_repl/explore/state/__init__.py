"""What kitcn keeps in a deployment besides the app's own documents: readonly, from its tables (kitcn.md 4.3 to 4.7)."""
