"""The cron jobs of a deployment (deployment-api.md 5.3)."""

from __future__ import annotations

from kitcn_repl.deployment.errors import QueryFailedError, ServerTooOldError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.functions import display_path
from kitcn_repl.explore.procedures.model import Cron
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import Int64, decode

_NANOSECONDS = 1_000_000


async def deployed_crons(deployment: Deployment, component: str) -> list[Cron] | None:
    """None where the deployment does not tell."""
    args: JsonObject = {}
    if component:
        found = next((item for item in await deployment.components() if item.path == component), None)
        args = {} if found is None else {"componentId": found.id}
    try:
        answer = (await deployment.system("_system/frontend/listCronJobs", args)).value
    except (ServerTooOldError, QueryFailedError):
        return None
    return [_cron(row) for row in answer if isinstance(row, dict)] if isinstance(answer, list) else None


def _cron(row: JsonObject) -> Cron:
    spec = _object(row.get("cronSpec"))
    last, following = _object(row.get("lastRun")), _object(row.get("nextRun"))
    status = _object(last.get("status")).get("type")
    return Cron(
        name=str(row.get("name")),
        function=display_path(str(spec.get("udfPath", ""))),
        schedule=schedule_text(_object(spec.get("cronSchedule"))),
        next_run=_milliseconds(following.get("nextTs")),
        last_run=_milliseconds(last.get("ts")),
        last_status={"err": "failed"}.get(str(status), str(status)) if status else None,
    )


def schedule_text(schedule: JsonObject) -> str:
    """`every 300 s`, `daily at 04:30 UTC`, `0 4 * * *`."""
    kind = schedule.get("type")

    def number(name: str) -> int:
        return _number(schedule.get(name)) or 0

    at = f"{number('hourUTC'):02d}:{number('minuteUTC'):02d} UTC"
    if kind == "interval":
        return f"every {number('seconds')} s"
    if kind == "hourly":
        return f"hourly at minute {number('minuteUTC')}"
    if kind == "daily":
        return f"daily at {at}"
    if kind == "weekly":
        day = schedule.get("dayOfWeek")
        return f"weekly on {day if isinstance(day, str) else _day(number('dayOfWeek'))} at {at}"
    if kind == "monthly":
        return f"monthly on day {number('day')} at {at}"
    return str(schedule.get("cronExpr", kind or ""))


def _day(number: int) -> str:
    """Convex counts from Sunday."""
    names = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    return names[number % 7]


def _milliseconds(nanoseconds: JsonValue) -> float | None:
    number = _number(nanoseconds)
    return None if number is None else number / _NANOSECONDS


def _number(value: JsonValue) -> int | None:
    try:
        decoded = decode(value)
    except ValueError:
        return None
    return int(decoded) if isinstance(decoded, Int64 | int | float) and not isinstance(decoded, bool) else None


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
