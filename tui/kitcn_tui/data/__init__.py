"""The Data tab: a table in the grid."""
