// Loaded before the genuine CLI: keeps every command that it makes, and lists them when it ends, hidden ones and all.
// Commander gives each command its arguments in its constructor; that assignment is what is listened to.
const commands = [];
Object.defineProperty(Object.prototype, "registeredArguments", {
  configurable: true,
  set(value) {
    Object.defineProperty(this, "registeredArguments", { value, writable: true, configurable: true, enumerable: true });
    commands.push(this);
  },
});

const described = (command, before) => {
  const path = [...before, command.name()];
  return [
    {
      path,
      aliases: command.aliases(),
      isHidden: command._hidden,
      arguments: command.registeredArguments.map((argument) => argument.name()),
      options: command.options.map(({ long, hidden }) => ({ name: long, isHidden: hidden })),
    },
    ...command.commands.flatMap((inner) => described(inner, path)),
  ];
};

process.on("exit", () => {
  const root = commands.find((command) => command.parent === null && command.name() === "convex");
  console.log(JSON.stringify(root ? described(root, []) : []));
});
