"""What one can do in an answer that is shown as a tree."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS = (
    Action("tree.fold", "Fold or unfold", "space", "What is under the cursor", palette=False),
    Action("tree.unfold", "Unfold", "right,l", "Or go to the first one inside", palette=False),
    Action("tree.close", "Fold", "left,h", "Or go to what it is in", palette=False),
)
