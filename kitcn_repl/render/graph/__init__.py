"""Tables and the lines between them, laid out for a terminal. Nothing here knows of a toolkit.

`tables` decides what is drawn, `layout` where it goes, `canvas` with which characters.
"""
