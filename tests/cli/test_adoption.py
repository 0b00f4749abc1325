"""`drift adopt`: a list of look-alikes that a person fills in with a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cli.small_lender import small_ledger

NUMBER = "DY7F3A-L84"


def entered(lender, name):
    """Loan 84 as somebody typed it in before go-live, for a customer of that name."""
    debt = next(d for d in small_ledger()["debts"] if d["debt_id"] == 84)
    edit = f"{lender.system}/edit"
    lender.control(edit, action="add", kind="customer", name=name)
    lender.control(
        edit, action="add", kind="invoice", number="17", customer=name,
        date=debt["created_on"], due=debt["due_on"], amount=str(debt["amount"]),
    )  # fmt: skip
    return name


@pytest.fixture
def borrower():
    ledger = small_ledger()
    debt = next(d for d in ledger["debts"] if d["debt_id"] == 84)
    return next(d["name"] for d in ledger["debtors"] if d["debtor_id"] == debt["debtor_id"])


@pytest.fixture
def met(lender, borrower):
    entered(lender, borrower)
    return lender


def sheet(lender):
    content = (lender.folder / "list.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def save(lender, rows, encoding="cp1252", delimiter=";"):
    """As a spreadsheet saves it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    (lender.folder / "list.csv").write_bytes(text.getvalue().encode(encoding, errors="replace"))


def test_a_list_is_proposed_filled_in_and_taken_in(met, borrower):
    files = met.files()
    code, out, _ = met.run("drift", "adopt", "--propose", "list.csv")
    assert (code, met.files()) == (0, files)
    assert "drift adopt --from list.csv" in out
    header, row = sheet(met)
    assert (header[0], header[-1]) == ("sistema", "decisión")
    assert {NUMBER, borrower, "17", "720000.00"} <= set(row)
    row[-1] = "Sí"
    save(met, [header, row])
    assert met.json("drift", "adopt", "--from", "list.csv", "--dry-run")["adopted"]
    assert met.files() == files
    (done,) = met.json("drift", "adopt", "--from", "list.csv")["adopted"]
    assert done["reference"] == NUMBER
    assert met.json("sync")["verdict"] == "clean"
    assert met.json("drift", "adopt", "--from", "list.csv")["known"] == 1
    assert met.json("reconcile")["systems"][met.system]["agree"]
    posted = {row["reference"] for row in met.json("export")["documents"]}
    assert NUMBER in posted


def test_columns_may_be_moved_and_saved_with_commas_in_another_language(met):
    met.run("drift", "adopt", "--propose", "list.csv")
    header, row = sheet(met)
    names = ["id", "decision", "reference", "loan", "system"]
    at = [header.index(n) for n in ("id", "decisión", "referencia", "préstamo", "sistema")]
    cells = [row[place] for place in at]
    cells[1] = "n"
    save(met, [names, [], cells], encoding="utf-8", delimiter=",")
    (done,) = met.json("drift", "adopt", "--from", "list.csv")["different"]
    assert done["reference"] == NUMBER


def test_every_mistake_in_it_is_told_by_row_and_nothing_is_done(met):
    met.run("drift", "adopt", "--propose", "list.csv")
    header, row = sheet(met)
    id_at, decision = header.index("id"), header.index("decisión")
    perhaps, nameless = [*row], [*row]
    perhaps[decision], nameless[decision], nameless[id_at] = "tal vez", "sí", ""
    save(met, [header, perhaps, nameless])
    files = met.files()
    code, _, err = met.run("drift", "adopt", "--from", "list.csv")
    assert (code, met.files()) == (2, files)
    assert 'list.csv, row 2: decision: "tal vez" is neither yes nor no.' in err
    assert "list.csv, row 3: id is empty." in err


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "is empty"), (b"a;b\n1;2\n", "has no column"), (b"\xff\x00;\x80", "has no column")],
)
def test_a_file_that_is_no_list_is_told(met, content, word):
    (met.folder / "list.csv").write_bytes(content)
    code, _, err = met.run("drift", "adopt", "--from", "list.csv")
    assert code == 2
    assert word in err
    assert "Traceback" not in err


def test_a_name_that_begins_like_a_formula_is_text(lender, borrower):
    ledger = small_ledger()
    for debtor in ledger["debtors"]:
        if debtor["name"] == borrower:
            debtor["name"] = "=HYPERLINK(1)"
    lender.deliver(ledger)
    entered(lender, "=HYPERLINK(1)")
    lender.run("drift", "adopt", "--propose", "list.csv")
    _, row = sheet(lender)
    assert "'=HYPERLINK(1)" in row
    assert "=HYPERLINK(1)" not in row


def test_one_pair_by_name_and_nothing_that_makes_no_sense(met):
    assert met.run("sync")[0] == 1  # whether it is the same is a person's to say
    (held,) = [i for i in met.json("reconcile", code=1)["systems"][met.system]["items"]
               if i["cause"] == "books.lookalike"]  # fmt: skip
    assert met.run("drift", "adopt")[0] == 2
    assert met.run("drift", "adopt", NUMBER)[0] == 2
    assert met.run("drift", "adopt", NUMBER, "12345")[0] == 2
    told = met.json("drift", "adopt", NUMBER, held["detail"].split()[0])
    assert told["adopted"][0]["reference"] == NUMBER


def test_a_list_is_not_written_over_a_file(met):
    (met.folder / "list.csv").write_text("mine")
    assert met.run("drift", "adopt", "--propose", "list.csv")[0] == 2
    assert (met.folder / "list.csv").read_text() == "mine"
