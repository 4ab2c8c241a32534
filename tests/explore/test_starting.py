from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.opening import open_target
from kitcn_repl.explore.starting import Start, find_start
from kitcn_repl.targets.target import Target


@pytest.fixture
async def demo() -> AsyncIterator[Deployment]:
    deployment = await open_target(Target("demo", "demo", "test"))
    yield deployment
    await deployment.aclose()


async def test_a_table(demo: Deployment) -> None:
    assert await find_start(demo, "user") == Start("user", "")


async def test_a_document_in_the_app_or_in_a_component(demo: Deployment) -> None:
    for component, table in (("", "user"), ("rateLimiter", (await demo.tables("rateLimiter"))[0].name)):
        page = await demo.page(PageRequest(table, limit=1, component=component))
        found = str(page.documents[0]["_id"])
        assert await find_start(demo, found) == Start(table, component, found)


async def test_what_is_not_there_is_told_with_the_nearest(demo: Deployment) -> None:
    with pytest.raises(KitcnError, match='There is no table "usr"; did you mean "user"') as caught:
        await find_start(demo, "usr")
    assert "account, jwks, project" in str(caught.value.hint)
    with pytest.raises(KitcnError, match="No document has the id"):
        await find_start(demo, "j57000820c20a1g7104gm2rc1m70ynr8")
