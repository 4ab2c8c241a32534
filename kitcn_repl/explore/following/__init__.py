"""From a document to those that it refers to, and to those that refer to it (design 6)."""

from __future__ import annotations

from kitcn_repl.explore.following.follower import Count, Follower, Following, Related
from kitcn_repl.explore.following.ways import Direction, Junction, Way

__all__ = ["Count", "Direction", "Follower", "Following", "Junction", "Related", "Way"]
