"""What of a recorded call may be kept: no secret, no token, no person, no company.

Keys are known by their names, names by the objects that they are in, and what is known to be
secret is looked for everywhere. Documents of the test itself are kept as they are: they belong to
nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bridge.systems.transport import from_json, to_json

FILTERED = "filtered"
PLACEHOLDER = {
    "quickbooks": "1000000000000000000",
    "xero": "10000000-0000-4000-8000-000000000000",
    "zoho": "100000000000",
}
"""Instead of the company's id, in the same form."""

KEPT_OF_REQUEST = frozenset({"content-type", "accept", "if-modified-since"})
KEPT_OF_ANSWER = frozenset({"content-type", "retry-after", "x-rate-limit-problem"})

_SECRETS = frozenset(
    {
        "access_token",
        "refresh_token",
        "id_token",
        "client_id",
        "client_secret",
        "code",
        "authorization",
        "cookie",
    }
)
_COMPANY_IDS = frozenset(
    {"organization_id", "organisationid", "tenantid", "realmid", "shortcode", "id_of_company"}
)
_PERSONAL = frozenset(
    {
        "displayname", "givenname", "middlename", "familyname", "printoncheckname", "companyname",
        "legalname", "firstname", "lastname", "emailaddress", "address", "freeformnumber", "line1",
        "line2", "line3", "city", "postalcode", "phonenumber", "phoneareacode", "taxnumber",
        "registrationnumber", "contact_name", "customer_name", "vendor_name", "company_name",
        "first_name", "last_name", "email", "phone", "mobile", "fax", "street", "street2", "zip",
        "attention", "salesperson_name", "created_by", "last_modified_by", "website", "webaddr",
        "employerid", "primarytaxidentifier", "accountnumber", "bankaccountdetails",
        "bankaccountnumber", "bank_name", "account_number", "routing_number", "notes",
    }
)  # fmt: skip
_HAVE_NAMES = frozenset(
    {
        "contact", "contacts", "customer", "customers", "customerref", "vendor", "vendorref",
        "employee", "employeeref", "companyinfo", "organisations", "organizations", "organization",
        "user", "users", "entityref", "parentref", "createdbyref", "lastmodifiedbyref",
    }
)  # fmt: skip
"""Objects whose `name` is a person's or a company's."""
_NAMES = frozenset({"name", "fullyqualifiedname"})
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_SHORTEST = 6
"""Shorter texts are not looked for everywhere: they may mean anything."""


@dataclass
class Scrubber:
    """Cleans the calls of one test."""

    system: str
    company: str
    prefix: str
    token_url: str
    known: set[str] = field(default_factory=set)
    """Texts that must be nowhere: added to as tokens are seen."""

    def learn(self, *texts: str | None) -> None:
        self.known |= {text for text in texts if text and len(text) >= _SHORTEST}

    def request(self, request: Any) -> Any:
        """A request of vcrpy as it may be kept; None for a login, which is never kept."""
        header = request.headers.get("Authorization")
        text = header.decode() if isinstance(header, bytes) else str(header or "")
        self.learn(text.rpartition(" ")[2])
        if request.uri.partition("?")[0] == self.token_url:
            return None
        request.uri = self.text(request.uri)
        request.headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() in KEPT_OF_REQUEST
        }
        if request.body:
            request.body = self.body(request.body)
        return request

    def answer(self, answer: Any) -> Any:
        """An answer of vcrpy as it may be kept."""
        headers = answer["headers"]
        answer["headers"] = {n: v for n, v in headers.items() if n.lower() in KEPT_OF_ANSWER}
        answer["body"]["string"] = self.body(answer["body"]["string"])
        return answer

    def body(self, content: bytes | str) -> bytes:
        raw = content.encode() if isinstance(content, str) else content
        text = raw.decode("utf-8", "replace")
        if text[:1] in ("{", "["):
            return to_json(self.value(from_json(raw)))
        pairs = parse_qsl(text)
        if any(name in _SECRETS for name, _ in pairs):
            clean = [(n, FILTERED if n in _SECRETS else self.text(v)) for n, v in pairs]
            return urlencode(clean).encode()
        return self.text(text).encode()

    def value(self, value: Any, inside: str = "") -> Any:
        """A decoded value without what nobody may see."""
        if isinstance(value, dict):
            return {name: self._field(name, each, inside) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, inside) for each in value if not self._of_another(each)]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """A text without the company, known secrets and addresses."""
        text = text.replace(self.company, PLACEHOLDER[self.system])
        for secret in sorted(self.known, key=len, reverse=True):
            text = text.replace(secret, FILTERED)
        return _MAIL.sub(f"{FILTERED}@example.com", text)

    def leaks(self, texts: Iterable[str]) -> set[str]:
        """Which of the texts that must be nowhere are there all the same."""
        return {s for text in texts for s in (*self.known, self.company) if s in text}

    def _field(self, name: str, value: Any, inside: str) -> Any:
        low = name.lower()
        if not isinstance(value, str):
            return self.value(value, low)
        if low in _SECRETS and not (low == "code" and self._is_no_secret(value)):
            return FILTERED
        if low in _COMPANY_IDS:
            return PLACEHOLDER[self.system]
        personal = low in _PERSONAL or (low in _NAMES and inside in _HAVE_NAMES)
        if personal and value and self.prefix not in value:
            return FILTERED
        return self.text(value)

    def _is_no_secret(self, value: str) -> bool:
        """A fault's code, an account's, a currency's: short. Codes of logins are long."""
        return len(value) <= 12

    def _of_another(self, value: Any) -> bool:
        """An organization of the same login that is not this one."""
        told = value.get("organization_id") if isinstance(value, dict) else None
        return told is not None and str(told) not in (self.company, PLACEHOLDER[self.system])
