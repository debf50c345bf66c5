from __future__ import annotations

from extraction.engine.fields import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, FieldType, Value
from tests.engine.fields.readings import document, line, page

DATES = (
    FieldSpec("issue_date", FieldType.DATE, description="开票日期"),
    FieldSpec("travel_date", FieldType.DATE, description="乘车日期"),
)


def read(paper: DocumentReading) -> dict[str, Value | None]:
    return {value.name: value.value for value in extract(ExtractRequest(paper, DATES))}


def test_bare_date_of_a_ticket_is_the_day_of_the_journey() -> None:
    paper = document(
        page(1, line(40, (40, "车号：浙A20484")), line(60, (40, "日期：2026-09-11")), line(80, (40, "里程：6.3km")))
    )

    assert read(paper) == {"issue_date": None, "travel_date": "2026-09-11"}


def test_bare_date_of_other_papers_is_the_day_of_issue() -> None:
    paper = document(page(1, line(40, (40, "收据")), line(60, (40, "日期：2026-09-11")), line(80, (40, "金额：8.00"))))

    assert read(paper) == {"issue_date": "2026-09-11", "travel_date": None}


def test_day_before_the_hour_of_departure_is_the_journeys() -> None:
    paper = document(
        page(
            1,
            line(40, (40, "开票日期：2026年4月4日")),
            line(60, (40, "2026年4月2日 08:15开"), (200, "05车12A号")),
            line(80, (40, "票价：￥311.00")),
        )
    )

    assert read(paper) == {"issue_date": "2026-04-04", "travel_date": "2026-04-02"}
