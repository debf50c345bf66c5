"""Plain text that Markdown must show as it is printed."""

from __future__ import annotations

import re

HARD_BREAK = "  \n"
# what begins a heading, a quote, a list, a rule, or makes a heading of the line above
_STARTS = re.compile(
    r"(?P<sign>#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+\s*$|:?-+:?\s*$|(?:[-*_]\s*){3,}$)|(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|$)"
)
_ALWAYS = re.compile(r"[`|]|\\(?=[!-/:-@\[-`{-~]|$)|<(?=[A-Za-z/!?])|&(?=#?\w{1,31};)|\](?=[(:])")
_RUN = re.compile(r"\*+|_+|~+")


def escaped(text: str) -> str:
    """Printed lines as one paragraph that keeps its lines."""
    lines = (escaped_line(line) for line in text.splitlines())
    return HARD_BREAK.join(line for line in lines if line)


def escaped_line(line: str) -> str:
    """One line that begins a paragraph, or goes on with it."""
    return _safe_start(inline(line))


def inline(text: str) -> str:
    """Text inside a line, all blanks as one."""
    text = _ALWAYS.sub(r"\\\g<0>", " ".join(text.split()))
    return _RUN.sub(_escaped_run, text)


def _escaped_run(match: re.Match[str]) -> str:
    """Stars, underscores and waves mark nothing between blanks, nor underscores inside a word."""
    text, run = match.string, match.group()
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if (not before or before == " ") and (not after or after == " "):
        return run
    if run[0] == "_" and before.isalnum() and after.isalnum():
        return run
    if run == "~" and text.count("~") < 2:
        return run
    return "".join(f"\\{sign}" for sign in run)


def _safe_start(line: str) -> str:
    if re.match(r"\*(\s|$)|(?:[*_]\s*){3,}$|~~~", line):
        return f"\\{line}"
    match = _STARTS.match(line)
    if match is None:
        return line
    if match["number"]:
        return f"{match['number']}\\{line[match.start('dot') :]}"
    return f"\\{line}"


def fenced(text: str) -> str:
    """Code between fences longer than any inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
