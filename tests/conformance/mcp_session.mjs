// Asks the genuine `convex mcp start`, over its stdin and stdout, for one answer of each tool that reads; as JSON.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [program, project] = process.argv.slice(2);
const server = spawn(process.execPath, [program, "mcp", "start"], {
  cwd: project,
  stdio: ["pipe", "pipe", "inherit"],
});
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
let last = 0;

async function ask(method, params) {
  const id = (last += 1);
  server.stdin.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n");
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the server ended before it answered ${method}`);
    const answer = JSON.parse(value);
    if (answer.id === id) return answer.result ?? { error: answer.error };
  }
}

async function tool(name, args) {
  const { content, isError, error } = await ask("tools/call", { name, arguments: args });
  if (error || isError) return { error: error ?? content.map((part) => part.text).join("\n") };
  return JSON.parse(content[0].text);
}

await ask("initialize", {
  protocolVersion: "2025-03-26",
  capabilities: {},
  clientInfo: { name: "conformance", version: "1" },
});
server.stdin.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");
const found = { status: await tool("status", { projectDir: project }) };
if (found.status.error) throw new Error(JSON.stringify(found.status.error));
const { deploymentSelector } = found.status.availableDeployments[0];
found.tables = await tool("tables", { deploymentSelector });
found.data = await tool("data", { deploymentSelector, tableName: "user", order: "asc", limit: 3 });
found.functionSpec = await tool("functionSpec", { deploymentSelector });
found.envList = await tool("envList", { deploymentSelector });
found.envGet = await tool("envGet", { deploymentSelector, name: "SITE_URL" });
found.run = await tool("run", { deploymentSelector, functionName: "users:stats", args: "{}" });
console.log(JSON.stringify(found));
server.kill();
