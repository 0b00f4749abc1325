"""A small client of the Zoho Books face, with exact numbers."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import requests

from bridge.sandbox.server import SandboxServer

ORGANIZATION = "600000000001"
DAY = "2026-11-20"
NOON = datetime.fromisoformat(f"{DAY}T12:00:00-05:00")
"""The organization's noon of that day."""
CLIENT = {"client_id": "demo-client", "client_secret": "demo-secret"}
FLAG = {"ignore_auto_number_generation": "true"}


class Client:
    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.urls: dict[str, Any] = server.urls()
        self.api: str = self.urls["zoho"]["api"]
        self.http = requests.Session()
        self.http.headers["Authorization"] = "Zoho-oauthtoken demo-access"
        self._items: dict[str, str] = {}
        self._accounts: dict[str, str] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def send(
        self, method: str, path: str, body: Any = None, headers: Any = None, **query: str
    ) -> tuple[int, Any]:
        """Return the HTTP status and the answer."""
        answer = self.raw(method, path, body, headers, **query)
        return answer.status_code, json.loads(answer.text, parse_float=Decimal)

    def raw(
        self, method: str, path: str, body: Any = None, headers: Any = None, **query: str
    ) -> requests.Response:
        text = None if body is None else json.dumps(body, default=str).encode()
        params = {"organization_id": ORGANIZATION, **query}
        kind = {"Content-Type": "application/json"} if text else {}
        return self.http.request(
            method,
            f"{self.api}/{path}",
            data=text,
            params={name: value for name, value in params.items() if value},
            headers={**kind, **(headers or {})},
            timeout=60,
        )

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        status, answer = self.send(method, path, body, **query)
        assert status in (200, 201), answer
        assert answer["code"] == 0, answer
        return answer

    def get(self, path: str, **query: str) -> Any:
        return self.ok("GET", path, **query)

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, int]:
        """Return the HTTP status and the code of a refusal."""
        status, answer = self.send(method, path, body, **query)
        assert answer["code"] != 0, answer
        assert answer["message"], answer
        return status, answer["code"]

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        answer = self.http.request(method, f"{self.urls['control']}/{path}", json=wish, timeout=60)
        return answer.json()

    def switch(self, **settings: Any) -> None:
        shown = self.control("POST", "zoho/settings", settings)
        assert "error" not in shown, shown

    def edit(self, **wish: Any) -> Any:
        done = self.control("POST", "zoho/edit", wish)
        assert "error" not in done, done
        return done

    def books(self) -> Any:
        return self.control("GET", "zoho/books")

    def balance(self, account: str) -> Decimal:
        found = [each for each in self.books()["accounts"] if each["name"] == account]
        return Decimal(found[0]["balance"])

    def documents(self, number: str) -> list[Any]:
        return [each for each in self.books()["documents"] if each["number"] == number]

    def item(self, name: str) -> str:
        if not self._items:
            rows = self.get("items")["items"]
            self._items = {row["name"]: row["item_id"] for row in rows}
        return self._items[name]

    def account(self, name: str) -> str:
        if not self._accounts:
            rows = self.get("chartofaccounts")["chartofaccounts"]
            self._accounts = {row["account_name"]: row["account_id"] for row in rows}
        return self._accounts[name]

    def currency(self, code: str) -> str:
        rows = self.get("settings/currencies")["currencies"]
        return str(next(row["currency_id"] for row in rows if row["currency_code"] == code))

    def customer(self, name: str = "Ana", code: str = "") -> str:
        body = {"contact_name": name, "contact_type": "customer"}
        if code:
            body["currency_id"] = self.currency(code)
        return str(self.ok("POST", "contacts", body)["contact"]["contact_id"])

    def line(self, rate: Any, item: str = "Loan principal") -> dict[str, Any]:
        return {"item_id": self.item(item), "rate": rate, "quantity": 1}

    def invoice_body(self, customer: str, rate: Any = 1000, **more: Any) -> dict[str, Any]:
        return {"customer_id": customer, "date": DAY, "line_items": [self.line(rate)], **more}

    def draft(self, customer: str, rate: Any = 1000, **more: Any) -> Any:
        body = self.invoice_body(customer, rate, **more)
        query = FLAG if "invoice_number" in more else {}
        return self.ok("POST", "invoices", body, **query)["invoice"]

    def invoice(self, customer: str, rate: Any = 1000, **more: Any) -> str:
        """Make an invoice and mark it as sent."""
        made = str(self.draft(customer, rate, **more)["invoice_id"])
        self.ok("POST", f"invoices/{made}/status/sent")
        return made

    def read(self, invoice_id: str) -> Any:
        return self.get(f"invoices/{invoice_id}")["invoice"]

    def payment_body(
        self, customer: str, amount: Any, applied: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        parts = [
            {"invoice_id": row_id, "amount_applied": part}
            for row_id, part in (applied or {}).items()
        ]
        return {
            "customer_id": customer,
            "payment_mode": "cash",
            "amount": amount,
            "date": DAY,
            "account_id": self.account("Bank COP"),
            "invoices": parts,
            **more,
        }

    def payment(
        self, customer: str, amount: Any, applied: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        body = self.payment_body(customer, amount, applied, **more)
        return self.ok("POST", "customerpayments", body)["payment"]

    def credit(self, customer: str, rate: Any = 100, **more: Any) -> str:
        body = {"customer_id": customer, "date": DAY, "line_items": [self.line(rate, "Discount")]}
        made = self.ok("POST", "creditnotes", {**body, **more}, **FLAG)["creditnote"]
        return str(made["creditnote_id"])

    def apply(self, credit_id: str, applied: dict[str, Any]) -> tuple[int, int]:
        """Put a credit note on invoices; return status and code."""
        parts = [{"invoice_id": each, "amount_applied": part} for each, part in applied.items()]
        status, answer = self.send("POST", f"creditnotes/{credit_id}/invoices", {"invoices": parts})
        return status, answer["code"]

    def field(self, entity: str, label: str = "Ledger Id", **more: Any) -> str:
        body = {"label": label, "data_type": "string", "entity": entity, "show_on_pdf": False}
        made = self.ok("POST", "settings/fields", {**body, "is_unique": True, **more})
        return str(made["field"]["field_id"])


def token(zoho: Client, **more: str) -> requests.Response:
    asked = {
        "grant_type": "refresh_token",
        "refresh_token": "demo-refresh-zoho",
        **CLIENT,
        **more,
    }
    return requests.post(zoho.urls["zoho"]["token"], data=asked, timeout=60)


def allowed(zoho: Client, access: str) -> int:
    header = {"Authorization": f"Zoho-oauthtoken {access}"}
    return zoho.raw("GET", "invoices", headers=header).status_code
