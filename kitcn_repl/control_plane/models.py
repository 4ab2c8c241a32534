"""What the management service answers. Fields that we do not know are ignored; new regions, classes and types are
texts, so that a new one needs no new release of ours. Credentials and values are in no repr."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")


class Model(BaseModel):
    """Times are in milliseconds since 1970."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Team(Model):
    id: int
    name: str
    slug: str
    default_region: str | None = None
    suspended: bool = False


class Member(Model):
    id: int
    email: str
    name: str | None = None


class Project(Model):
    id: int
    name: str
    slug: str
    team_id: int
    team_slug: str
    create_time: int | None = None
    prod_deployment_name: str | None = None
    dev_deployment_name: str | None = None


class CloudDeployment(Model):
    kind: Literal["cloud"]
    id: int
    name: str
    create_time: int
    deployment_type: str
    project_id: int
    region: str
    is_default: bool
    reference: str
    deployment_url: str
    class_: str = Field(alias="class")
    last_deploy_time: int | None = None
    creator: int | None = None
    preview_identifier: str | None = None
    expires_at: int | None = None


class LocalDeployment(Model):
    """A local deployment that is registered with its project; `is_active` while its backend reports itself."""

    kind: Literal["local"]
    name: str
    create_time: int
    deployment_type: str
    project_id: int
    creator: int | None = None
    port: int
    device_name: str
    is_active: bool


Deployment = Annotated[CloudDeployment | LocalDeployment, Field(discriminator="kind")]


class Region(Model):
    name: str
    display_name: str
    available: bool


class DeploymentClass(Model):
    type: str
    available: bool


class DefaultVariable(Model):
    name: str
    value: str = Field(repr=False)
    deployment_types: list[str]


class AccessToken(Model):
    """What is known of a personal access token; never the token itself."""

    id: int
    name: str
    creation_time: int
    last_used_time: int | None = None
    expires_at: int | None = None


class CreatedToken(Model):
    access_token: SecretStr


class LocalRegistration(Model):
    deployment_name: str
    project_id: int


class OptIn(Model):
    """Terms to accept. `opt_in` goes back as it came."""

    opt_in: dict[str, object]
    message: str


class OptIns(Model):
    opt_ins_to_accept: list[OptIn]


class Pagination(Model):
    has_more: bool
    next_cursor: str | None = None


class Page(Model, Generic[Item]):
    items: list[Item]
    pagination: Pagination


class Items(Model, Generic[Item]):
    """A list that comes whole."""

    items: list[Item]


UsageRow = Any
"""A list of texts, as far as is known; whoever asked knows what to make of another."""

_LATER = ConfigDict(defer_build=True)

TEAMS = TypeAdapter(list[Team], config=_LATER)
PROJECT = TypeAdapter(Project)
PROJECTS = TypeAdapter(Page[Project])
DEPLOYMENT: TypeAdapter[CloudDeployment | LocalDeployment] = TypeAdapter(Deployment, config=_LATER)
DEPLOYMENTS: TypeAdapter[list[CloudDeployment | LocalDeployment]] = TypeAdapter(list[Deployment], config=_LATER)
DEPLOYMENT_PAGE: TypeAdapter[Page[CloudDeployment | LocalDeployment]] = TypeAdapter(Page[Deployment])
LOCAL_DEPLOYMENTS: TypeAdapter[Items[CloudDeployment | LocalDeployment]] = TypeAdapter(Items[Deployment])
REGIONS = TypeAdapter(Items[Region])
CLASSES = TypeAdapter(Items[DeploymentClass])
MEMBERS = TypeAdapter(Items[Member])
DEFAULT_VARIABLES = TypeAdapter(Page[DefaultVariable])
ACCESS_TOKENS = TypeAdapter(Page[AccessToken])
CREATED_TOKEN = TypeAdapter(CreatedToken)
LOCAL_REGISTRATION = TypeAdapter(LocalRegistration)
OPT_INS = TypeAdapter(OptIns)
USAGE_ROWS: TypeAdapter[list[UsageRow]] = TypeAdapter(list[UsageRow], config=_LATER)
