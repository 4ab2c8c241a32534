"""The status card of a deployment that nobody should trust."""

from __future__ import annotations

from kitcn_repl.deployment.models import TableInfo
from kitcn_repl.magic.card import StatusCard

EVIL = "</style></td><script>window.pwned = 1</script>\x1b[31m\u202e"


def test_names_are_only_text() -> None:
    card = StatusCard(EVIL, True, EVIL, [TableInfo(EVIL, 5)] * 100, EVIL, [(f"%kitcn data {EVIL}", "documents")])
    for shown in (repr(card), card._repr_html_()):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script" not in card._repr_html_()
    assert card._repr_html_().count("</style>") == 1
    assert "40 more tables" in repr(card)
