"""Logging in on a device without a browser of its own (RFC 8628, control-plane.md 3.6)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from kitcn_repl.control_plane.answers import unreachable
from kitcn_repl.control_plane.errors import ControlPlaneError, LoginNeededError, UnexpectedAnswerError
from kitcn_repl.control_plane.exchange import TIMEOUTS
from kitcn_repl.deployment.address import Address, parse_address
from kitcn_repl.deployment.answers import quote
from kitcn_repl.deployment.transport import Request, Timeouts, TransportError, open_transport
from kitcn_repl.errors import UsageError
from kitcn_repl.values import JsonObject

ISSUER = "https://auth.convex.dev"
CLIENT_ID = "HFtA247jp9iNs08NTLIB7JsNPMmRIyfi"
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_REFUSALS = {
    "access_denied": "The login was refused in the browser.",
    "expired_token": "The login was not finished in time: run kitcn login again.",
}


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """Show `user_code` and `address` to the user; both are good for `lifetime` seconds."""

    address: str
    user_code: str
    lifetime: float
    interval: float
    device_code: str = field(repr=False)
    token_endpoint: str = field(repr=False)


class DeviceLogin:
    """One login at an identity provider: `start`, then `finish` once the code was shown."""

    def __init__(
        self,
        issuer: str = ISSUER,
        client_id: str = CLIENT_ID,
        *,
        timeouts: Timeouts = TIMEOUTS,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._timeouts = timeouts
        self._sleep = sleep
        self._clock = clock

    async def start(self) -> DeviceCode:
        """Raises ControlPlaneError."""
        status, found = await self._ask(f"{self._issuer}/.well-known/openid-configuration", None)
        device, token = found.get("device_authorization_endpoint"), found.get("token_endpoint")
        if status != 200 or not isinstance(device, str) or not isinstance(token, str):
            raise UnexpectedAnswerError(f"{_host(self._issuer)} offers no login for devices.")
        status, code = await self._ask(device, {"client_id": self._client_id, "scope": "openid"})
        match code:
            case {"device_code": str(secret), "user_code": str(user_code), **more} if status == 200:
                address = more.get("verification_uri_complete") or more.get("verification_uri")
                if isinstance(address, str) and urlsplit(address).scheme in ("http", "https"):
                    lifetime, interval = _seconds(more.get("expires_in"), 300), _seconds(more.get("interval"), 5)
                    return DeviceCode(address, user_code, lifetime, interval, secret, token)
        raise UnexpectedAnswerError(f"{_host(device)} gave no code to log in with{_said(code)}.")

    async def finish(self, code: DeviceCode) -> str:
        """Wait until the user has logged in; the identity provider's token. Raises ControlPlaneError."""
        form = {"grant_type": _GRANT, "device_code": code.device_code, "client_id": self._client_id}
        interval, end = code.interval, self._clock() + code.lifetime
        while self._clock() < end:
            await self._sleep(interval)
            status, answer = await self._ask(code.token_endpoint, form)
            token, error = answer.get("access_token"), answer.get("error")
            if status == 200 and isinstance(token, str) and token:
                return token
            if error == "slow_down":
                interval += 5
            elif error != "authorization_pending":
                known = _REFUSALS.get(error) if isinstance(error, str) else None
                raise LoginNeededError(known or f"{_host(code.token_endpoint)} refused the login{_said(answer)}.")
        raise LoginNeededError(_REFUSALS["expired_token"])

    async def _ask(self, url: str, form: dict[str, str] | None) -> tuple[int, JsonObject]:
        address, target = _taken_apart(url)
        transport = open_transport(address, self._timeouts)
        failure: ControlPlaneError
        try:
            if form is None:
                request = Request("GET", target, {"Accept": "application/json"})
            else:
                headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
                request = Request("POST", target, headers, urlencode(form).encode(), idempotent=False)
            answer = await transport.send(request)
            body = json.loads(answer.body)
        except TransportError as error:
            failure = unreachable(error, address.authority)
        except (ValueError, RecursionError):
            failure = UnexpectedAnswerError(f"{address.authority} did not answer with JSON: check any proxy.")
        else:
            if isinstance(body, dict):
                return answer.status, body
            failure = UnexpectedAnswerError(f"{address.authority} did not answer with a JSON object.")
        finally:
            await transport.aclose()
        raise failure from None


def _taken_apart(url: str) -> tuple[Address, str]:
    parts = urlsplit(url)
    try:
        address = parse_address(f"{parts.scheme}://{parts.netloc}")
    except UsageError:
        address = None
    if address is None or (address.scheme != "https" and not address.is_loopback):
        raise UnexpectedAnswerError("The identity provider names an address that is none, or not a secure one.")
    return address, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _seconds(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < 86400 else default


def _said(answer: JsonObject) -> str:
    error, detail = answer.get("error"), answer.get("error_description")
    words = [quote(text) for text in (error, detail) if isinstance(text, str)]
    return f" ({': '.join(words)})" if words else ""
