"""A stand-in for Convex's control plane and for the deployments behind it, on 127.0.0.1.

It behaves as the reference describes the service, holds its state in a `World`, remembers every request, misbehaves on
demand, and checks what it says against Convex's OpenAPI document where that lies beside the repository. The genuine
npm CLI works against it (tests/conformance/test_stand_in.py), which is what makes it a stand-in.

    world = small_world()
    with stand_in(world) as plane:
        plane.url                                          # for CONVEX_PROVISION_HOST
        plane.fail("/v1/deployments/", status(503), times=1)
        plane.requests                                     # what was asked, by whom
"""

from __future__ import annotations

from tests.support.control_plane.faults import echo, half_an_answer, html, refused, slow, status
from tests.support.control_plane.projects import Workplace, make_workplace
from tests.support.control_plane.seen import Seen
from tests.support.control_plane.serving import StandIn, stand_in
from tests.support.control_plane.small_world import ACCESS_TOKEN, small_world
from tests.support.control_plane.world import Deployment, Member, Project, Team, World

__all__ = [
    "ACCESS_TOKEN",
    "Deployment",
    "Member",
    "Project",
    "Seen",
    "StandIn",
    "Team",
    "Workplace",
    "World",
    "echo",
    "half_an_answer",
    "html",
    "make_workplace",
    "refused",
    "slow",
    "small_world",
    "stand_in",
    "status",
]
