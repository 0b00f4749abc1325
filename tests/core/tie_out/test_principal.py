"""Money lent is never income: what a chart and entries by hand say about that, by rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.books import Account, BooksItem, Chart, Company, EntryKind, HandEntry
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.tie_out.principal import lent_on, of_income, on_income, places, to_income
from bridge.report.details import english
from bridge.report.texts import texts

COMPANY = Company(id="1", name="Uno", home_currency="COP")
ACCOUNTS = {
    "bank": "asset",
    "clearing": "asset",
    "renewals": "asset",
    "equity": "equity",
    "bad debt": "expense",
    "sales": "income",
    "interest": "income",
}
LINES = {
    "principal": {"account": "clearing"},
    "interest": {"account": "interest"},
    "reversal": {"account": "renewals"},
    "write_off": {"account": "bad debt"},
    "opening": {"account": "equity"},
}
MAPPING = BooksMapping.model_validate({"lines": LINES, "deposits": [{"account": "bank"}]})
DAY = date(2026, 11, 10)


def chart(**classes: str) -> Chart:
    """The accounts, some of them of another class than usual; empty: inactive."""
    named = ACCOUNTS | {name.replace("_", " "): c for name, c in classes.items()}
    return Chart(
        company=COMPANY,
        accounts=tuple(
            Account(
                id=name,
                number="",
                name=name,
                classification=kind or ACCOUNTS[name],
                active=bool(kind),
                balance=Decimal(-500),
            )
            for name, kind in named.items()
        ),
    )


def entry(number: str, **legs: int | str) -> HandEntry:
    return HandEntry(
        kind=EntryKind.JOURNAL,
        external_id=number,
        number=number,
        day=DAY,
        currency="COP",
        legs=tuple((name.replace("_", " "), Decimal(a)) for name, a in legs.items()),
    )


def left(*entries: HandEntry, since: date | None = None) -> list[tuple[str, Decimal]]:
    lent = {"clearing", "renewals"}
    return [(i.reference, i.amount) for i in to_income(entries, lent, chart(), since)]


def test_a_chart_that_fits_has_nothing_to_tell() -> None:
    found, gone = places(MAPPING, chart(), "account")
    assert gone == []
    assert on_income(found, [], chart(), {}) == []
    assert lent_on(found, cutover=False) == {"clearing", "renewals"}
    assert lent_on(found, cutover=True) == {"clearing", "renewals", "equity"}


@pytest.mark.parametrize(
    ("account", "word"),
    [
        ("clearing", "principal"),
        ("renewals", "reversal"),
        ("equity", "opening"),
        ("bad_debt", "write_off"),
        ("bank", "deposit"),
    ],
)
def test_each_account_that_may_never_be_income_is_named_when_it_is(account: str, word: str) -> None:
    now = chart(**{account: "income"})
    found, _ = places(MAPPING, now, "account")
    (item,) = on_income(found, [account.replace("_", " ")], now, {})
    words = texts("en").of("purposes", word)
    assert english(item.detail).endswith(f"is of type income; it is used for {words}")
    assert item.amount == 500  # what stands on the credit side
    now = chart(**{account: ""})
    (gone,) = places(MAPPING, now, "account")[1]
    assert gone.cause == "principal.gone"
    assert english(gone.detail).endswith(f"is inactive; it was used for {words}")


def test_an_account_that_carried_what_was_lent_once_is_watched_for_ever() -> None:
    now = chart(clearing="income")
    elsewhere = BooksMapping.model_validate(
        {"lines": LINES | {"principal": {"account": "renewals"}}, "deposits": [{"account": "bank"}]}
    )
    found, _ = places(elsewhere, now, "account")
    (item,) = on_income(found, ["clearing"], now, {})
    assert item.external_id == "clearing"


def test_where_no_balance_is_told_the_last_one_counts() -> None:
    silent = Chart(
        company=COMPANY,
        accounts=(Account(id="clearing", number="", name="clearing", classification="income"),),
    )
    (item,) = on_income((), ["clearing"], silent, {"clearing": Decimal(-70)})
    assert item.amount == 70


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (
            BooksItem(id="1", name="Capital", account_id="clearing", active=False),
            "is inactive; it was",
        ),
        (BooksItem(id="1", name="Otro", account_id="clearing"), "is not in the books; it was"),
        (BooksItem(id="1", name="Capital", account_id="lost"), "has no account; it is"),
    ],
)
def test_an_item_that_leads_nowhere_is_named(item: BooksItem, why: str) -> None:
    now = Chart(company=COMPANY, accounts=chart().accounts, items=(item,))
    lines = {"principal": {"item": "Capital"}}
    mapping = BooksMapping.model_validate({"lines": lines, "deposits": [{"account": "bank"}]})
    (gone,) = places(mapping, now, "item")[1]
    assert english(gone.detail) == f"item Capital {why} used for principal"


@pytest.mark.parametrize(
    ("legs", "amount"),
    [
        ({"clearing": 100, "sales": -100}, [100]),
        ({"renewals": 100, "interest": -100}, [100]),
        ({"clearing": 100, "sales": -60, "interest": -40}, [100]),
        ({"clearing": 100, "bank": -60, "interest": -40}, [40]),  # asked, not split by guessing
        ({"clearing": 100, "bank": -100}, []),
        ({"clearing": -100, "bank": 100}, []),
        ({"clearing": 100, "renewals": -100}, []),
        ({"clearing": 100, "equity": -100}, []),
        ({"bank": 100, "sales": -100}, []),
        ({"clearing": -100, "sales": 100}, []),  # from income, which makes it less
        ({}, []),
    ],
)
def test_only_what_goes_from_lent_to_income_is_told(
    legs: dict[str, int], amount: list[int]
) -> None:
    assert left(entry("J", **legs)) == [("J", Decimal(each)) for each in amount]


def test_an_entry_taken_back_to_the_cent_is_none_and_another_one_stays() -> None:
    there, back = entry("A", clearing=100, sales=-100), entry("R", clearing=-100, sales=100)
    assert left(there, back) == []
    assert left(back, there, entry("B", clearing=100, sales=-100)) == [("B", Decimal(100))]
    assert left(there, entry("R", clearing="-99.99", sales="99.99")) == [("A", Decimal(100))]
    elsewhere = entry("R", clearing=-100, interest=100)
    assert left(there, elsewhere) == [("A", Decimal(100))]


@pytest.mark.parametrize(("since", "told"), [(DAY, 1), (date(2026, 11, 11), 0)])
def test_what_is_older_than_the_go_live_is_not_ours(since: date, told: int) -> None:
    assert len(left(entry("J", clearing=1, sales=-1), since=since)) == told


def test_income_is_what_the_chart_says_it_is() -> None:
    assert of_income(chart()) == {"sales", "interest"}
