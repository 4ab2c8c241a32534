"""A world with one of everything that deployment selection can meet."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.control_plane.world import World
from tests.support.usage_rows import believable_rows

ACCESS_TOKEN = "ey-planted-access-token-of-ada"

PROJECT_KEY = "project:acme:chess|ey-planted-project-key="
PREVIEW_DEPLOY_KEY = "preview:acme:chess|ey-planted-preview-deploy-key="


def small_world() -> World:
    """Teams `acme` (Ada and Bob) and `umbrella` (Ada). Project `chess` of acme has everything, `go` of acme a dev and a
    prod deployment, `bare` of acme nothing; `umbrella` has `chess` too, another one. The prod deployment
    of `chess` has usage rows.
    """
    world = World()
    ada, bob = world.add_member("ada"), world.add_member("bob")
    acme, umbrella = world.add_team("acme", ada, bob, region="aws-us-east-1"), world.add_team("umbrella", ada)
    chess, go = world.add_project(acme, "chess"), world.add_project(acme, "go")
    world.add_project(acme, "bare")
    other = world.add_project(umbrella, "chess")

    world.add(chess, "happy-otter-101", "dev", reference="dev/ada", is_default=True, creator=ada)
    world.add(chess, "quick-fox-102", "dev", reference="dev/bob", is_default=True, creator=bob)
    world.add(chess, "brave-cat-103", "prod", reference="production", is_default=True, creator=ada)
    world.add(chess, "calm-cow-104", "dev", reference="staging", creator=ada)
    world.add(chess, "shy-bee-105", "preview", reference="preview/pr-1", creator=bob, expires_at=1_900_000_000_000)
    world.add(chess, "odd-elk-106", "custom", reference="custom/load", creator=bob, region="aws-eu-west-1")
    world.add(go, "merry-hen-201", "dev", reference="dev/ada", is_default=True, creator=ada)
    world.add(go, "grand-ram-202", "prod", reference="production", is_default=True, creator=ada)
    world.add(other, "wise-owl-301", "dev", reference="dev/ada", is_default=True, creator=ada)
    world.add(other, "stern-yak-302", "prod", reference="production", is_default=True, creator=ada)

    world.usage["brave-cat-103"] = believable_rows(datetime.now(UTC))
    world.add_token(ada, ACCESS_TOKEN)
    world.project_keys[PROJECT_KEY] = chess
    world.preview_deploy_keys[PREVIEW_DEPLOY_KEY] = chess
    for name, type_, value in (
        ("API_HOST", "dev", "https://dev.example"),
        ("API_HOST", "preview", "https://preview.example"),
        ("API_HOST", "prod", "https://example.com"),
        ("ONLY_DEV", "dev", "yes # no"),
    ):
        world.defaults[chess.id, name, type_] = value
    return world
