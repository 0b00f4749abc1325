"""A small client: what an adapter would do by hand, with exact numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from types import TracebackType
from typing import Any

import requests

from bridge.sandbox.server import SandboxServer

TENANT = "70784a63-0000-4000-8000-000000000001"
ZERO_ID = "00000000-0000-0000-0000-000000000000"
DAY, DUE = "2026-11-20", "2026-12-20"


class Client:
    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.urls: dict[str, Any] = server.urls()
        self.api: str = self.urls["xero"]["api"]
        self.base: str = self.urls["xero"]["base"]
        self.http = requests.Session()
        self.http.headers["Authorization"] = "Bearer demo-access"
        self.http.headers["Accept"] = "application/json"
        self.http.headers["xero-tenant-id"] = TENANT

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, t: TracebackType | None
    ) -> None:
        self.http.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> requests.Response:
        text = json.dumps(body, default=float).encode() if body is not None else None
        return self.http.request(
            method, f"{self.api}/{path}", data=text, params=query, headers=headers, timeout=60
        )

    def send(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        answer = self.call(method, path, body, **query)
        return answer.status_code, parsed(answer)

    def put(self, plural: str, *elements: Any, **query: str) -> list[Any]:
        status, answer = self.send("PUT", plural, {plural: list(elements)}, **query)
        assert status == 200, answer
        return list(answer[plural])

    def post(self, path: str, body: Any, **query: str) -> Any:
        status, answer = self.send("POST", path, body, **query)
        assert status == 200, answer
        return answer[path.split("/", maxsplit=1)[0]][0]

    def refused(self, method: str, path: str, body: Any, **query: str) -> list[str]:
        """Write, and return every message of a refusal of the usual kind."""
        status, answer = self.send(method, path, body, **query)
        assert status == 400, answer
        assert (answer["ErrorNumber"], answer["Type"]) == (10, "ValidationException"), answer
        return messages(*answer["Elements"])

    def error(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, int, str]:
        status, answer = self.send(method, path, body, **query)
        return status, answer["ErrorNumber"], answer["Message"]

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Any:
        answer = self.call("GET", path, None, headers, **query)
        assert answer.status_code == 200, answer.text
        return parsed(answer)

    def one(self, plural: str, row_id: str) -> Any:
        return self.get(f"{plural}/{row_id}")[plural][0]

    def many(self, plural: str, headers: dict[str, str] | None = None, **query: str) -> list[Any]:
        return list(self.get(plural, headers, **query)[plural])

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        answer = self.http.request(method, f"{self.urls['control']}/{path}", json=wish, timeout=60)
        return answer.json()

    def switch(self, **settings: Any) -> None:
        shown = self.control("POST", "xero/settings", settings)
        assert "error" not in shown, shown

    def edit(self, **wish: Any) -> Any:
        done = self.control("POST", "xero/edit", wish)
        assert "error" not in done, done
        return done

    def misunderstood(self, **wish: Any) -> str:
        return str(self.control("POST", "xero/edit", wish)["error"])

    def books(self) -> Any:
        return self.control("GET", "xero/books")

    def balance(self, number: str) -> Decimal:
        found = [each for each in self.books()["accounts"] if each["number"] == number]
        return Decimal(found[0]["balance"])

    def document(self, number: str) -> Any:
        found = [each for each in self.books()["documents"] if each["number"] == number]
        assert len(found) == 1, found
        return found[0]

    def contact(self, name: str = "Ana", **more: Any) -> str:
        return str(self.put("Contacts", {"Name": name, **more})[0]["ContactID"])

    def invoice(self, contact: str, amount: Any = 1000, **more: Any) -> Any:
        return self.put("Invoices", invoice(contact, amount, **more))[0]

    def credit(self, contact: str, amount: Any = 300, **more: Any) -> Any:
        return self.put("CreditNotes", credit(contact, amount, **more))[0]

    def pay(self, invoice_id: str, amount: Any, **more: Any) -> Any:
        return self.put("Payments", payment(invoice_id, amount, **more))[0]

    def overpay(self, contact: str, amount: Any, **more: Any) -> Any:
        return self.put("BankTransactions", overpayment(contact, amount, **more))[0]

    def allocate(self, note: str, invoice_id: str, amount: Any) -> Any:
        body = {"Amount": amount, "Invoice": {"InvoiceID": invoice_id}}
        status, answer = self.send("PUT", f"CreditNotes/{note}/Allocations", body)
        assert status == 200, answer
        return answer["Allocations"][0]


def parsed(answer: requests.Response) -> Any:
    return json.loads(answer.text, parse_float=Decimal) if answer.text else None


def messages(*elements: Any) -> list[str]:
    return [each["Message"] for element in elements for each in element["ValidationErrors"]]


def line(amount: Any, account: str = "640", **more: Any) -> dict[str, Any]:
    return {
        "Description": "Principal",
        "Quantity": 1,
        "UnitAmount": amount,
        "AccountCode": account,
        "TaxType": "NONE",
        **more,
    }


def invoice(contact: str, amount: Any = 1000, **more: Any) -> dict[str, Any]:
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "Date": DAY,
        "DueDate": DUE,
        "LineAmountTypes": "NoTax",
        "Status": "AUTHORISED",
        "LineItems": [line(amount)],
        **more,
    }


def credit(contact: str, amount: Any = 300, **more: Any) -> dict[str, Any]:
    body = {**invoice(contact, amount), "Type": "ACCRECCREDIT", "LineItems": [line(amount, "460")]}
    del body["DueDate"]
    return {**body, **more}


def payment(invoice_id: str, amount: Any, **more: Any) -> dict[str, Any]:
    return {
        "Invoice": {"InvoiceID": invoice_id},
        "Account": {"Code": "090"},
        "Date": DAY,
        "Amount": amount,
        **more,
    }


def overpayment(contact: str, amount: Any, **more: Any) -> dict[str, Any]:
    return {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"ContactID": contact},
        "BankAccount": {"Code": "090"},
        "Date": DAY,
        "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Overpaid", "LineAmount": amount}],
        **more,
    }
