"""What can be compared: the variables of deployments, their defaults, and dotenv files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kitcn_repl.deployment.together import together
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.explore.environment.dotenv import read_dotenv_text
from kitcn_repl.explore.environment.places import DeploymentVariables
from kitcn_repl.explore.opening import open_target
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.shown import shown
from kitcn_repl.targets.target import Target, TargetFlags


@dataclass(frozen=True, slots=True)
class OfDeployment:
    """`selector` None is the one that flags and surroundings select."""

    selector: str | None = None


@dataclass(frozen=True, slots=True)
class OfDefaults:
    """Defaults for deployments of a type. Without a project, those of the deployment on the other side, or of the
    current project; without a type, of the type of that deployment."""

    deployment_type: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True)
class OfFile:
    """A dotenv file; None is standard input."""

    path: str | None


Operand = OfDeployment | OfDefaults | OfFile


@dataclass(frozen=True, slots=True)
class Side:
    """`heading` is the short form of `title`. `left_out` are variables of a file that say which deployment a project
    uses."""

    title: str
    heading: str
    values: Mapping[str, str] = field(repr=False)
    is_prod: bool = False
    left_out: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def parse_operand(text: str) -> Operand:
    """`default`, `default:TYPE`, `default:[TEAM:]PROJECT:TYPE`; `file:PATH`, a path that begins with `.`, `/` or `~`,
    or `-`; else a deployment's selector. Raises UsageError."""
    if text == "-":
        return OfFile(None)
    if text.startswith("file:"):
        return OfFile(text.removeprefix("file:"))
    if text.startswith((".", "/", "~")):
        return OfFile(text)
    head, *rest = text.split(":")
    if head != "default":
        return OfDeployment(text)
    if not rest:
        return OfDefaults()
    if len(rest) > 3 or not all(rest):
        raise UsageError(
            f"{shown(text)!r} names no defaults: write default, default:TYPE or default:TEAM:PROJECT:TYPE."
        )
    from kitcn_repl.explore.environment.defaults import parse_type

    return OfDefaults(parse_type(rest[-1]), ":".join(rest[:-1]) or None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads both sides, as seen by somebody in `cwd`. `read_stdin` is called for `-`.

    `opened` is the deployment that the flags select, where it is open already.
    """

    flags: TargetFlags
    environment: Mapping[str, str] = field(repr=False)
    cwd: Path
    read_stdin: Callable[[], str]
    opened: DeploymentVariables | None = None

    async def read(self, a: Operand, b: Operand) -> tuple[Side, Side]:
        """Raises KitcnError for what cannot be found, opened or read."""
        if a == b == OfFile(None):
            raise UsageError("- can be given for one side only.")
        first, second = await together([self._side(a, b), self._side(b, a)])
        return first, second

    async def _side(self, operand: Operand, other: Operand) -> Side:
        match operand:
            case OfFile(path):
                return self._file(path)
            case OfDefaults(deployment_type, project):
                return await self._defaults(deployment_type, project, other)
            case OfDeployment():
                return await self._deployment(operand)

    def _file(self, path: str | None) -> Side:
        if path is None:
            text, title = self.read_stdin(), "stdin"
        else:
            text, title = read_text_file(self.cwd / Path(path).expanduser(), path), path
        found = read_dotenv_text(text)
        return Side(title, title, found.variables, left_out=found.left_out)

    async def _defaults(self, deployment_type: str | None, project: str | None, other: Operand) -> Side:
        from kitcn_repl.explore.environment.defaults import open_defaults, select_project

        selection = None
        if project is None and isinstance(other, OfDeployment):
            selection = self._selection(other)
            if isinstance(selection.choice, Target) and deployment_type is not None:
                selection = None  # it has no project, but the type says which defaults of ours are meant
        elif deployment_type is None:
            raise UsageError("default stands for the defaults of the deployment beside it; say default:TYPE here.")
        if selection is None:
            selection = select_project(self._around, project, self.environment, self.cwd)
        async with open_defaults(selection, deployment_type) as defaults:
            heading = f"default:{defaults.deployment_type}"
            return Side(defaults.title, heading, await defaults.read(), defaults.is_prod)

    async def _deployment(self, operand: OfDeployment) -> Side:
        from kitcn_repl.explore.selecting import find_target

        if operand.selector is None and self.opened is not None:
            here = self.opened
            return Side(here.title, here.title, await here.read(), here.is_prod)
        selection = self._selection(operand)
        target = await find_target(selection)
        deployment = await open_target(target)
        try:
            variables = DeploymentVariables(deployment, target)
            values = await variables.read()
        finally:
            await deployment.aclose()
        title = variables.title
        return Side(title, title, values, variables.is_prod, notices=tuple(deployment.notices))

    def _selection(self, operand: OfDeployment) -> Selection:
        flags = self.flags if operand.selector is None else replace(self._around, deployment=operand.selector)
        return select(flags, self.environment, self.cwd)

    @property
    def _around(self) -> TargetFlags:
        """What counts for a side that names itself."""
        return TargetFlags(env_file=self.flags.env_file)


def read_text_file(path: Path, given: str) -> str:
    """The file's text as it is, line ends too. Raises KitcnError that names it as it was `given`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        problem = f"There is no file {given}."
    except OSError as error:
        problem = f"{given} cannot be read: {error.strerror}."
    else:
        text = utf8(data)
        if text is not None:
            return text
        problem = f"{given} is not UTF-8 text."
    raise KitcnError(problem)


def utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
