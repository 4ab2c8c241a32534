"""Graphs for tests: small ones that hypothesis makes, and the tables of an app of some size."""

from __future__ import annotations

from hypothesis import strategies as st

from kitcn_repl.render.graph.model import Box, Line
from kitcn_repl.schema.model import Edge, Schema, Table

_APP = """
user: activeOrganizationId>organization
session: userId>user
account: userId>user
verification:
organization: ownerId>user
member: organizationId>organization userId>user roleId>role
role: organizationId>organization
invitation: organizationId>organization inviterId>user roleId>role
team: organizationId>organization leadId>user
teamMember: teamId>team memberId>member
project: organizationId>organization teamId>team ownerId>user templateId>projectTemplate
projectTemplate: organizationId>organization authorId>user
milestone: projectId>project
sprint: projectId>project
board: projectId>project
boardColumn: boardId>board
task: projectId>project columnId>boardColumn sprintId>sprint milestoneId>milestone assigneeId>user parentId>task
taskLabel: taskId>task labelId>label
label: projectId>project
taskWatcher: taskId>task userId>user
taskDependency: blockerId>task blockedId>task
comment: taskId>task authorId>user parentId>comment
commentReaction: commentId>comment userId>user emojiId>emoji
emoji: organizationId>organization
attachment: taskId>task commentId>comment fileId>file
file: organizationId>organization uploaderId>user folderId>folder
folder: organizationId>organization parentId>folder
fileVersion: fileId>file authorId>user
timeEntry: taskId>task userId>user
timesheet: userId>user approverId>user
timesheetEntry: timesheetId>timesheet timeEntryId>timeEntry
notification: userId>user taskId>task
notificationSetting: userId>user
webhook: organizationId>organization
webhookDelivery: webhookId>webhook
apiKey: organizationId>organization authorId>user
auditLog: organizationId>organization actorId>user
customer: organizationId>organization ownerId>user
contact: customerId>customer
deal: customerId>customer ownerId>user stageId>dealStage
dealStage: pipelineId>pipeline
pipeline: organizationId>organization
invoice: customerId>customer projectId>project
invoiceItem: invoiceId>invoice timeEntryId>timeEntry productId>product
payment: invoiceId>invoice
product: organizationId>organization
price: productId>product
subscription: customerId>customer priceId>price
coupon:
couponRedemption: couponId>coupon subscriptionId>subscription
plan:
planFeature: planId>plan
featureFlag:
document: projectId>project authorId>user folderId>folder
documentVersion: documentId>document authorId>user
documentComment: documentId>document authorId>user
calendarEvent: projectId>project organizerId>user
eventAttendee: eventId>calendarEvent userId>user
country:
currency:
"""


def app_of_sixty() -> tuple[Schema, list[Edge]]:
    """Sixty tables; `user` and `organization` are what most others refer to."""
    tables: dict[str, Table] = {}
    edges: list[Edge] = []
    for number, line in enumerate(_APP.strip().splitlines()):
        name, _, references = line.partition(":")
        tables[name] = Table(name, {}, count=number * 7919 % 12345)
        for reference in references.split():
            field, _, target = reference.partition(">")
            edges.append(Edge(name, field, "one", target, (field,), ("_id",), ("validator",)))
    return Schema(tables), edges


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> tuple[list[Box], list[Line]]:
    """Boxes of different sizes, lines anywhere: to themselves, in circles, several between two."""
    count = draw(st.integers(1, most))
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=2 * most))
    rows = [0] * count
    lines = []
    for source, target in pairs:
        lines.append(Line(f"t{source}", rows[source], f"t{target}"))
        rows[source] += 1
    widths = draw(st.lists(st.integers(8, 30), min_size=count, max_size=count))
    extra = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    return [Box(f"t{at}", widths[at], rows[at] + extra[at]) for at in range(count)], lines
