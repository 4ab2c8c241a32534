"""The addresses that a deployment gives for itself: for clients, and for HTTP actions."""

from __future__ import annotations

from dataclasses import dataclass

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.errors import MalformedAnswerError
from kitcn_repl.deployment.exchange import Exchange
from kitcn_repl.deployment.retry import RetryPolicy
from kitcn_repl.deployment.transport import Timeouts, open_transport

_PATIENCE = Timeouts(connect=4.0, read=10.0, write=5.0, total=20.0)
_RETRIES = RetryPolicy(attempts=3, base=0.25, cap=2.0, longest_wait=5.0, budget=8.0)


@dataclass(frozen=True, slots=True)
class CanonicalUrls:
    cloud: str
    site: str


async def canonical_urls(url: str, admin_key: str) -> CanonicalUrls:
    """Raises DeploymentError."""
    address = parse_address(url)
    exchange = Exchange(address, admin_key, open_transport(address, _PATIENCE), _RETRIES)
    try:
        answer = await exchange.get("/api/v1/get_canonical_urls")
    finally:
        await exchange.aclose()
    match answer:
        case {"convexCloudUrl": str(cloud), "convexSiteUrl": str(site)} if _is_address(cloud) and _is_address(site):
            return CanonicalUrls(cloud, site)
    raise MalformedAnswerError(f"{address.authority} does not say under which addresses it is known.")


def _is_address(text: str) -> bool:
    """What goes into an env file must not be able to say anything else there."""
    return text.startswith(("https://", "http://")) and not any(
        char.isspace() or not char.isprintable() or char in "#'\"`" for char in text
    )
