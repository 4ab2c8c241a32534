"""What functions logged: followed without a gap, chosen by filters, told as lines, entries or trees of calls."""
