"""Radicals that PDF makers write for the characters that share their glyphs: 人⺠币 for 人民币."""

from __future__ import annotations

import unicodedata

# radical and character by turns, where the character is in use (Unicode's EquivalentUnifiedIdeograph); NFKC leaves them
SUPPLEMENT = (
    "⺁厂⺇几⺈刀⺊卜⺌小⺍小⺎兀⺐尢⺒巳⺓幺⺛旡⺝月⺟母⺠民⺧牛⺩王⺪疋⺫目⺬示⺮竹⺶羊⺷羊⺻聿⺼月"
    "⺽臼⻁虎⻃西⻄西⻅见⻆角⻇角⻉贝⻊足⻋车⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻢马⻣骨⻤鬼"
    "⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟"
)
RADICALS = {point: unicodedata.normalize("NFKC", chr(point)) for point in range(0x2F00, 0x2FD6)}
RADICALS |= {ord(radical): meant for radical, meant in zip(SUPPLEMENT[::2], SUPPLEMENT[1::2], strict=True)}


def without_radicals(text: str) -> str:
    """The text with the characters that were meant."""
    return text.translate(RADICALS)
