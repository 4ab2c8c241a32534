"""Answers that fuzzing found: no line break, no value and no part of a key of theirs gets into a message."""

from __future__ import annotations

import json

import pytest

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import FunctionName
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.deployment.transport import Answer
from tests.fuzz.answers import URL, Scripted

KEY = "dev:happy-otter-123|eyJ2MiI6ImFiY2RlZiJ9"


def remote(body: object, status: int = 200) -> Remote:
    answer = Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())
    return Remote(URL, KEY, transport=Scripted((answer,)), retry=NO_RETRIES)


async def refused(client: Remote) -> str:
    with pytest.raises(DeploymentError) as caught:
        await client.environment_variables()
    assert "\n" not in caught.value.message and len(caught.value.message) < 400
    return caught.value.message


async def test_a_code_of_several_lines() -> None:
    assert "(a b: x)" in await refused(remote({"code": "a\nb", "message": "x"}, 503))


async def test_a_code_without_end() -> None:
    await refused(remote({"code": "c" * 5000, "message": "m" * 5000}, 503))


async def test_a_key_that_is_cut_with_the_text_around_it() -> None:
    for length in range(150, 260):
        message = await refused(remote({"code": "Busy", "message": "x" * length + KEY}, 503))
        assert "eyJ2MiI6" not in message


def test_the_beginning_of_a_secret_is_hidden() -> None:
    secret = Secret(KEY)
    assert secret.hide_in("no eyJ2MiI6Im… and dev:happy-otter-123") == "no ***… and dev:happy-otter-123"
    assert secret.hide_in("eyJ2MiI") == "eyJ2MiI"
    assert Secret("short").hide_in("shor") == "shor"


@pytest.mark.parametrize("name", ["A\nError: false", "x" * 5000])
async def test_a_name_in_an_answer_of_another_form(name: str) -> None:
    assert "Input should be a valid string" in await refused(remote({"environmentVariables": {name: 5}}))


async def test_the_value_of_an_unknown_kind_is_not_quoted() -> None:
    value = [{"functionType": {"secret": "value" * 100}, "identifier": "a:b"}]
    with pytest.raises(DeploymentError) as caught:
        await remote({"status": "success", "value": value, "logLines": []}).function_spec()
    assert "(0: an unknown kind)" in caught.value.message


async def test_numbers_beyond_all_bounds() -> None:
    body = '{"results": [{"status": "success", "value": 1e999}]}'
    tables = '{"status":"success","value":{"page":[{"name":"user"}],"isDone":true,"continueCursor":"end"}}'
    answers = tuple(Answer(200, {"content-type": "application/json"}, text.encode()) for text in (tables, body))
    client = Remote(URL, KEY, transport=Scripted(answers), retry=NO_RETRIES)
    assert [(table.name, table.count) for table in await client.tables()] == [("user", None)]
    series = '[["user:list", [[{}, 1e308], [{}, 1e308]]]]'
    rates = "[[{}, 1e308], [{}, 1e308]]"
    texts = (series, rates, rates, rates, "[]")
    answers = tuple(Answer(200, {"content-type": "application/json"}, text.encode()) for text in texts)
    client = Remote(URL, KEY, transport=Scripted(answers), retry=NO_RETRIES)
    (found,) = await client.function_metrics([FunctionName("user.js:list", "Query")], lambda now: now - 1000)
    assert found.calls == 2**63
