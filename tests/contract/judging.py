"""The official descriptions of all three systems as judges of recorded traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from tests.contract import numbers, openapi, quickbooks
from tests.contract.exchanges import Exchange, NotJson, Side, Violation, decoded
from tests.contract.openapi import Description, Operation, words

DOCUMENTED = "documented.yml"
JSON = "application/json"
ZOHO_FILES = words(
    "bank-accounts chart-of-accounts contacts credit-notes currency customer-payments "
    "invoices items journals locations organizations reporting-tags taxes "
    "transaction-locking users"
)
ZOHO_RENAMED = (("customerpayments", "customer_payments"),)
"""On the wire, in the file (specs README, defect 4)."""
ZOHO_WRAPPED = frozenset({"chart_of_account"})
"""One account is described flat (specs README, defect 3)."""


class Judge:
    """Judges one system's exchanges."""

    def __init__(self, system: str) -> None:
        self.system = system

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        """Everything that is wrong with a request of ours and with any answer."""
        if exchange.ours:
            yield from _readable("request", exchange, self._request)
        yield from _readable("answer", exchange, self._answer)

    def _request(self, exchange: Exchange) -> Iterator[Violation]:
        if exchange.body and exchange.headers.get("content-type") == JSON:
            yield from numbers.violations(decoded(exchange.body))
        operation = self._operation(exchange)
        if operation is not None:
            yield from operation.description.request(exchange, operation)
            if exchange.headers.get("accept") != JSON:
                yield Violation("request", "required", "header accept", operation.name)
        elif self.system == "quickbooks":
            yield from quickbooks.request(exchange)
        else:
            yield Violation("request", "path", str(exchange))

    def _answer(self, exchange: Exchange) -> Iterator[Violation]:
        operation = self._operation(exchange)
        if exchange.status >= 400 and not _tells_status(operation, exchange.status):
            operation = self._refusal(exchange)
        if operation is not None:
            yield from operation.description.answer(exchange, operation)
        elif self.system == "quickbooks":
            yield from quickbooks.answer(exchange)
        else:
            yield Violation("answer", "path", str(exchange))

    def _operation(self, exchange: Exchange) -> Operation | None:
        return operation(self.system, exchange.method, exchange.path)

    def _refusal(self, exchange: Exchange) -> Operation | None:
        if self.system == "quickbooks" and b'"Fault"' in exchange.answer:
            return None
        return documented().operation("GET", f"/refusals/{self.system}")


def operation(system: str, method: str, path: str) -> Operation | None:
    """The described call; None where no OpenAPI file has it."""
    for root, descriptions in ROOTS[system].items():
        if path.startswith(root):
            place = path.removeprefix(root)
            found = [d.operation(method, place) for d in descriptions()]
            operations = [each for each in found if each is not None]
            if operations:
                return max(operations, key=_fixed_words)
    return documented().operation(method, f"/{system}{path}")


def violations(system: str, exchanges: Iterable[Exchange]) -> Iterator[tuple[Exchange, Violation]]:
    judge = Judge(system)
    for exchange in exchanges:
        for violation in judge.violations(exchange):
            yield exchange, violation


@cache
def documented() -> Description:
    return openapi.load(DOCUMENTED)


@cache
def xero() -> tuple[Description, ...]:
    return (openapi.load("xero/xero_accounting.yaml"),)


@cache
def xero_identity() -> tuple[Description, ...]:
    """Its path is written in lower case by Xero's own pages (xero.md §1.1)."""
    return (openapi.load("xero/xero-identity.yaml", any_case=True),)


@cache
def zoho() -> tuple[Description, ...]:
    """Their `required` is wrong too often to hold answers to it (specs README, defect 2)."""
    return tuple(
        openapi.load(
            f"zoho_books/{name}.yml",
            f"{name}: ",
            required_is_true=False,
            renamed=ZOHO_RENAMED,
            wrapped=ZOHO_WRAPPED,
        )
        for name in ZOHO_FILES
    )


API_ROOT = {"xero": "/api.xro/2.0", "zoho": "/books/v3"}
ROOTS: Mapping[str, Mapping[str, Callable[[], tuple[Description, ...]]]] = {
    "quickbooks": {},
    "xero": {API_ROOT["xero"]: xero, "": xero_identity},
    "zoho": {API_ROOT["zoho"]: zoho},
}


def _fixed_words(operation: Operation) -> int:
    return sum(not part.startswith("{") for part in operation.template.split("/"))


def _tells_status(operation: Operation | None, status: int) -> bool:
    return (
        operation is not None
        and {str(status), "default"} & {str(each) for each in operation.raw["responses"]} != set()
    )


def _readable(
    side: Side, exchange: Exchange, judge: Callable[[Exchange], Iterator[Violation]]
) -> Iterator[Violation]:
    try:
        yield from judge(exchange)
    except NotJson as error:
        yield Violation(side, "json", str(exchange), str(error))
