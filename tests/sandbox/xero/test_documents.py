"""What a write does to documents and to the books under them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.xero.client import DAY, Client, invoice, line, overpayment, payment


def test_an_invoice_is_receivable_and_credits_its_accounts(api: Client, ana: str) -> None:
    lines = [line(1000), line("200.50", "270", Description="Interest")]
    made = api.invoice(ana, InvoiceNumber="LN-1", LineItems=lines)
    assert (made["Total"], made["AmountDue"], made["Status"]) == (
        Decimal("1200.5"),
        Decimal("1200.5"),
        "AUTHORISED",
    )
    assert (made["Date"], made["DateString"]) == (
        "/Date(1795132800000+0000)/",
        "2026-11-20T00:00:00",
    )
    assert (api.balance("610"), api.balance("640"), api.balance("270")) == (
        Decimal("1200.5"),
        -1000,
        Decimal("-200.5"),
    )
    assert api.document("LN-1")["open"] == "1200.50"


def test_a_draft_is_not_in_the_books_until_it_is_approved(api: Client, ana: str) -> None:
    made = api.invoice(ana, Status="DRAFT", DueDate=None)["InvoiceID"]
    assert api.balance("610") == 0
    for status in ("SUBMITTED", "DRAFT", "AUTHORISED"):
        change = {"InvoiceID": made, "Status": status, "DueDate": "2026-12-20"}
        assert api.post("Invoices", change)["Status"] == status
    assert api.balance("610") == 1000


def test_post_with_a_known_number_edits_and_put_creates(api: Client, ana: str) -> None:
    made = api.invoice(ana, InvoiceNumber="LN-1")
    after = api.post("Invoices", invoice(ana, 700, InvoiceNumber="LN-1"))
    assert (after["InvoiceID"], after["Total"]) == (made["InvoiceID"], 700)
    assert api.balance("610") == 700
    assert api.invoice(ana, 5)["InvoiceNumber"] == "INV-0001"


def test_a_voided_invoice_keeps_its_amount_due(api: Client, ana: str) -> None:
    made = api.invoice(ana, InvoiceNumber="LN-1")["InvoiceID"]
    after = api.post(f"Invoices/{made}", {"Status": "VOIDED"})
    assert (after["Status"], after["AmountDue"], after["Total"]) == ("VOIDED", 1000, 1000)
    assert api.balance("610") == 0
    assert api.document("LN-1")["status"] == "void"


def test_a_payment_moves_money_and_the_invoice(api: Client, ana: str) -> None:
    made = api.invoice(ana)
    paid = api.pay(made["InvoiceID"], 1000, Reference="pay:1")
    assert (paid["PaymentType"], paid["Status"], paid["BankAmount"]) == (
        "ACCRECPAYMENT",
        "AUTHORISED",
        1000,
    )
    assert paid["Invoice"]["AmountDue"] == 0
    after = api.one("Invoices", made["InvoiceID"])
    assert (after["Status"], after["AmountPaid"]) == ("PAID", 1000)
    assert after["FullyPaidOnDate"] == "/Date(1795132800000+0000)/"
    part = after["Payments"][0]
    assert (part["PaymentID"], part["Reference"]) == (paid["PaymentID"], "pay:1")
    assert not {"Status", "Account"} & set(part)
    assert (api.balance("090"), api.balance("610")) == (1000, 0)
    listed = [each for each in api.books()["documents"] if each["kind"] == "receipt"]
    assert (listed[0]["number"], listed[0]["status"]) == ("pay:1", "applied")


def test_a_payment_can_name_the_invoice_by_number_and_post_creates_too(
    api: Client, ana: str
) -> None:
    api.invoice(ana, InvoiceNumber="LN-1")
    body = {**payment("", 5), "Invoice": {"InvoiceNumber": "LN-1"}}
    assert api.post("Payments", body)["Amount"] == 5
    assert api.one("Invoices", "LN-1")["AmountDue"] == 995


def test_a_credit_note_settles_by_allocation_and_can_be_taken_back(api: Client, ana: str) -> None:
    made = api.invoice(ana, 300)["InvoiceID"]
    note = api.credit(ana, 300, CreditNoteNumber="CN-77")["CreditNoteID"]
    part = api.allocate(note, made, 300)
    after = api.one("Invoices", made)
    assert (after["Status"], after["AmountPaid"], after["AmountCredited"]) == ("PAID", 0, 300)
    assert after["CreditNotes"][0]["CreditNoteNumber"] == "CN-77"
    shown = api.one("CreditNotes", "CN-77")
    assert (shown["Status"], shown["RemainingCredit"]) == ("PAID", 0)
    assert shown["Allocations"][0]["AllocationID"] == part["AllocationID"]
    place = f"CreditNotes/{note}"
    assert api.send("POST", place, {"Status": "VOIDED"})[0] == 400
    status, gone = api.send("DELETE", f"{place}/Allocations/{part['AllocationID']}")
    assert (status, gone["IsDeleted"]) == (200, True)
    assert api.post(place, {"Status": "VOIDED"})["Status"] == "VOIDED"
    assert (api.balance("460"), api.balance("610")) == (0, 300)


def test_an_overpayment_is_two_entries_at_the_bank(api: Client, ana: str) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    api.pay(made, 100)
    over = api.overpay(ana, 20, Reference="pay:2")
    assert over["LineItems"][0]["AccountCode"] == "610"
    row = api.one("Overpayments", over["OverpaymentID"])
    assert (row["Type"], row["RemainingCredit"], row["Reference"]) == (
        "RECEIVE-OVERPAYMENT",
        20,
        "pay:2",
    )
    assert (api.balance("090"), api.balance("610")) == (120, -20)
    other = api.invoice(ana, 50)["InvoiceID"]
    place = f"Overpayments/{row['OverpaymentID']}/Allocations"
    part = {"Invoice": {"InvoiceID": other}, "Amount": 15, "Date": DAY}
    assert api.send("PUT", place, {"Allocations": [part]})[0] == 200
    shown = api.one("Invoices", other)
    assert (shown["AmountDue"], shown["Overpayments"][0]["AppliedAmount"]) == (35, 15)
    back = {**payment("", 5), "Overpayment": {"OverpaymentID": row["OverpaymentID"]}}
    del back["Invoice"]
    refund = api.put("Payments", back)[0]
    assert refund["PaymentType"] == "AROVERPAYMENTPAYMENT"
    assert api.one("Overpayments", row["OverpaymentID"])["Status"] == "PAID"
    assert api.balance("090") == 115
    api.switch(overpayment_reference="ignore")
    assert api.overpay(ana, 1, Reference="pay:3")["Reference"] == ""


def test_received_and_spent_money_can_be_deleted(api: Client, ana: str) -> None:
    body = {**overpayment(ana, 0), "LineItems": [line(80, "272")]}
    received = api.put("BankTransactions", {**body, "Type": "RECEIVE"})[0]
    spent = api.put("BankTransactions", {**body, "Type": "SPEND", "LineItems": [line(30)]})[0]
    assert (api.balance("090"), api.balance("272"), api.balance("640")) == (50, -80, 30)
    place = f"BankTransactions/{received['BankTransactionID']}"
    assert api.post(place, {"Status": "DELETED"})["Status"] == "DELETED"
    assert api.balance("090") == -30
    assert api.many("BankTransactions", page="1")[-1]["Status"] == "DELETED"
    over = api.overpay(ana, 5)["BankTransactionID"]
    assert api.send("POST", f"BankTransactions/{over}", {"Status": "DELETED"})[0] == 400
    assert spent["Total"] == 30


@pytest.mark.parametrize(
    ("amounts", "subtotal", "tax", "total"),
    [
        ("Exclusive", "100.00", "19.00", "119.00"),
        ("Inclusive", "84.03", "15.97", "100.00"),
        ("NoTax", "100.00", "0", "100.00"),
    ],
)
def test_tax_goes_beside_the_lines(
    api: Client, ana: str, amounts: str, subtotal: str, tax: str, total: str
) -> None:
    lines = [line(100, "200", TaxType="OUTPUT")]
    made = api.invoice(ana, LineItems=lines, LineAmountTypes=amounts)
    sums = (made["SubTotal"], made["TotalTax"], made["Total"])
    assert sums == (Decimal(subtotal), Decimal(tax), Decimal(total))
    assert (api.balance("200"), api.balance("820")) == (-Decimal(subtotal), -Decimal(tax))


def test_unit_amounts_are_rounded_first_unless_unitdp_is_4(api: Client, ana: str) -> None:
    lines = [line("0.3333", Quantity=3)]
    assert api.invoice(ana, LineItems=lines)["Total"] == Decimal("0.99")
    body = invoice(ana, LineItems=lines)
    assert api.put("Invoices", body, unitdp="4")[0]["Total"] == 1
    discounted = [line(10, DiscountRate=10)]
    assert api.invoice(ana, LineItems=discounted)["Total"] == 9


def test_a_rate_is_foreign_units_for_one_of_ours(api: Client, ana: str) -> None:
    made = api.invoice(ana, 500, CurrencyCode="MXN", CurrencyRate="0.005", InvoiceNumber="M-1")
    assert made["CurrencyRate"] == Decimal("0.005")
    assert api.balance("610") == 100_000
    paid = api.pay(made["InvoiceID"], 500, BankAmount=110_000)
    assert (paid["BankAmount"], api.balance("090"), api.balance("499")) == (110_000,) * 2 + (
        -10_000,
    )
    assert api.balance("610") == 0
    usual = api.invoice(ana, 1, CurrencyCode="USD")
    assert usual["CurrencyRate"] == Decimal("0.000251")
    held = {each["currency"]: each["balance"] for each in api.books()["receivables"]}
    assert held == {"COP": "0.00", "MXN": "0.00", "USD": "1.00"}


def test_a_foreign_bank_holds_its_own_currency(api: Client, ana: str) -> None:
    made = api.invoice(ana, 500, CurrencyCode="MXN")
    paid = api.pay(made["InvoiceID"], 500, Account={"Code": "093"})
    assert (paid["BankAmount"], api.balance("093")) == (500, 500)


def test_an_implausible_rate_is_a_warning_only(api: Client, ana: str) -> None:
    body = invoice(ana, CurrencyCode="USD", CurrencyRate=4000)
    made = api.put("Invoices", body, summarizeErrors="false")[0]
    assert (made["StatusAttributeString"], len(made["Warnings"])) == ("WARNING", 1)


def test_a_batch_is_one_piece(api: Client, ana: str) -> None:
    first, second = api.invoice(ana, 10)["InvoiceID"], api.invoice(ana, 20)["InvoiceID"]
    parts = [
        {"Invoice": {"InvoiceID": first}, "Amount": 10},
        {"Invoice": {"InvoiceID": second}, "Amount": 21},
    ]
    batch = {"Account": {"Code": "090"}, "Date": DAY, "Reference": "B-1", "Payments": parts}
    assert "exceeds" in api.refused("PUT", "BatchPayments", batch)[0]
    assert api.one("Invoices", first)["AmountDue"] == 10
    parts[1]["Amount"] = 20
    made = api.put("BatchPayments", batch)[0]
    assert (made["Type"], made["TotalAmount"]) == ("RECBATCH", 30)
    member = made["Payments"][0]["PaymentID"]
    assert api.refused("POST", f"Payments/{member}", {"Status": "DELETED"}) == [
        "Payments within a batch cannot be deleted."
    ]
    gone = {"BatchPaymentID": made["BatchPaymentID"], "Status": "DELETED"}
    assert api.post("BatchPayments", gone)["Status"] == "DELETED"
    assert api.balance("090") == 0
    assert api.one("Invoices", first)["Status"] == "AUTHORISED"


def test_a_manual_journal_balances_or_is_refused(api: Client) -> None:
    lines = [
        {"LineAmount": 100, "AccountCode": "640"},
        {"LineAmount": -10, "AccountCode": "980"},
    ]
    body = {"Narration": "J-1", "Date": DAY, "Status": "POSTED", "JournalLines": lines}
    assert api.refused("PUT", "ManualJournals", body) == [
        "The total debits (100.00) must equal total credits (-10.00)"
    ]
    lines[1]["LineAmount"] = -100
    made = api.put("ManualJournals", body)[0]["ManualJournalID"]
    assert api.balance("640") == 100
    assert api.post(f"ManualJournals/{made}", {"Status": "VOIDED"})["Status"] == "VOIDED"
    assert api.balance("640") == 0
    lines[0]["AccountCode"] = "610"
    assert "not a valid code" in api.refused("PUT", "ManualJournals", body)[0]


def test_lists_can_be_kept(api: Client, ana: str) -> None:
    account = {"Code": "275", "Name": "Fees", "Type": "REVENUE", "TaxType": "NONE"}
    made = api.put("Accounts", account)[0]
    assert (made["Class"], made["Status"]) == ("REVENUE", "ACTIVE")
    assert "unique Code" in api.refused("PUT", "Accounts", account)[0]
    gone = api.post(f"Accounts/{made['AccountID']}", {"Status": "ARCHIVED"})
    assert gone["Status"] == "ARCHIVED"
    assert api.refused("PUT", "Items", {"Code": "BOOK"}) == [
        "Price List Item with Code 'BOOK' already exists"
    ]
    sold = api.invoice(ana, LineItems=[{"ItemCode": "BOOK", "Quantity": 2}])
    assert sold["Total"] == Decimal("39.9")
    category = api.many("TrackingCategories")[0]
    place = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    assert api.send("PUT", place, {"Name": "Pasto"})[1]["Options"][0]["Name"] == "Pasto"
    tracked = [line(1, Tracking=[{"Name": "Region", "Option": "Pasto"}])]
    assert api.invoice(ana, LineItems=tracked)["LineItems"][0]["Tracking"][0]["Option"] == "Pasto"
    group = api.put("ContactGroups", {"Name": "Route 1"})[0]["ContactGroupID"]
    body = {"Contacts": [{"ContactID": ana}]}
    assert api.send("PUT", f"ContactGroups/{group}/Contacts", body)[0] == 200
    assert api.one("Contacts", ana)["ContactGroups"][0]["Name"] == "Route 1"
    assert api.call("DELETE", f"ContactGroups/{group}/Contacts/{ana}").status_code == 204


def test_notes_are_kept_for_good(api: Client, ana: str) -> None:
    made = api.invoice(ana)["InvoiceID"]
    body = {"HistoryRecords": [{"Details": "loan 1"}]}
    status, answer = api.send("PUT", f"Invoices/{made}/History", body)
    assert (status, answer["HistoryRecords"][0]["Details"]) == (200, "loan 1")
    found = api.get(f"Invoices/{made}/History")["HistoryRecords"]
    assert "loan 1" in [each["Details"] for each in found]


def test_more_than_an_id_in_a_document_changes_the_contact(api: Client, ana: str) -> None:
    body = invoice(ana)
    body["Contact"] = {"ContactID": ana, "Name": "Ana", "EmailAddress": "ana@x.example"}
    api.put("Invoices", body)
    assert api.one("Contacts", ana)["EmailAddress"] == "ana@x.example"
    body["Contact"] = {"Name": "Beto"}
    assert api.put("Invoices", body)[0]["Contact"]["Name"] == "Beto"


def test_reports_agree_with_the_books(api: Client, ana: str) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    api.pay(made, 30)
    report = api.get("Reports/TrialBalance")["Reports"][0]
    rows = [row for section in report["Rows"][1:] for row in section["Rows"]]
    found = {row["Cells"][0]["Value"]: [c["Value"] for c in row["Cells"]] for row in rows}
    assert found["Accounts Receivable (610)"][1] == "70.00"
    assert found["Total"][3:] == ["100.00", "100.00"]
    aged = api.get("Reports/AgedReceivablesByContact", contactId=ana)["Reports"][0]
    assert [c["Value"] for c in aged["Rows"][1]["Rows"][0]["Cells"]][4:] == [
        "100.00",
        "30.00",
        "0.00",
        "70.00",
    ]
    sheet = api.get("Reports/BalanceSheet", date=DAY)["Reports"][0]
    assert sheet["Rows"][1]["Rows"][-1]["Cells"][1]["Value"] == "0.00"
