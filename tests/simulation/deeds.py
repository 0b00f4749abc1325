"""What people in the field do to the ledger, one function for each, and how often."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from tests.simulation.ledger import (
    ANNULLED,
    CHARGES,
    Deed,
    FieldLedger,
    day_of,
    loans,
    payments,
    some,
)

TERMS = ((None, None), (6, "MONTHLY"), (8, "WEEKLY"), (20, "DAILY"))
"""How many instalments, how often."""


def lend(ledger: FieldLedger, chance: random.Random) -> str:
    known = list(ledger.debtors)
    new = not known or chance.random() < 0.6
    debtor = ledger.borrow(chance) if new else chance.choice(known)
    currency = chance.choices(("COP", "MXN", "USD"), (78, 20, 2))[0]
    if ledger.whole and chance.random() < 0.5:
        currency = ledger.whole
    fiado = chance.random() < 0.35
    principal = Decimal(chance.randrange(50, 900) * (1000 if currency == "COP" else 10))
    amount = principal if fiado else principal * 6 / 5
    number = ledger.number("debt")
    times, often = (None, None) if fiado else chance.choice(TERMS)
    late = chance.choices((0, 3, 20), (80, 15, 5))[0]
    start = ledger.today - timedelta(days=late)
    ledger.debts[number] = {
        "debt_id": number, "debtor_id": debtor, "kind": "fiado" if fiado else "loan",
        "amount": amount, "remaining": amount, "is_paid": False, "currency": currency,
        "created_on": start.isoformat(),
        "due_on": None if fiado else (start + timedelta(days=180)).isoformat(),
        "principal": None if fiado else principal, "interest_pct": None if fiado else 20,
        "status": "OPEN", "instalments": times, "frequency": often,
    }  # fmt: skip
    return f"debt {number} of {amount} {currency} to debtor {debtor}"


def grow_old(ledger: FieldLedger, chance: random.Random) -> str:
    """A loan of long before, with what was paid and charged since."""
    young = [number for number in loans(ledger) if not ledger.of(number)]
    if not young:
        return ""
    number = chance.choice(young)
    debt = ledger.debts[number]
    age = chance.randrange(20, 120)
    for field in ("created_on", "due_on"):
        if debt[field]:
            debt[field] = (date.fromisoformat(debt[field]) - timedelta(days=age)).isoformat()
    kinds = chance.choices(("PAYMENT", "LATE_FEE", "INCREASE", "DISCOUNT"), (6, 1, 1, 1), k=3)
    for kind in kinds[: chance.randrange(4)]:
        start = date.fromisoformat(debt["created_on"])
        day = start + timedelta(days=chance.randrange(age))
        ledger.move(number, kind, some(chance, debt["currency"]), day)
    return f"debt {number} is {age} days older, with {len(ledger.of(number))} movements"


def pay(ledger: FieldLedger, chance: random.Random) -> str:
    debts = loans(ledger, open_only=True) or loans(ledger)
    if not debts:
        return ""
    debt = chance.choice(debts)
    amount = some(chance, ledger.debts[debt]["currency"])
    method = chance.choice(("CASH", "TRANSFER", "NEQUI", ""))
    day = day_of(ledger, chance, debt)
    row = ledger.move(debt, "PAYMENT", amount, day, method=method)
    return f"payment {row['movement_id']} of {amount} on debt {debt} of {day}"


def pay_off(ledger: FieldLedger, chance: random.Random) -> str:
    """All that is owed, sometimes a little more."""
    debts = loans(ledger, open_only=True)
    if not debts:
        return ""
    debt = chance.choice(debts)
    amount = ledger.balance(debt) + (chance.choice((500, 2000)) if chance.random() < 0.35 else 0)
    row = ledger.move(debt, "PAYMENT", amount, ledger.today)
    return f"payment {row['movement_id']} pays debt {debt} off with {amount}"


def charge(ledger: FieldLedger, chance: random.Random) -> str:
    debts = loans(ledger)
    if not debts:
        return ""
    debt = chance.choice(debts)
    kind = chance.choice(CHARGES)
    amount = some(chance, ledger.debts[debt]["currency"])
    row = ledger.move(debt, kind, amount, day_of(ledger, chance, debt))
    return f"{kind} {row['movement_id']} of {amount} on debt {debt}"


def forgive(ledger: FieldLedger, chance: random.Random) -> str:
    """A discount, or something written off: all of the rest, part of it, or too much."""
    debts = loans(ledger, open_only=True)
    if not debts:
        return ""
    debt = chance.choice(debts)
    whole = chance.random() < 0.3
    most = ledger.balance(debt)
    amount = most if whole else min(some(chance, ledger.debts[debt]["currency"], 20), most)
    kind = "WRITE_OFF" if whole else chance.choice(("DISCOUNT", "WRITE_OFF"))
    if whole and chance.random() < 0.2:
        amount += 500
    row = ledger.move(debt, kind, amount, ledger.today)
    return f"{kind} {row['movement_id']} of {amount} on debt {debt}"


def recover(ledger: FieldLedger, chance: random.Random) -> str:
    """Money on a loan of which something was written off: little, or more than that; sometimes of
    before."""
    lost = sorted({m["debt_id"] for m in ledger.movements.values() if m["type"] == "WRITE_OFF"})
    lost = [debt for debt in lost if debt in loans(ledger)]
    if not lost:
        return ""
    debt = chance.choice(lost)
    gone = sum(m["amount"] for m in ledger.of(debt) if m["type"] == "WRITE_OFF")
    few = some(chance, ledger.debts[debt]["currency"], 10)
    amount = chance.choice((few, few, max(ledger.balance(debt), Decimal(0)) + gone + 500))
    row = ledger.move(debt, "PAYMENT", amount, day_of(ledger, chance, debt))
    return f"recovery {row['movement_id']} of {amount} on debt {debt}"


def reverse(ledger: FieldLedger, chance: random.Random) -> str:
    """A payment taken back by a row of its own; sometimes it names no payment, or a wrong sum."""
    paid = [row for row in payments(ledger) if row["amount"] > 0]
    if not paid:
        return ""
    target = chance.choice(paid)
    amount, names = target["amount"], {"reverses": target["movement_id"]}
    if chance.random() < 0.15:
        amount, names = amount + 500, {} if chance.random() < 0.5 else names
    row = ledger.move(target["debt_id"], "REVERSAL", amount, ledger.today, **names)
    return f"reversal {row['movement_id']} of payment {target['movement_id']}"


def give_back(ledger: FieldLedger, chance: random.Random) -> str:
    """Money handed back to the borrower."""
    debts = loans(ledger)
    if not debts:
        return ""
    debt = chance.choice(debts)
    amount = some(chance, ledger.debts[debt]["currency"], 10)
    row = ledger.move(debt, "REFUND", amount, ledger.today)
    return f"refund {row['movement_id']} of {amount} on debt {debt}"


def edit_payment(ledger: FieldLedger, chance: random.Random) -> str:
    paid = payments(ledger)
    if not paid:
        return ""
    row = chance.choice(paid)
    ledger.remember(row["debt_id"])
    field = chance.choices(("amount", "date", "method", "concept"), (5, 3, 2, 1))[0]
    if field == "amount":
        row["amount"] = some(chance, ledger.debts[row["debt_id"]]["currency"])
    elif field == "date":
        row["date"] = day_of(ledger, chance, row["debt_id"]).isoformat()
    else:
        row[field] = chance.choice(("CASH", "NEQUI")) if field == "method" else "nota"
    return f"{field} of payment {row['movement_id']} is now {row[field]}"


def take_out(ledger: FieldLedger, chance: random.Random) -> str:
    """A payment, discount or charge deleted from the app."""
    rows = list(ledger.movements.values())
    if not rows:
        return ""
    row = chance.choice(rows)
    ledger.remember(row["debt_id"])
    del ledger.movements[row["movement_id"]]
    ledger.gone.append(row)
    if row["type"] in CHARGES:
        ledger.debts[row["debt_id"]]["amount"] -= row["amount"]
    return f"{row['type']} {row['movement_id']} is deleted"


def bring_back(ledger: FieldLedger, chance: random.Random) -> str:
    """A deleted row that comes back as it was, from a backup of the phone."""
    back = [row for row in ledger.gone if row["debt_id"] in ledger.debts]
    back = [row for row in back if row["movement_id"] not in ledger.movements]
    if not back:
        return ""
    row = chance.choice(back)
    ledger.movements[row["movement_id"]] = row
    if row["type"] in CHARGES:
        ledger.debts[row["debt_id"]]["amount"] += row["amount"]
    return f"{row['type']} {row['movement_id']} is back"


def edit_debt(ledger: FieldLedger, chance: random.Random) -> str:
    """The amount, the due date or the note of a debt, paid or not."""
    debts = loans(ledger)
    if not debts:
        return ""
    debt = ledger.debts[chance.choice(debts)]
    field = chance.choices(("amount", "due_on", "concept"), (5, 3, 2))[0]
    if field == "amount":
        debt["amount"] += some(chance, debt["currency"], 20)
    elif field == "due_on":
        start = date.fromisoformat(debt["created_on"])
        debt["due_on"] = (start + timedelta(days=chance.randrange(10, 300))).isoformat()
    else:
        debt["concept"] = "mercancía"
    return f"{field} of debt {debt['debt_id']} is now {debt[field]}"


def delete_debt(ledger: FieldLedger, chance: random.Random) -> str:
    debts = loans(ledger)
    if len(debts) < 3:
        return ""
    debt = chance.choice(debts)
    del ledger.debts[debt]
    gone = [row["movement_id"] for row in ledger.of(debt)]
    for number in gone:
        del ledger.movements[number]
    return f"debt {debt} is deleted with {len(gone)} movements"


def annul(ledger: FieldLedger, chance: random.Random) -> str:
    """A loan that never was; sometimes it was after all."""
    if not ledger.debts:
        return ""
    debt = ledger.debts[chance.choice(list(ledger.debts))]
    debt["status"] = "OPEN" if debt["status"] == ANNULLED else ANNULLED
    return f"debt {debt['debt_id']} is {debt['status']}"


def change_currency(ledger: FieldLedger, chance: random.Random) -> str:
    """Written down in the wrong currency, or in none that exists."""
    debts = loans(ledger)
    if not debts:
        return ""
    debt = ledger.debts[chance.choice(debts)]
    others = [c for c in ("COP", "MXN", "PESOS") if c != debt["currency"]]
    debt["currency"] = chance.choice(others)
    return f"debt {debt['debt_id']} is in {debt['currency']}"


def move_debt(ledger: FieldLedger, chance: random.Random) -> str:
    """A loan that belongs to somebody else."""
    debts = loans(ledger)
    if not debts or len(ledger.debtors) < 2:
        return ""
    debt = ledger.debts[chance.choice(debts)]
    debt["debtor_id"] = chance.choice([d for d in ledger.debtors if d != debt["debtor_id"]])
    return f"debt {debt['debt_id']} is of debtor {debt['debtor_id']}"


def move_payment(ledger: FieldLedger, chance: random.Random) -> str:
    paid = payments(ledger)
    if not paid or len(loans(ledger)) < 2:
        return ""
    row = chance.choice(paid)
    ledger.place(row, chance.choice([d for d in loans(ledger) if d != row["debt_id"]]))
    return f"payment {row['movement_id']} is of debt {row['debt_id']}"


def rename(ledger: FieldLedger, chance: random.Random) -> str:
    """A borrower with another name: a correction, or by now the same as somebody else's."""
    if not ledger.debtors:
        return ""
    debtor = ledger.debtors[chance.choice(list(ledger.debtors))]
    taken = [d["name"] for d in ledger.debtors.values() if d is not debtor]
    homonym = bool(taken) and chance.random() < 0.4
    debtor["name"] = chance.choice(taken) if homonym else f"{debtor['name']} {chance.choice('AB')}"
    ledger.names.add(debtor["name"])
    return f"debtor {debtor['debtor_id']} is {'a homonym' if homonym else 'renamed'}"


