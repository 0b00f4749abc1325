"""The column map: what is shipped is right, and what is wrong in an edit is told."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from bridge.core.ledger import Loan
from bridge.report.details import english
from bridge.source.deudores.mapping import DeudoresMapping, check
from tests.source.conftest import DAY1, Read, shipped


def edited(change):
    content = copy.deepcopy(shipped())
    change(content)
    return DeudoresMapping.model_validate(content)


def test_the_shipped_map_is_without_problems(mapping):
    assert check(mapping) == []


def test_a_heading_claimed_twice_is_told():
    wrong = edited(lambda m: m["columns"]["loans"]["principal"].append("monto"))
    (problem,) = check(wrong)
    assert "[columns.loans] principal" in problem.where
    assert '"amount"' in english(problem.what)


def test_a_word_that_means_two_things_is_told():
    wrong = edited(lambda m: m["words"]["movements"]["discount"].append("PAGO"))
    (problem,) = check(wrong)
    assert '"payment"' in english(problem.what)


def test_unknown_currencies_and_locales_are_told():
    def change(content):
        content["default_currency"] = "PES"
        content["default_locale"] = "es-XX"
        content["stores"] = {"La 14": {"currency": "PESOS"}}

    assert len(check(edited(change))) == 3


def test_an_unknown_key_is_an_error():
    with pytest.raises(ValidationError):
        edited(lambda m: m["columns"]["loans"].update(gps=["GPS"]))


def test_cancelado_means_what_the_lender_says(csv_file):
    text = "ID deuda;ID deudor;Monto;Fecha;Estado\n1;1;5.000;01/02/2026;Cancelado\n"
    paid = Read(csv_file(text)).one(Loan, "1")
    assert (paid.reported_state, paid.reported_paid, paid.annulled) == ("paid", True, False)
    gone = Read(csv_file(text), cancelado="annulled").one(Loan, "1")
    assert (gone.reported_state, gone.annulled) == ("annulled", True)


def test_a_new_heading_is_one_word_in_the_map(csv_file):
    text = "ID deuda;ID deudor;Plata;Fecha\n1;1;5.000;01/02/2026\n"
    columns = copy.deepcopy(shipped()["columns"])
    columns["loans"]["amount"].append("Plata")
    assert Read(csv_file(text), columns=columns).one(Loan, "1").gross == 5000


def test_stores_of_the_map_give_their_currency_to_debts_without_one():
    stores = {"Tienda La Esquina": {"currency": "USD"}}
    for form in ("json", "csv", "xlsx"):
        loan = Read(DAY1, form, stores=stores).one(Loan, "4")
        assert loan.currency == "USD"


def test_rounding_can_be_left_to_a_person():
    from bridge.core.ledger import Repayment

    row = Read(DAY1, "csv", rounding="hold").one(Repayment, "1131")
    assert "amount.unreadable" in {note.code for note in row.notes}


def test_a_map_from_before_words_of_currencies_and_visits_knows_the_shipped_ones():
    content = shipped()
    del content["words"]["currencies"], content["words"]["visits"]
    del content["columns"]["movements"]["currency"], content["date_order"]
    assert DeudoresMapping.model_validate(content) == DeudoresMapping.model_validate(shipped())


def test_a_word_of_a_currency_stands_under_its_code():
    content = shipped()
    content["words"]["currencies"]["pesos"] = ["pesos"]
    problems = check(DeudoresMapping.model_validate(content))
    assert [problem.where for problem in problems] == [
        "mappings/deudores.toml, [words.currencies] pesos"
    ]
