"""The chart of accounts: what each account is, and in which currency it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

CLASSES = ("asset", "liability", "equity", "income", "expense")


@dataclass(slots=True)
class Account:
    """One account. `type` is the vendor's word for it, `group` one of five classes."""

    id: str
    name: str
    type: str
    group: str
    currency: str
    number: str = ""
    active: bool = True


@dataclass(slots=True)
class Chart:
    """All accounts of a company by id."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def add(self, account: Account) -> Account:
        assert account.group in CLASSES, f"not a class of account: {account.group}"
        self.accounts[account.id] = account
        return account

    def __getitem__(self, account_id: str) -> Account:
        return self.accounts[account_id]

    def __contains__(self, account_id: object) -> bool:
        return account_id in self.accounts
