"""Deploy keys of every form."""

from __future__ import annotations

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.targets.deploy_keys import parse_deploy_key, usable_deploy_key


@pytest.mark.parametrize(
    ("key", "kind", "deployment_type", "name", "opens"),
    [
        ("prod:happy-otter-123|s", "deployment", "prod", "happy-otter-123", True),
        ("dev:happy-otter-123|s", "deployment", "dev", "happy-otter-123", True),
        ("preview:happy-otter-123|s", "deployment", "preview", "happy-otter-123", False),
        ("custom:happy-otter-123|s", "deployment", "custom", "happy-otter-123", False),
        ("happy-otter-123|s", "deployment", "prod", "happy-otter-123", False),
        ("preview:acme:chess|s", "preview", None, None, True),
        ("project:acme:chess|s", "project", None, None, True),
        ("project:whatever|s", "project", None, None, True),
        ("dev:happy-otter-123|s|t", "deployment", "dev", "happy-otter-123", True),
    ],
)
def test_forms(key: str, kind: str, deployment_type: str | None, name: str | None, opens: bool) -> None:
    found = parse_deploy_key(key)
    assert (found.kind, found.deployment_type, found.name) == (kind, deployment_type, name)
    assert found.opens_control_plane is opens
    assert "|s" not in repr(found)


def test_keys_of_projects_name_them() -> None:
    for key in ("preview:acme:chess|s", "project:acme:chess|s"):
        assert (parse_deploy_key(key).team, parse_deploy_key(key).project) == ("acme", "chess")


def test_an_old_key_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="create a new one") as caught:
        parse_deploy_key("eyTopsecret")
    assert "Topsecret" not in caught.value.message


def test_placeholders() -> None:
    assert usable_deploy_key("<ignore_deploy_key>") is None
    assert usable_deploy_key("dev:a|b") == "dev:a|b"
    with pytest.raises(UsageError, match="ask Ada for it"):
        usable_deploy_key("<missing_deploy_key:ask Ada for it>")
