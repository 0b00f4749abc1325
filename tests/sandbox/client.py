"""A small client: what an adapter would do by hand, with exact numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from types import TracebackType
from typing import Any

import requests

from bridge.sandbox.server import SandboxServer

PRINCIPAL = "2"
SERVICES = "1"
CHECKING = "1"
AMY = "1"


class Client:
    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.urls: dict[str, Any] = server.urls()
        self.api: str = self.urls["quickbooks"]["api"]
        self.http = requests.Session()
        self.http.headers["Authorization"] = "Bearer demo-access"
        self.http.headers["Accept"] = "application/json"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, t: TracebackType | None
    ) -> None:
        self.http.close()

    def send(self, entity: str, body: Any, **query: str) -> tuple[int, Any]:
        text = json.dumps(body, default=str)
        params = {"minorversion": "75", **query}
        answer = self.http.post(f"{self.api}/{entity}", text.encode(), params=params, timeout=60)
        return answer.status_code, json.loads(answer.text, parse_float=Decimal)

    def post(self, entity: str, body: Any, **query: str) -> Any:
        """Write, and return the entity of the answer."""
        status, answer = self.send(entity.lower(), body, **query)
        assert status == 200, answer
        return answer[entity]

    def refused(self, entity: str, body: Any, **query: str) -> dict[str, Any]:
        """Write, and return the first error of the refusal."""
        status, answer = self.send(entity.lower(), body, **query)
        assert status == 400, answer
        return answer["Fault"]["Error"][0]

    def get(self, path: str, **query: str) -> Any:
        answer = self.http.get(f"{self.api}/{path}", params=query, timeout=60)
        return json.loads(answer.text, parse_float=Decimal)

    def read(self, entity: str, row_id: str) -> Any:
        return self.get(f"{entity.lower()}/{row_id}")[entity]

    def query(self, statement: str) -> Any:
        return self.get("query", query=statement)["QueryResponse"]

    def query_error(self, statement: str) -> dict[str, Any]:
        return self.get("query", query=statement)["Fault"]["Error"][0]

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        answer = self.http.request(method, f"{self.urls['control']}/{path}", json=wish, timeout=60)
        return answer.json()

    def switch(self, **settings: Any) -> None:
        shown = self.control("POST", "quickbooks/settings", settings)
        assert "error" not in shown, shown

    def edit(self, **wish: Any) -> Any:
        done = self.control("POST", "quickbooks/edit", wish)
        assert "error" not in done, done
        return done

    def books(self) -> Any:
        return self.control("GET", "quickbooks/books")

    def balance(self, account: str) -> Decimal:
        found = [each for each in self.books()["accounts"] if each["name"] == account]
        return Decimal(found[0]["balance"])

    def customer(self, name: str, currency: str = "COP") -> str:
        body = {"DisplayName": name, "CurrencyRef": {"value": currency}}
        return str(self.post("Customer", body)["Id"])

    def invoice(self, amount: Any = 1000, customer: str = AMY, **more: Any) -> Any:
        return self.post("Invoice", invoice(amount, customer, **more))

    def payment(
        self, amount: Any, applied: dict[str, Any], customer: str = AMY, **more: Any
    ) -> Any:
        return self.post("Payment", payment(amount, applied, customer, **more))

    def credit(self, amount: Any, customer: str = AMY, **more: Any) -> Any:
        return self.post("CreditMemo", invoice(amount, customer, **more))


def item_line(amount: Any, item: str = PRINCIPAL) -> dict[str, Any]:
    return {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}},
    }


def invoice(amount: Any = 1000, customer: str = AMY, **more: Any) -> dict[str, Any]:
    return {
        "CustomerRef": {"value": customer},
        "TxnDate": "2026-11-20",
        "Line": [item_line(amount)],
        **more,
    }


def link(amount: Any, txn_id: str, kind: str = "Invoice") -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": txn_id, "TxnType": kind}]}


def payment(
    amount: Any, applied: dict[str, Any], customer: str = AMY, **more: Any
) -> dict[str, Any]:
    return {
        "CustomerRef": {"value": customer},
        "TotalAmt": amount,
        "TxnDate": "2026-11-20",
        "DepositToAccountRef": {"value": CHECKING},
        "Line": [link(part, txn_id) for txn_id, part in applied.items()],
        **more,
    }


def journal(*lines: tuple[str, Any, str], customer: str = "", **more: Any) -> dict[str, Any]:
    made = []
    for side, amount, account in lines:
        detail: dict[str, Any] = {"PostingType": side, "AccountRef": {"value": account}}
        if customer and account == RECEIVABLE:
            detail["Entity"] = {"Type": "Customer", "EntityRef": {"value": customer}}
        made.append(
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": detail,
            }
        )
    return {"TxnDate": "2026-11-20", "Line": made, **more}


RECEIVABLE = "4"
OPENING_EQUITY = "12"


def version(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Id": row["Id"], "SyncToken": row["SyncToken"], **more}
