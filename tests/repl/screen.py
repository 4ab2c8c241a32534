"""What a terminal shows of what was written to it: as much of one as the shell's output needs."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"""\x1b\[(?P<arguments>[0-?]*)(?P<between>[ -/]*)(?P<letter>[@-~])
      | \x1b[\]P_^](?P<command>[^\x07\x1b]*)(?:\x07|\x1b\\)
      | \x1b[()][A-Z0-9]
      | \x1b[^\[\]P_^()]""",
    re.VERBOSE,
)


class Screen:
    """Rows of cells, each a character and the colours (SGR) it was written in. What scrolls off is kept in `past`."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self.rows: list[list[tuple[str, str]]] = [[] for _ in range(lines)]
        self.past: list[str] = []
        self.clipboard: list[str] = []
        self.replies: list[str] = []
        """What the terminal answers to questions for the cursor's place."""
        self.row = self.column = 0
        self._colours = ""
        self._rest = ""

    def write(self, text: str) -> None:
        text = self._rest + text
        position, self._rest = 0, ""
        while position < len(text):
            character = text[position]
            if character == "\x1b":
                match = _SEQUENCE.match(text, position)
                if match is None:
                    self._rest = text[position:]
                    return
                self._obey(match)
                position = match.end()
                continue
            self._put(character)
            position += 1

    @property
    def text(self) -> str:
        """What is to be seen, without blanks at the ends of lines and empty lines below."""
        return "\n".join("".join(cell[0] for cell in row).rstrip() for row in self.rows).rstrip()

    @property
    def everything(self) -> str:
        """With what has scrolled off."""
        return "\n".join([*self.past, self.text])

    @property
    def line(self) -> str:
        """The line that the cursor is in, up to the cursor."""
        return "".join(cell[0] for cell in self.rows[self.row])[: self.column].ljust(self.column)

    def colours_of(self, text: str) -> str:
        """The colours of the last place where the text is to be seen."""
        for row in reversed(self.rows):
            line = "".join(cell[0] for cell in row)
            if text in line:
                return row[line.rindex(text)][1]
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")

    def _put(self, character: str) -> None:
        if character == "\n":
            self._down()
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character >= " ":
            if self.column >= self.columns:
                self.column = 0
                self._down()
            row = self.rows[self.row]
            row.extend([(" ", "")] * (self.column + 1 - len(row)))
            row[self.column] = (character, self._colours)
            self.column += 1

    def _down(self) -> None:
        if self.row < self.lines - 1:
            self.row += 1
            return
        self.past.append("".join(cell[0] for cell in self.rows.pop(0)).rstrip())
        self.rows.append([])

    def _obey(self, match: re.Match[str]) -> None:
        arguments, letter, command = match["arguments"] or "", match["letter"], match["command"]
        if command is not None and command.startswith("52;"):
            self.clipboard.append(command.rpartition(";")[2])
        if letter is None or match["between"] or arguments[:1] in ("?", ">", "=", "<"):
            return
        numbers = [int(number or 0) for number in arguments.split(";")]
        count = max(1, numbers[0])
        if letter == "m":
            self._colours = "" if arguments in ("", "0") else f"{self._colours};{arguments}".removeprefix("0;")
        elif letter == "A":
            self.row = max(0, self.row - count)
        elif letter == "B":
            self.row = min(self.lines - 1, self.row + count)
        elif letter == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif letter == "D":
            self.column = max(0, self.column - count)
        elif letter == "G":
            self.column = count - 1
        elif letter == "H":
            self.row, self.column = count - 1, max(1, numbers[-1] if len(numbers) > 1 else 1) - 1
        elif letter == "n" and numbers[0] == 6:
            self.replies.append(f"\x1b[{self.row + 1};{self.column + 1}R")
        elif letter == "K":
            self._erase_line(numbers[0])
        elif letter == "J":
            self._erase_below(numbers[0])

    def _erase_line(self, what: int) -> None:
        row = self.rows[self.row]
        if what == 0:
            del row[self.column :]
        else:
            row.clear()

    def _erase_below(self, what: int) -> None:
        if what == 0:
            self._erase_line(0)
        for row in self.rows[self.row + 1 if what == 0 else 0 :]:
            row.clear()
