"""A grid of documents: it draws the cells that are on the screen, and asks for no other rows.

    grid = Grid()
    grid.show(RowList(documents), Typing(table="user", fields=table.fields, tables=knowledge.tables))

Rows come from a `kitcn_repl.explore.browsing.rows.RowSource`: `RowList` for documents in memory, `TableRows` for a
table. The grid posts `Grid.Opened` (Enter, double click), `Grid.HeaderChosen`, `Grid.Moved`, `Grid.ColumnsChanged`;
its actions have the scope `grid`.
"""
