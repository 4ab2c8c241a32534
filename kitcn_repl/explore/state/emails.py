"""The queue of kitcn's resend plugin (kitcn.md 4.7). Bodies are never looked at."""

from __future__ import annotations

from collections import Counter

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.state.model import Email, EmailQueue
from kitcn_repl.explore.state.rows import number, optional_text, state_rows, text, texts
from kitcn_repl.values import JsonObject

_WAITING = ("waiting", "queued")
_STATUSES = ("waiting", "queued", "sent", "delivered", "delivery_delayed", "bounced", "failed", "cancelled")


async def email_queue(deployment: Deployment, limit: int) -> EmailQueue | None:
    """The newest messages; None where the plugin is not installed."""
    tables = frozenset(info.name for info in await deployment.tables())
    # Either spelling of the plugin's tables is in use (kitcn.md 2.5).
    emails = events = None
    for name in ("resendEmails", "resend_emails"):
        emails = emails or await state_rows(deployment, name, limit, tables=tables)
    for name in ("resendDeliveryEvents", "resend_delivery_events"):
        events = events or await state_rows(deployment, name, limit, tables=tables)
    if emails is None:
        return None
    last: dict[str, str] = {}
    for event in () if events is None else events.rows:
        message = optional_text(event, "message")
        last.setdefault(text(event, "emailId"), text(event, "eventType") + (f": {message}" if message else ""))
    messages = [_email(row, last) for row in emails.rows]
    numbers = Counter(email.status for email in messages)
    order = [*_STATUSES, *sorted(set(numbers).difference(_STATUSES))]
    return EmailQueue(
        tuple(messages),
        tuple((status, numbers[status]) for status in order if numbers[status]),
        min((email.created_at for email in messages if email.status in _WAITING), default=None),
        emails.more,
    )


def _email(row: JsonObject, events: dict[str, str]) -> Email:
    id_ = text(row, "_id")
    attempt = number(row, "attempt")
    return Email(
        id_,
        text(row, "status") or "unknown",
        number(row, "_creationTime") or 0.0,
        texts(row, "to"),
        optional_text(row, "subject"),
        None if attempt is None else int(attempt),
        optional_text(row, "errorMessage"),
        events.get(id_),
    )
