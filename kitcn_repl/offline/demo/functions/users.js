import { query, internalQuery } from "convex:/_system/repl/wrappers.js";

export const list = query({
  handler: async (ctx, { limit = 10 }) => {
    const users = await ctx.db.query("user").order("desc").take(limit);
    return users.map(({ _id, name, email }) => ({ _id, name, email }));
  },
});

export const byEmail = query({
  handler: async (ctx, { email }) => {
    console.log("looking up", email);
    return await ctx.db
      .query("user")
      .withIndex("email", (q) => q.eq("email", email))
      .unique();
  },
});

export const stats = internalQuery({
  handler: async (ctx) => {
    const projects = await ctx.db.query("project").collect();
    const owners = new Set(projects.map((project) => project.ownerId));
    return { projects: projects.length, owners: owners.size };
  },
});
