"""What variables, env files and local deployments say, with the flags that choose within it (control-plane.md 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kitcn_repl.errors import KitcnError, NoDeploymentError, UsageError
from kitcn_repl.project.credentials import control_plane_url
from kitcn_repl.project.local_state import (
    DATABASE,
    LocalState,
    broken_state,
    is_anonymous,
    project_state,
    state_of,
)
from kitcn_repl.project.settings import settings_folder_or_here
from kitcn_repl.targets.authorization import Authorization, find_authorization
from kitcn_repl.targets.choices import (
    DeploymentChoice,
    InProject,
    OfKey,
    OnDisk,
    ProjectBySlugs,
    ProjectOfDeployment,
    ProjectOfKey,
    Sibling,
)
from kitcn_repl.targets.deploy_keys import DEPLOY_KEY_VARIABLES, DeployKey, parse_deploy_key, usable_deploy_key
from kitcn_repl.targets.precedence import KEY_VARIABLE, URL_VARIABLE, at_url
from kitcn_repl.targets.selection import Login, Selection
from kitcn_repl.targets.selectors import LocalNameSelector, NameSelector, ProjectSelector, parse_selector
from kitcn_repl.targets.shown import shown
from kitcn_repl.targets.target import Target, TargetFlags
from kitcn_repl.targets.variables import Variables, check_quotes, variables_in_file, variables_of

DEPLOYMENT_VARIABLE = "CONVEX_DEPLOYMENT"
WAYS = (
    "--deployment SELECTOR, --demo, --snapshot FILE.zip or --url URL --admin-key KEY,"
    f" or set {DEPLOYMENT_VARIABLE}, or {URL_VARIABLE} with {KEY_VARIABLE}"
)
_TYPES = ("prod", "dev", "preview", "local")
_BUILDERS = {"VERCEL": "Vercel", "NETLIFY": "Netlify", "CF_PAGES": "Cloudflare", "WORKERS_CI": "Cloudflare"}


def select_configured(flags: TargetFlags, environment: Mapping[str, str], cwd: Path) -> Selection:
    """Raises as `select`."""
    check_quotes(environment)
    return _Surroundings(flags, environment, cwd).selection()


def find_login(environment: Mapping[str, str], cwd: Path, env_file: str | None = None) -> Login:
    """With what the management service is asked in `cwd`, whatever deployment is meant. Raises as `select`."""
    surroundings = _Surroundings(TargetFlags(env_file=env_file), environment, cwd)
    return Login(control_plane_url(environment), *surroundings.authorization())


class _Surroundings:
    """The working directory as deployment selection sees it."""

    def __init__(self, flags: TargetFlags, environment: Mapping[str, str], cwd: Path) -> None:
        self._flags = flags
        self._environment = environment
        # What flags, an env file or the environment say completely is good in any folder.
        self._folder, self._several_projects = settings_folder_or_here(cwd)
        if flags.env_file is not None:
            self._variables = variables_in_file(cwd / Path(flags.env_file).expanduser(), flags.env_file)
        else:
            self._variables = variables_of(environment, self._folder, cwd)
        self._key_variable = self._variables.first(*DEPLOY_KEY_VARIABLES)
        self._key = self._deploy_key()

    def selection(self) -> Selection:
        choice, reason = self._chosen()
        return Selection(choice, reason, control_plane_url(self._environment), *self.authorization())

    def authorization(self) -> tuple[Authorization | None, str | None]:
        # With --env-file the override still comes from the process alone.
        at = self._variables
        if self._flags.env_file is not None:
            at = Variables((("the environment", self._environment),))
        return find_authorization(at, self._key, self._key_source, self._environment)

    @property
    def _key_source(self) -> str:
        return self._variables.where(self._key_variable) if self._key_variable else ""

    def _deploy_key(self) -> DeployKey | None:
        if self._key_variable is None:
            return None
        value = usable_deploy_key(self._variables.get(self._key_variable) or "")
        return None if value is None else parse_deploy_key(value)

    def _chosen(self) -> tuple[Target | InProject | OfKey | OnDisk, str]:
        selector = None if self._flags.deployment is None else parse_selector(self._flags.deployment)
        match selector:
            case NameSelector(name):
                return _by_name(name), "--deployment"
            case LocalNameSelector(name):
                return OnDisk(self._local_state(name)), "--deployment"
            case ProjectSelector("local"):
                return self._local(selector), "--deployment"
            case ProjectSelector(reference, str(project), str(team)):
                return InProject(ProjectBySlugs(team, project), _by_reference(reference)), "--deployment"
            case ProjectSelector():
                return self._in_current_project(selector)
        if self._key is not None:
            return self._by_key(self._key)
        return self._by_variables()

    def _in_current_project(self, selector: ProjectSelector) -> tuple[InProject, str]:
        project, source = self._current_project("--deployment")
        found = project if selector.project is None else Sibling(project, selector.project)
        return InProject(found, _by_reference(selector.reference)), f"--deployment, project of {source}"

    def _by_key(self, key: DeployKey) -> tuple[InProject | OfKey, str]:
        flags, source = self._flags, self._key_source
        if key.kind == "deployment":
            if (flags.prod and key.deployment_type != "prod") or flags.preview_name is not None:
                raise UsageError(f"{self._flag()} cannot be used with {source}, which opens one deployment only.")
            if flags.deployment_name is not None and flags.deployment_name != key.name:
                raise UsageError(f"--deployment-name cannot be used with {source}, which opens {key.name} only.")
            return OfKey(key), source
        if key.kind == "project":
            if flags.preview_name is not None or flags.deployment_name is not None:
                raise UsageError(f"{self._flag()} cannot be used with {source}, a project's deploy key.")
            return InProject(ProjectOfKey(key), self._choice()), self._reason(source)
        assert key.team is not None
        assert key.project is not None
        return InProject(ProjectBySlugs(key.team, key.project), self._choice()), self._reason(source)

    def _by_variables(self) -> tuple[Target | InProject | OnDisk, str]:
        hosted = self._self_hosted()
        if hosted is not None:
            return hosted, hosted.reason
        if self._flags.deployment_name is not None:
            return _by_name(self._flags.deployment_name), "--deployment-name"
        configured = self._configured()
        if configured is None:
            raise self._nothing()
        source = self._variables.where(DEPLOYMENT_VARIABLE)
        kind, name = _type_and_name(configured)
        flag = self._flag()
        if is_anonymous(name):
            self._check_anonymous(name, source, flag)
            return OnDisk(self._local_state(name)), source
        if flag is None:
            if kind == "local":
                return OnDisk(self._local_state(name)), source
            return InProject(ProjectOfDeployment(name, kind), DeploymentChoice("name", name)), source
        return InProject(ProjectOfDeployment(name, kind), self._choice()), self._reason(source)

    def _configured(self) -> str | None:
        """The value of CONVEX_DEPLOYMENT. Raises UsageError for a key in it: a name is sent, and shown."""
        configured = self._variables.get(DEPLOYMENT_VARIABLE)
        if configured is not None and "|" in configured:
            source = self._variables.where(DEPLOYMENT_VARIABLE)
            del configured
            raise UsageError(f"{source} holds a key, not the name of a deployment: set that as CONVEX_DEPLOY_KEY.")
        return configured

    def _self_hosted(self) -> Target | None:
        url, key = self._variables.get(URL_VARIABLE), self._variables.get(KEY_VARIABLE)
        configured = self._configured()
        if url is None and key is None:
            return None
        if configured is not None:
            given = URL_VARIABLE if url is not None else KEY_VARIABLE
            raise UsageError(
                f"{self._variables.where(given)} and {self._variables.where(DEPLOYMENT_VARIABLE)}"
                " each name a deployment; keep only one of them."
            )
        if url is None:
            raise UsageError(f"{self._variables.where(KEY_VARIABLE)} needs {URL_VARIABLE} beside it.")
        flag = self._flag()
        if flag is not None:
            raise UsageError(
                f"{flag} cannot be used with a self-hosted deployment ({self._variables.where(URL_VARIABLE)})."
            )
        pair = {URL_VARIABLE: url, KEY_VARIABLE: key or ""}
        return at_url(url, key, pair, self._variables.where(URL_VARIABLE))

    def _current_project(self, flag: str) -> tuple[ProjectBySlugs | ProjectOfDeployment | ProjectOfKey, str]:
        """The project that a short selector or flag refers to, and what says so."""
        key = self._key
        if key is not None and key.kind == "project":
            return ProjectOfKey(key), self._key_source
        if key is not None and key.kind == "preview":
            assert key.team is not None
            assert key.project is not None
            return ProjectBySlugs(key.team, key.project), self._key_source
        if key is not None:
            raise UsageError(f"{flag} cannot be used with {self._key_source}, which opens {key.name} only.")
        self._self_hosted()
        configured = self._configured()
        if configured is None:
            raise self._nothing()
        source = self._variables.where(DEPLOYMENT_VARIABLE)
        kind, name = _type_and_name(configured)
        if is_anonymous(name):
            self._check_anonymous(name, source, flag)
        return ProjectOfDeployment(name, kind), source

    def _local(self, selector: ProjectSelector) -> OnDisk:
        state = project_state(self._folder) or self._configured_local()
        if state is None and self._several_projects is not None:
            raise self._several_projects
        if state is None:
            self._check_state_files(None)
            raise NoDeploymentError(
                f"There is no local deployment in {self._folder / '.convex'}: create one with"
                " npx convex deployment create local."
            )
        if selector.team is not None and selector.project is not None:
            return OnDisk(state, ProjectBySlugs(selector.team, selector.project))
        if selector.project is not None:
            return OnDisk(state, Sibling(self._current_project("--deployment")[0], selector.project))
        configured = self._configured()
        if self._key is not None or configured is None or _type_and_name(configured)[1] == state.name:
            return OnDisk(state)
        kind, name = _type_and_name(configured)
        return OnDisk(state) if is_anonymous(name) else OnDisk(state, ProjectOfDeployment(name, kind))

    def _configured_local(self) -> LocalState | None:
        """The one that CONVEX_DEPLOYMENT names, if it is a local one whose state is in the home directory."""
        kind, name = _type_and_name(self._configured() or "")
        if kind != "local" and not is_anonymous(name):
            return None
        return state_of(name, self._folder, self._environment)

    def _local_state(self, name: str) -> LocalState:
        state = state_of(name, self._folder, self._environment)
        if state is None:
            self._check_state_files(name)
            raise NoDeploymentError(
                f"The local deployment {shown(name)} has no files on this machine: run npx convex dev to create it."
            )
        return state

    def _check_state_files(self, name: str | None) -> None:
        """Raises NoDeploymentError for a file of a local deployment that is there, but says nothing."""
        broken = broken_state(name, self._folder, self._environment)
        if broken is None:
            return
        data = broken.parent / DATABASE
        raise NoDeploymentError(
            f"{broken} does not say what a local deployment needs: its ports, admin key and name.",
            hint=f"Its data can be read with --deployment sqlite:{data}" if data.is_file() else None,
        )

    def _check_anonymous(self, name: str, source: str, flag: str | None) -> None:
        if flag is not None:
            raise UsageError(f"{flag} needs a project, and {name} ({source}) belongs to none: log in and link it.")
        if self._environment.get("CONVEX_ALLOW_ANONYMOUS") == "false":
            raise NoDeploymentError(f"{source} is an anonymous deployment, and CONVEX_ALLOW_ANONYMOUS is false.")

    def _flag(self) -> str | None:
        """The flag that chooses within a project."""
        flags = self._flags
        if flags.prod:
            return "--prod"
        if flags.preview_name is not None:
            return "--preview-name"
        if flags.deployment_name is not None:
            return "--deployment-name"
        return None if flags.deployment is None else "--deployment"

    def _choice(self) -> DeploymentChoice:
        flags = self._flags
        if flags.prod:
            return DeploymentChoice("prod")
        if flags.preview_name is not None:
            return DeploymentChoice("preview", flags.preview_name)
        if flags.deployment_name is not None:
            return DeploymentChoice("name", flags.deployment_name)
        return DeploymentChoice("own")

    def _reason(self, source: str) -> str:
        flag = self._flag()
        return source if flag is None else f"{flag}, project of {source}"

    def _nothing(self) -> KitcnError:
        if self._flags.env_file is not None:
            names = f"CONVEX_DEPLOY_KEY, {DEPLOYMENT_VARIABLE}, or both {URL_VARIABLE} and {KEY_VARIABLE}"
            return NoDeploymentError(f"--env-file: {self._flags.env_file} names no deployment; it needs {names}.")
        if self._several_projects is not None:
            return self._several_projects
        if self._flag() is not None:
            return NoDeploymentError(
                f"{self._flag()} needs to know the project, and no {DEPLOYMENT_VARIABLE} is set here.",
                hint="Name it too, as in --deployment TEAM:PROJECT:prod.",
            )
        builder = next((shown for name, shown in _BUILDERS.items() if self._environment.get(name)), None)
        if builder is not None:
            return NoDeploymentError(
                f"No deployment is named in this {builder} build: set CONVEX_DEPLOY_KEY, or {URL_VARIABLE} with"
                f" {KEY_VARIABLE}."
            )
        local = project_state(self._folder)
        hint = f"There is a local deployment: --deployment local opens {local.name}." if local is not None else None
        return NoDeploymentError(f"No deployment is named. Use {WAYS}.", hint=hint)


def _by_name(name: str) -> InProject:
    return InProject(ProjectOfDeployment(name), DeploymentChoice("name", name))


def _by_reference(reference: str) -> DeploymentChoice:
    match reference:
        case "dev":
            return DeploymentChoice("dev")
        case "prod":
            return DeploymentChoice("prod")
    return DeploymentChoice("reference", reference)


def _type_and_name(configured: str) -> tuple[str | None, str]:
    """`dev:happy-otter-123`; the type is None if it is none that counts."""
    kind = configured.partition(":")[0]
    return kind if kind in _TYPES else None, configured.rpartition(":")[2]
