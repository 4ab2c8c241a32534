"""Words from what is known of a deployment."""

from __future__ import annotations

from pathlib import Path

import kitcn_repl.offline.demo
from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.explore.completion import Words, complete
from kitcn_repl.explore.knowledge import know
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline

_SOURCE = Path(kitcn_repl.offline.demo.__file__).parent / "project" / "schema.ts"


async def test_words_of_the_demo() -> None:
    offline = Offline(demo_dataset())
    source = _SOURCE if _SOURCE.is_file() else None
    words = Words.of(await know(offline, source=source), functions=["users:list"])
    user_id = (await offline.page(PageRequest("user", limit=1))).documents[0]["_id"]
    await offline.aclose()

    def offered(marked: str) -> set[str]:
        cursor = marked.index("|")
        return {each.text for each in complete(marked.replace("|", ""), cursor, words)}

    assert offered('ctx.db.query("|') == {"account", "jwks", "project", "session", "typeZoo", "user", "verification"}
    assert offered('ctx.db.query("project").withIndex("own|') == {"ownerId_updatedAt"}
    assert offered('ctx.db.query("project").withIndex("ownerId_updatedAt", q => q.eq("ownerId", 1).gt("|') == {
        "updatedAt"
    }
    assert offered('ctx.db.query("typeZoo").withSearchIndex("|') == {"search_label"}
    # A plain text that holds ids of users, as the data tells.
    assert "emailVerified" in offered(
        'const p = await ctx.db.query("project").first(); (await ctx.db.get(p.ownerId)).|'
    )
    assert "emailVerified" in offered(f'const u = await ctx.db.get("{user_id}"); u.|')
    assert {"project.ownerId", "session.userId"} & offered('ctx.db.query("user").related("|')
    assert offered('ctx.runQuery("|') == {"users:list"}
