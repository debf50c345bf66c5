"""What a printed line is: title, caption, equation, list item, entry of contents, or text."""

from __future__ import annotations

import re

from extraction.engine.page.drafts import Column
from extraction.engine.page.lines import CJK, Line
from extraction.types import BlockType

CAPTION = re.compile(
    r"^(?P<figure>fig(?:ure|s)?\.?|图|圖|abb(?:ildung)?\.?|scheme|plate|chart)\s*(?P<number>[A-Z]?[\dIVX]+[\w.\-]*|[一二三四五六七八九十]+)"
    r"|^(?P<table>tab(?:le|\.)?|表|tableau|tabelle)\s*(?P<number2>[A-Z]?[\dIVX]+[\w.\-]*|[一二三四五六七八九十]+)",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Za-z\u4e00-\u9fff]"
    r"|(?:[A-Z](?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)\s+[A-Z\u4e00-\u9fff]"
    r"|(?i:§\s*|(?:appendix|chapter|section|part)(?:\s+|(?=\d)))[\dA-Za-z.]+[:.]?\s+[A-Za-z\u4e00-\u9fff]"
    r"|\d{1,2}(?:[.．、]|(?:[.．]\d{1,2}){1,3}[.．、]?)\s*[\u4e00-\u9fff]"
    r"|第\s*[零〇一二三四五六七八九十百\d]+\s*(?:[编編篇卷章节節条條]|部[分份])|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[）)])",
)
NAMED = re.compile(
    r"^(abstract|summary|introduction|contents|table of contents|references|bibliography|acknowledge?ments?"
    r"|conclusions?|discussion|appendix(?:\s[A-Z\d])?|literature cited|works cited|glossary|foreword|preface"
    r"|附\s*录|目\s*录|目\s*錄|摘\s*要|前\s*言|引\s*言|结\s*论|結\s*論|致\s*谢|参\s*考\s*文\s*献|參\s*考\s*文\s*獻)"
    r"\s*[:.：]?$",
    re.IGNORECASE,
)
LIST_ITEM = re.compile(
    r"^(?:[•◦‣▪■●○◆◇□➢➤✓❖–—*·∙-]\s*\S|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[).]\s+\S|[①-⑳➀-➓]"
    r"|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]\s*\S|[一二三四五六七八九十]{1,3}、\S"
    r"|\d{1,2}[.．、）)]\s*[\u4e00-\u9fff（“《]|[A-H][.．、]\s?[\u4e00-\u9fff\d(（√−-])"
)
GAP_ONLY = re.compile(r"^(?:[_＿]{3,}|[（(]\s*[）)]|[\s.])*(?:[_＿]{3,}|[（(]\s*[）)])[\s.。]*$")
CLAUSE = re.compile(r"^第[零〇一二三四五六七八九十百\d]+[条條章节節]$")
REFERENCE = re.compile(r"^(?:\[\d{1,3}\]|\[[A-Z][\w+]{1,12}\])\s*\S")
TOC_ENTRY = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]+$|…{2,}\s*\d+$")
EQUATION_NUMBER = re.compile(r"^\(\s*[A-Z]?\.?\d{1,3}(?:[.\-–]\d{1,3})*\s*[a-z]?′?\s*\)$")
RELATIONS = frozenset("=<>≤≥≈≡∼≃≠→⇒⇔∈⊂⊆")


def caption_kind(text: str) -> BlockType | None:
    match = CAPTION.match(text)
    if match is None:
        return None
    return BlockType.FIGURE_CAPTION if match["figure"] else BlockType.TABLE_CAPTION


def is_label_only(text: str) -> bool:
    """Tell the name and number of a caption whose words stand below."""
    match = CAPTION.match(text)
    return match is not None and not text[match.end() :].strip(" .:：|–—")


def is_caption_start(line: Line) -> bool:
    """Tell a caption's first line from a sentence that speaks of a figure: by what follows the number."""
    text = line.text
    match = CAPTION.match(text)
    if match is None:
        return False
    rest = text[match.end() :].lstrip()
    head = match.group(0)
    if not head[:1].isupper() and not CJK.match(head):
        return False
    if head.endswith(".") or rest[:1] in (":", ".", "|", "–", "—", "：", "(", ")") or not rest:
        return True
    if line.tokens[0].bold and not (rest[:1].islower()):
        return True
    return not rest[:1].islower() and not rest.startswith((",", ";"))


def has_equation_number(line: Line) -> bool:
    return len(line.tokens) > 1 and bool(EQUATION_NUMBER.match(line.tokens[-1].text))


def is_equation(line: Line, column: Column) -> bool:
    """Tell a display formula: signs and single letters, set off from the column's edge."""
    body = line.tokens[:-1] if has_equation_number(line) else line.tokens
    wordy = sum(len(token.text) for token in body if token.wordy)
    letters = sum(len(token.text) for token in body) or 1
    math = sum(len(token.text) for token in body if token.math)
    indent = line.x0 - column.left
    if has_equation_number(line):
        related = any(token.text in RELATIONS for token in body) and sum(token.wordy for token in body) <= 3
        if related and indent > 0.8 * column.body:
            return True
        return wordy < 0.5 * letters and (indent > 0.8 * column.body or wordy < 0.25 * letters)
    if indent < 1.0 * column.body and wordy:
        return False
    if math == 0:
        return False
    return wordy <= 0.34 * letters and math >= 0.2 * letters and (indent > 0.8 * column.body or wordy == 0)
