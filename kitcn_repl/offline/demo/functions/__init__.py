"""The demo's deployed functions: JavaScript modules beside this file, and their specification."""

from __future__ import annotations

from kitcn_repl.deployment.models import FunctionKind, FunctionSpec
from kitcn_repl.values import JsonObject

MODULES = ("projects.js", "users.js")


def _object(**fields: JsonObject) -> JsonObject:
    return {"type": "object", "value": dict(fields)}


def _required(validator: JsonObject) -> JsonObject:
    return {"fieldType": validator, "optional": False}


def _optional(validator: JsonObject) -> JsonObject:
    return {"fieldType": validator, "optional": True}


def _function(
    identifier: str, args: JsonObject, kind: FunctionKind = "Query", visibility: str = "public"
) -> FunctionSpec:
    return FunctionSpec(kind, identifier, visibility, args, {"type": "any"})


_STRING: JsonObject = {"type": "string"}
_NUMBER: JsonObject = {"type": "number"}

FUNCTIONS: tuple[FunctionSpec, ...] = (
    _function("projects.js:byOwner", _object(ownerId=_required({"type": "id", "tableName": "user"}))),
    _function("projects.js:rename", _object(id=_required(_STRING), name=_required(_STRING)), "Mutation"),
    _function("users.js:byEmail", _object(email=_required(_STRING))),
    _function("users.js:list", _object(limit=_optional(_NUMBER))),
    _function("users.js:sendWelcome", _object(id=_required(_STRING)), "Action", "internal"),
    _function("users.js:stats", _object(), "Query", "internal"),
    FunctionSpec("HttpAction", method="GET", path="/health"),
)
"""Queries run offline; the mutation and the action are listed, and refused."""
