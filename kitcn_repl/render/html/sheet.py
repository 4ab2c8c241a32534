"""The style of everything we show in HTML. Every rule stays within `.kitcn`.

Colours are the page's own where it has any (Jupyter's and VS Code's variables), else light or dark as the reader's
system says.
"""

from __future__ import annotations

from kitcn_repl.render.html.element import Html

ROOT = "kitcn tex2jax_ignore mathjax_ignore"
"""Classes of the outermost element. Jupyter's notebooks would make formulas of texts with `$`."""

_COLOURS = {
    "text": ("--jp-content-font-color1", "--vscode-editor-foreground", "#1c2128", "#dfe3e8"),
    "muted": ("--jp-content-font-color2", "--vscode-descriptionForeground", "#656d76", "#8d96a0"),
    "line": ("--jp-border-color2", "--vscode-panel-border", "#d8dde3", "#3a424c"),
    "soft": ("--jp-layout-color2", "--vscode-editor-inactiveSelectionBackground", "#f3f5f7", "#22272e"),
    "number": ("--jp-mirror-editor-number-color", "--vscode-debugTokenExpression-number", "#0550ae", "#79c0ff"),
    "string": ("--jp-mirror-editor-string-color", "--vscode-debugTokenExpression-string", "#0a6640", "#7ee2a8"),
    "id": ("--jp-mirror-editor-builtin-color", "--vscode-symbolIcon-functionForeground", "#6639ba", "#d2a8ff"),
    "danger": ("--jp-error-color1", "--vscode-errorForeground", "#b42318", "#ff8e86"),
}


def _variables(place: int) -> str:
    return "".join(
        f"--kitcn-{name}:var({colour[0]},var({colour[1]},{colour[place]}));" for name, colour in _COLOURS.items()
    )


_RULES = """
.kitcn{color:var(--kitcn-text);font-family:var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",sans-serif);
font-size:13px;line-height:1.45;max-width:100%}
.kitcn *{box-sizing:border-box}
.kitcn .kitcn-scroll{overflow-x:auto;max-width:100%}
.kitcn table.kitcn-table{border-collapse:collapse;border:0;margin:0;width:auto;table-layout:auto;
font-size:inherit;color:inherit;background:none}
.kitcn table.kitcn-table tr,.kitcn table.kitcn-table tbody tr:nth-child(odd){background:none}
.kitcn table.kitcn-table tbody tr:hover{background:var(--kitcn-soft)}
.kitcn table.kitcn-table th,.kitcn table.kitcn-table td{text-align:left;vertical-align:top;padding:3px 14px 3px 0;
border:0;border-bottom:1px solid var(--kitcn-line);max-width:36em;overflow:hidden;text-overflow:ellipsis;
white-space:nowrap;color:inherit}
.kitcn table.kitcn-table th{font-weight:600;border-bottom-width:2px}
.kitcn table.kitcn-table th.kitcn-field{border-bottom-width:1px}
.kitcn table.kitcn-table .kitcn-right{text-align:right;font-variant-numeric:tabular-nums}
.kitcn table.kitcn-table .kitcn-row{color:var(--kitcn-muted);font-weight:400;text-align:right}
.kitcn .kitcn-type{display:block;color:var(--kitcn-muted);font-weight:400;font-size:11px}
.kitcn .kitcn-text{unicode-bidi:isolate}
.kitcn .kitcn-long{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;max-height:24em;overflow:auto;
max-width:34em;margin:4px 0;padding:4px 8px;background:var(--kitcn-soft)}
.kitcn .kitcn-id{font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);font-size:12px;
color:var(--kitcn-id)}
.kitcn .kitcn-number{color:var(--kitcn-number)}
.kitcn .kitcn-string{color:var(--kitcn-string)}
.kitcn .kitcn-key{color:var(--kitcn-muted)}
.kitcn .kitcn-none,.kitcn .kitcn-muted,.kitcn .kitcn-secret{color:var(--kitcn-muted)}
.kitcn .kitcn-none{font-style:italic}
.kitcn .kitcn-items{margin:0 0 2px 1.1em;padding-left:.6em;border-left:1px solid var(--kitcn-line);white-space:normal}
.kitcn details{margin:0}
.kitcn .kitcn-items details{display:inline-block;vertical-align:top;max-width:100%}
.kitcn summary{cursor:pointer;display:list-item}
.kitcn .kitcn-note{margin:4px 0 0}
.kitcn .kitcn-foot{margin:4px 0 0;color:var(--kitcn-muted);font-size:12px}
.kitcn .kitcn-prod{color:var(--kitcn-danger);font-weight:600}
.kitcn .kitcn-command{display:inline-block;min-width:16em;padding:0;background:none;color:inherit}
.kitcn .kitcn-logs{font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);font-size:12px;
white-space:pre-wrap;overflow-wrap:anywhere;margin:2px 0 2px 1.1em}
"""

STYLE = Html(
    f"<style>.kitcn{{{_variables(2)}}}"
    f"@media (prefers-color-scheme:dark){{.kitcn{{{_variables(3)}}}}}"
    f"{_RULES.strip()}</style>"
)
