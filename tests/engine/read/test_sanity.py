from __future__ import annotations

import pytest

from extraction.engine.read.sanity import is_sane
from tests.bad_pages import PROSE, shifted

GERMAN = "Der Mieter zahlt die Miete am ersten Tag jedes Monats auf das Konto, das ihm der Vermieter genannt hat"
POLISH = "Najemca płaci czynsz pierwszego dnia każdego miesiąca na konto wskazane przez wynajmującego oraz dba o pokój"
PINYIN = "Zhongguo renmin zuihou de zhangdan qing zai meige yue de diyi tian zhifu fangzu gei fangdong baozheng"
CODES = " ".join(f"QX{number}-ZKJ{7 * number}W" for number in range(40))
SCHEDULE = "Mo-Fr MTuWThF Wk Spts " * 30
CHINESE = "承租人应当在每个月的第一天将租金支付到出租人指定的账户并且保持房间的状况良好如有损坏应当及时通知出租人"
RARE = "".join(chr(0x4E00 + 97 * number) for number in range(1, 200))


@pytest.mark.parametrize(
    "said",
    [*PROSE, GERMAN, GERMAN.upper(), POLISH, PINYIN, CODES, SCHEDULE, CHINESE, "1,204.50 " * 30, "Wkh vkruw rqh"],
)
def test_what_people_write_is_sane(said: str) -> None:
    assert is_sane(said.split())


@pytest.mark.parametrize("by", [1, 2, 3, 5, 10, 23])
def test_letters_under_other_letters_names_are_not(by: int) -> None:
    assert not is_sane(" ".join(shifted(PROSE, by)).split())


def test_numbers_of_glyphs_taken_for_letters_are_not() -> None:
    said = "".join(sign if sign == " " else chr(ord(sign) - 29) for sign in " ".join(PROSE))

    assert not is_sane(said.split())


@pytest.mark.parametrize("said", [RARE, "\ue001\ue002 abc " * 20, "\ufffd" * 50, "\x01\x02\x03 " * 20])
def test_signs_that_nobody_writes_are_not(said: str) -> None:
    assert not is_sane(said.split(" "))


def test_font_that_names_no_sign_is_judged_by_what_it_says() -> None:
    said = "-*//,7!56*6 .21,45!/6+ .@GA=:;!@F?9;C!%#'$) +8E;!$'!08C:<!%#%( 38B;C!&!9AH;D!%)"

    assert (is_sane([said]), is_sane([said], is_nameless=True)) == (True, False)
    assert is_sane(PROSE[0].split(), is_nameless=True)
