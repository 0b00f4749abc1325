"""The query language, its paging and its refusals."""

from __future__ import annotations

import pytest

from tests.sandbox.client import AMY, Client, version


def ids(api: Client, statement: str) -> list[str]:
    answer = api.query(statement)
    rows = next((value for value in answer.values() if isinstance(value, list)), [])
    return [row["Id"] for row in rows]


@pytest.fixture
def five(api: Client) -> list[str]:
    made = [
        api.invoice(n * 10, DocNumber=f"LN-{n}", TxnDate=f"2026-11-{10 + n}") for n in range(1, 6)
    ]
    return [row["Id"] for row in made]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DocNumber = 'LN-2'", [1]),
        ("DocNumber IN ('LN-2', 'LN-4', 'none')", [1, 3]),
        ("docnumber like 'LN-%'", [0, 1, 2, 3, 4]),
        ("DocNumber LIKE '%-3'", [2]),
        ("TxnDate >= '2026-11-13' AND TxnDate < '2026-11-15'", [2, 3]),
        ("Balance > '30' and CustomerRef = '1'", [3, 4]),
        ("Balance <= 10", [0]),
        ("MetaData.LastUpdatedTime >= '2020-01-01T00:00:00-05:00'", [0, 1, 2, 3, 4]),
        ("MetaData.CreateTime < '2020-01-01'", []),
        ("CustomerRef = '2'", []),
        ("DocNumber = 'ln-2'", [1]),
        ("TotalAmt > '20' AND TxnDate <= CURRENT_DATE", [2, 3, 4]),
        ("TxnDate > current_date", []),
    ],
)
def test_conditions(api: Client, five: list[str], where: str, found: list[int]) -> None:
    assert ids(api, f"select * from Invoice where {where}") == [five[n] for n in found]


def test_ids_are_found_one_by_one_and_in_a_list(api: Client, five: list[str]) -> None:
    assert ids(api, f"select * from Invoice where Id = '{five[0]}'") == five[:1]
    listed = ",".join(f"'{each}'" for each in five[1:3])
    assert ids(api, f"select Id, DocNumber from invoice WHERE Id in ({listed})") == five[1:3]


def test_case_may_not_matter(api: Client, five: list[str]) -> None:
    assert ids(api, "select * from Invoice where DocNumber IN ('lN-2')") == [five[1]]
    api.switch(query_strings="exact")
    assert ids(api, "select * from Invoice where DocNumber = 'ln-2'") == []


@pytest.mark.parametrize("condition", ["Id > '1'", "Id LIKE '1%'", "Id <= '5'"])
def test_an_id_is_compared_by_equality_only(api: Client, condition: str) -> None:
    assert api.query_error(f"select * from Invoice where {condition}")["code"] in ("4000", "4001")


def test_what_is_no_document_is_answered_as_recorded(api: Client) -> None:
    invoice = api.invoice(10)
    made = invoice["Id"]
    form = api.http.get(f"{api.api}/invoice/{made}/pdf", timeout=60)
    assert (form.status_code, form.headers["Content-Type"]) == (200, "application/pdf")
    assert form.content.startswith(b"%PDF")
    codes = {
        path: api.http.get(f"{api.api}/{path}", timeout=60).status_code
        for path in ("customer/3/5", "customer/1.5", "invoice/999/pdf")
    }
    assert codes == dict.fromkeys(codes, 400)
    assert api.get("customer/1.5")["Fault"]["Error"][0]["code"] == "2030"
    told = api.get("cdc", entities="Estimate", changedSince=invoice["MetaData"]["CreateTime"])
    assert told["CDCResponse"] == [{"QueryResponse": [{}]}]


def test_an_invoice_carries_its_address_and_flags(api: Client) -> None:
    address = {"Line1": "Cra 7", "City": "Bogota"}
    body = {"DisplayName": "Ana", "BillAddr": address}
    customer = api.post("Customer", body)["Id"]
    made = api.invoice(10, CustomerRef={"value": customer})
    assert {name: made["BillAddr"][name] for name in address} == address
    flags = ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment")
    assert [made[name] for name in flags] == [False] * 3


def test_order_and_paging(api: Client, five: list[str]) -> None:
    assert ids(api, "select * from Invoice ORDERBY TxnDate DESC") == five[::-1]
    assert ids(api, "select * from Invoice order by Balance desc, Id maxresults 2") == five[:2:-1]
    page = api.query("SELECT * FROM Invoice ORDERBY Id STARTPOSITION 4 MAXRESULTS 3")
    assert (page["startPosition"], page["maxResults"]) == (4, 2)
    assert "totalCount" not in page
    assert api.query("select * from Invoice startposition 6") == {}
    api.switch(query_order="newest")
    assert ids(api, "select * from Invoice") == five[::-1]


