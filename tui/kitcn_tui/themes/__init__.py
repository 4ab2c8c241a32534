"""How it looks: our two themes, and the colours that tell tables apart."""
