export const notifyTriggers = (name: string) => ({
  change: async (change: unknown) => {
    console.log(name, change);
  },
});