def test_count_answers_with_a_number_only(api: Client, five: list[str]) -> None:
    assert api.query("select count(*) from Invoice where Balance >= '30'") == {"totalCount": 3}


def test_a_hundred_rows_unless_told_and_never_more_than_a_thousand(api: Client) -> None:
    for n in range(1005):
        api.customer(f"C {n:04}")
    assert len(ids(api, "select * from Customer")) == 100
    assert len(ids(api, "select * from Customer maxresults 5000")) == 1000


def test_apostrophes_are_escaped_with_a_backslash(api: Client) -> None:
    assert ids(api, r"select * from Customer where DisplayName = 'Amy\'s Bird Sanctuary'") == [AMY]


def test_inactive_names_show_only_if_asked_for(api: Client) -> None:
    gone = api.customer("Gone")
    api.post("Customer", {"Id": gone, "SyncToken": "0", "sparse": True, "Active": False})
    assert gone not in ids(api, "select * from Customer")
    assert gone in ids(api, "select * from Customer where Active IN (true,false)")
    assert ids(api, "select * from Customer where Active = false") == [gone]


def test_a_query_may_be_posted_as_text(api: Client, five: list[str]) -> None:
    headers = {"Content-Type": "application/text"}
    body = "select * from Invoice where DocNumber = 'LN-1'"
    answer = api.http.post(f"{api.api}/query", body, headers=headers, timeout=60)
    assert answer.json()["QueryResponse"]["Invoice"][0]["Id"] == five[0]


def test_payments_are_found_by_reference_and_customer(api: Client) -> None:
    paid = api.payment(10, {}, PaymentRefNum="PM-7")
    question = "select * from Payment where PaymentRefNum = 'PM-7' and CustomerRef = '1'"
    assert ids(api, question) == [paid["Id"]]
    changed = version(paid, sparse=True, PaymentRefNum="PM-8")
    api.post("Payment", changed)
    assert ids(api, question) == []


def test_the_sku_shows_only_if_named(api: Client) -> None:
    body = {
        "Name": "Chair",
        "Type": "NonInventory",
        "Sku": "C1",
        "IncomeAccountRef": {"value": "14"},
    }
    api.post("Item", body)
    plain = api.query("select * from Item where Name = 'Chair'")["Item"][0]
    named = api.query("select *, Sku from Item where Name = 'Chair'")["Item"][0]
    assert ("Sku" in plain, named["Sku"]) == (False, "C1")


@pytest.mark.parametrize(
    ("statement", "code", "detail"),
    [
        (
            "select * from Invoice where PrivateNote = 'x'",
            "4001",
            "QueryValidationError: property 'PrivateNote' is not queryable",
        ),
        (
            "select * from Deposit where TotalAmt > '1'",
            "4001",
            "QueryValidationError: property 'TotalAmt' is not queryable",
        ),
        (
            "select * from Payment where DocNumber = '1'",
            "4001",
            "QueryValidationError: property 'DocNumber' is not queryable",
        ),
        (
            "select BillAddr from Customer",
            "4001",
            "QueryValidationError: Property BillAddr not found for Entity Customer",
        ),
        (
            "select * from Invoice startposition 0",
            "4001",
            "QueryValidationError: value 0 is too small. Min allowed value is 1",
        ),
        ("select * from Loan", "4001", "QueryValidationError: Invalid context declaration: Loan"),
    ],
)
def test_names_and_values_are_checked(api: Client, statement: str, code: str, detail: str) -> None:
    error = api.query_error(statement)
    assert (error["code"], error["Message"]) == (code, "Invalid query")
    assert error["Detail"] == detail


@pytest.mark.parametrize(
    "statement",
    [
        "select * from Invoice where Id = '1' or Id = '2'",
        "select * from Invoice where Id != '1'",
        "select * from Invoice where",
        "update Invoice",
        "select * from Invoice group by Id",
        "select * from Invoice where DocNumber = 'it's'",
    ],
)
def test_what_the_grammar_does_not_know_is_4000(api: Client, statement: str) -> None:
    error = api.query_error(statement)
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"].startswith("QueryParserError: Encountered")


def test_settings_of_the_company_can_be_queried(api: Client) -> None:
    found = api.query("select * from CompanyInfo")["CompanyInfo"][0]
    assert (found["CompanyName"], found["Country"]) == ("Crédito Fácil SAS", "CO")
    prefs = api.query("select * from Preferences")["Preferences"][0]
    assert prefs["CurrencyPrefs"]["HomeCurrency"] == {"value": "COP"}
