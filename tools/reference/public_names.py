"""What of the package is for others: names by the module that they are imported from."""

from __future__ import annotations

from importlib import import_module
from typing import Final

PUBLIC: Final[dict[str, tuple[str, ...]]] = {
    "kitcn_repl": ("connect", "connect_async", "Connection", "AsyncConnection", "KitcnError"),
    "kitcn_repl.results": ("Result", "Column", "Showing"),
    "kitcn_repl.results.documents": ("Document", "Id", "Relations"),
    "kitcn_repl.results.table": ("Table",),
    "kitcn_repl.results.found": ("Find", "Found"),
    "kitcn_repl.values": (
        "Int64", "UNDEFINED", "Value", "JsonValue", "JsonObject", "decode", "encode", "clean", "DocumentId", "IdError",
        "decode_id", "encode_id", "is_id",
    ),
    "kitcn_repl.deployment.protocol": ("Deployment",),
    "kitcn_repl.deployment.models": (
        "QueryModule", "FunctionResult", "Interruption", "TableInfo", "FieldFilter", "IndexBound", "PageRequest",
        "Page", "IndexInfo", "ComponentInfo", "FunctionSpec", "LogPage", "FunctionName", "FunctionMetrics",
        "DeploymentInfo",
    ),
    "kitcn_repl.deployment.remote": ("Remote",),
    "kitcn_repl.offline.offline": ("Offline",),
    "kitcn_repl.offline.dataset": ("Dataset",),
    "kitcn_repl.offline.demo.dataset": ("demo_dataset",),
    "kitcn_repl.offline.snapshot": ("open_snapshot", "ImportProgress", "SnapshotError"),
    "kitcn_repl.offline.backend_file": ("open_backend_file", "BackendFileError"),
    "kitcn_repl.errors": ("ExitCode", "UsageError", "NoDeploymentError"),
    "kitcn_repl.deployment.errors": (
        "DeploymentError", "UnreachableError", "UnavailableError", "WrongKeyError", "PermissionDeniedError",
        "NotConvexError", "ServerTooOldError", "MalformedAnswerError", "RequestRejectedError", "QueryFailedError",
        "ReadonlyError",
    ),
    "kitcn_repl.explore.inline": ("InlineQueryError",),
}  # fmt: skip


def public_objects() -> dict[tuple[str, str], object]:
    """By module and name."""
    return {(module, name): getattr(import_module(module), name) for module, names in PUBLIC.items() for name in names}
