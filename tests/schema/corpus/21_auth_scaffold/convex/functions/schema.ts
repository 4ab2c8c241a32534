import { boolean, convexTable, defineSchema, index, text, timestamp } from 'kitcn/orm';

/* kitcn-managed auth:user:declaration:start */
export const userTable = convexTable(
  "user",
  {
    name: text().notNull(),
    email: text().notNull().unique(),
    emailVerified: boolean().notNull(),
    createdAt: timestamp().notNull().defaultNow(),
    lastOrganizationId: text().references(() => organizationTable.id, { onDelete: "set null" }),
  },
  (userTable) => [
    index("email_name").on(userTable.email, userTable.name),
  ],
);
/* kitcn-managed auth:user:declaration:end */

export const sessionTable = convexTable(
  "session",
  {
    token: text().notNull().unique(),
    expiresAt: timestamp().notNull(),
    userId: text().notNull().references(() => userTable.id, { onDelete: "cascade" }),
    impersonatedBy: text().references(() => userTable.id),
  },
  (sessionTable) => [index("userId").on(sessionTable.userId)],
);

export const organizationTable = convexTable("organization", { slug: text().notNull().unique(), name: text().notNull() });

export const memberTable = convexTable(
  "member",
  {
    organizationId: text().notNull().references(() => organizationTable.id, { onDelete: "cascade" }),
    userId: text().notNull().references(() => userTable.id, { onDelete: "cascade" }),
    role: text().notNull().default("member"),
  },
  (memberTable) => [index("organizationId_userId").on(memberTable.organizationId, memberTable.userId)],
);

export const tables = {
  /* kitcn-managed auth:user:registration:start */
  user: userTable,
  /* kitcn-managed auth:user:registration:end */
  session: sessionTable,
  organization: organizationTable,
  member: memberTable,
};

export default defineSchema(tables).relations((r) => ({
  /* kitcn-managed auth:user:relations:start */
  user: {
    sessionsAsUser: r.many.session({ from: r.user.id, to: r.session.userId, alias: "session_user" }),
    sessionsAsImpersonator: r.many.session({ from: r.user.id, to: r.session.impersonatedBy, alias: "session_impersonator" }),
    members: r.many.member({ from: r.user.id, to: r.member.userId }),
    lastOrganization: r.one.organization({ from: r.user.lastOrganizationId, to: r.organization.id, alias: "lastOrganization" }),
    organizations: r.many.organization({
      from: r.user.id.through(r.member.userId),
      to: r.organization.id.through(r.member.organizationId),
      alias: "membership",
    }),
  },
  /* kitcn-managed auth:user:relations:end */
  session: {
    user: r.one.user({ from: r.session.userId, to: r.user.id, alias: "session_user" }),
    impersonator: r.one.user({ from: r.session.impersonatedBy, to: r.user.id, alias: "session_impersonator" }),
  },
  organization: {
    members: r.many.member({ from: r.organization.id, to: r.member.organizationId }),
    users: r.many.user({ from: r.organization.id.through(r.member.organizationId), to: r.user.id.through(r.member.userId), alias: "membership" }),
    lastUsers: r.many.user({ from: r.organization.id, to: r.user.lastOrganizationId, alias: "lastOrganization" }),
  },
  member: {
    organization: r.one.organization({ from: r.member.organizationId, to: r.organization.id }),
    user: r.one.user({ from: r.member.userId, to: r.user.id }),
  },
}));
