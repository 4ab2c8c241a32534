"""`%kitcn` and `%%kitcn` in IPython and its notebooks."""
