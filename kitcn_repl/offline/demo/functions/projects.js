import { query } from "convex:/_system/repl/wrappers.js";

export const byOwner = query({
  handler: async (ctx, { ownerId }) =>
    await ctx.db
      .query("project")
      .withIndex("ownerId_updatedAt", (q) => q.eq("ownerId", ownerId))
      .order("desc")
      .collect(),
});
