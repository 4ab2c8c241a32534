"""Packages as npm leaves them in node_modules, whose programs say how they were started."""

from __future__ import annotations

import json
from pathlib import Path

ECHO = """\
#!/usr/bin/env node
if (process.argv.includes('wait')) {
  process.on('SIGINT', () => { console.log('interrupted'); process.exit(9); });
  setTimeout(() => {}, 1000000);
}
const seen = { program: 'NAME', args: process.argv.slice(2), cwd: process.cwd(), terminal: !!process.stdin.isTTY };
console.log(JSON.stringify(seen));
if (process.argv.includes('fail')) process.exit(7);
if (process.argv.includes('read')) process.stdin.pipe(process.stdout);
if (process.argv.includes('die')) process.kill(process.pid, 'SIGTERM');
"""


def write_package(folder: Path, name: str, program: str = ECHO, *, file: str = "dist/cli.mjs") -> Path:
    """Put the package into `folder`/node_modules; the path of its program."""
    root = folder / "node_modules" / name
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(program.replace("NAME", name))
    (root / "package.json").write_text(json.dumps({"name": name, "bin": {name: f"./{file}"}}))
    return path