def merge(ledger: FieldLedger, chance: random.Random) -> str:
    """Two borrowers who were one."""
    if len(ledger.debtors) < 3:
        return ""
    lost, kept = chance.sample(list(ledger.debtors), 2)
    for debt in ledger.debts.values():
        if debt["debtor_id"] == lost:
            debt["debtor_id"] = kept
    del ledger.debtors[lost]
    return f"debtor {lost} is debtor {kept}"


def split(ledger: FieldLedger, chance: random.Random) -> str:
    """One borrower who was two, of the same name."""
    if not ledger.debts:
        return ""
    debt = ledger.debts[chance.choice(list(ledger.debts))]
    if debt["debtor_id"] not in ledger.debtors:
        return ""
    made = ledger.borrow(chance, ledger.debtors[debt["debtor_id"]]["name"])
    debt["debtor_id"] = made
    return f"debt {debt['debt_id']} is of a second one, debtor {made}"


def misenter(ledger: FieldLedger, chance: random.Random) -> str:
    """A row that makes no sense: no money, negative money."""
    debts = loans(ledger)
    if not debts:
        return ""
    debt = chance.choice(debts)
    amount = chance.choice((Decimal(0), -some(chance, ledger.debts[debt]["currency"])))
    row = ledger.move(debt, "PAYMENT", amount, ledger.today)
    return f"payment {row['movement_id']} of {amount} on debt {debt}"


DEEDS: dict[Deed, float] = {
    lend: 8,
    pay: 30,
    pay_off: 4,
    charge: 6,
    forgive: 5,
    recover: 3,
    reverse: 4,
    give_back: 1,
    edit_payment: 9,
    take_out: 5,
    bring_back: 3,
    edit_debt: 5,
    delete_debt: 2,
    annul: 2,
    change_currency: 1,
    move_debt: 3,
    move_payment: 3,
    rename: 3,
    merge: 1,
    split: 1,
    misenter: 1,
}
