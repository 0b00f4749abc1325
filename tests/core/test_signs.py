"""Signs that a product refuses leave memos and descriptions as they leave names."""

from __future__ import annotations

import msgspec
import pytest

from bridge.core.books import Invoice, PostedDocument, PostedLine
from bridge.core.change.matching import differences
from bridge.core.change.remapping import remapped
from bridge.core.mapping.naming import customer
from bridge.core.mapping.templates import render
from bridge.core.signs import in_basic, kept
from tests.core.builders import Shelf, booking, file, loan


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Pago parcial", "Pago parcial"),
        ("Año nuevo, 1° cuota ^ «ok» – “sí” ’", "Año nuevo, 1° cuota ^ «ok» – “sí” ’"),
        ("Łódź Γειά Привет 日本 العربية", "Łódź Γειά Привет 日本 العربية"),
        ("Pago 🎉", "Pago"),
        ("🎉 Pago", "Pago"),
        ("☕ tinto ❤\ufe0f", "tinto"),
        ("𝐏𝐚𝐠𝐨 № 7 ℃", "Pago No 7 °C"),
        ("cuota\n2\tde\r\n3", "cuota 2 de  3"),
        ("a\u200bb\u202ec\ue000d\x00e", "abcde"),
        ("media \ud83d", "media"),
        ("Jose\u0301", "José"),
        ("\uffdc \uffee \U00010000", "\uffdc"),
        ("\U00020000 raro", "raro"),
        ("🎉", ""),
        (" ñ", " ñ"),
        ("uno\ufe00 dos\ufe01 tres\ufe0e cuatro\ufe0f", "uno dos tres cuatro"),
        ("\ufdfc \ufe10", "\ufdfc \ufe10"),
    ],
)
def test_what_is_left_of_a_text(written: str, left: str) -> None:
    assert kept(written) == left
    assert kept(left) == left


@pytest.mark.parametrize(
    ("written", "plain"),
    [("", ""), ("Ana", "Ana"), ("𝓐𝓷𝓪 №", "Ana №"), ("\uffdc𝐀", "\uffdcA"), ("Ana 🎉", "Ana 🎉")],
)
def test_only_letters_above_the_basic_ones_get_their_plain_form(written: str, plain: str) -> None:
    assert in_basic(written) == plain


def test_a_template_says_its_own_words_where_nothing_is_left_of_a_field() -> None:
    assert render("💰 {concept|default:Fiado} {loan}", {"concept": "🎉", "loan": "7"}) == "Fiado 7"
    assert render("{concept|cut:2}", {"concept": "🎉ab"}) == "ab"


def _of(name: str):
    made = file(loan())
    assert made.borrower is not None
    return msgspec.structs.replace(made, borrower=msgspec.structs.replace(made.borrower, name=name))


@pytest.mark.parametrize(
    ("written", "left"),
    [("Ana ❤\ufe0f", "Ana"), ("𝓐𝓷𝓪 Ruiz", "Ana Ruiz"), ("Ana \U00020000", "Ana")],
)
def test_names_too_keep_nothing_above_the_basic_signs(written: str, left: str) -> None:
    of = _of(written)
    assert of.borrower is not None
    assert customer(of, of.borrower, "COP", booking()).name == left


PICTURED = {
    "memos": {"invoice": "💰 Préstamo {reference}"},
    "internal_note": "No es factura 🎉",
}


def test_documents_carry_no_such_signs() -> None:
    shelf = Shelf(booking(**PICTURED))
    shelf.sync(file(loan()))
    texts = [
        text
        for binding in shelf.bindings.values()
        if isinstance(document := binding.document, Invoice)
        for text in (document.memo, *(line.description for line in document.lines))
    ]
    assert texts and all(text == kept(text) for text in texts)
    assert any("Préstamo" in text for text in texts)
    assert any("No es factura" in text for text in texts)


def _as_before(document: Invoice) -> Invoice:
    """As an earlier version posted it."""
    lines = tuple(
        msgspec.structs.replace(line, description=f"{line.description} 🎉")
        for line in document.lines
    )
    return msgspec.structs.replace(document, memo=f"💰 {document.memo}", lines=lines)


def test_what_was_posted_with_them_is_as_the_mapping_wants_it() -> None:
    shelf = Shelf(booking(**PICTURED))
    of = file(loan())
    shelf.sync(of)
    shelf.bindings = {
        name: msgspec.structs.replace(binding, document=_as_before(binding.document))
        if isinstance(binding.document, Invoice)
        else binding
        for name, binding in shelf.bindings.items()
    }
    assert list(remapped(of, shelf.booking, shelf.live())) == []
    shelf.booking = booking(**PICTURED | {"internal_note": "Otra nota 🎉"})
    (found,) = remapped(of, shelf.booking, shelf.live())
    assert isinstance(found.now, Invoice)
    assert found.now.lines[0].description.endswith("Otra nota")


def test_a_text_in_the_books_differs_by_its_words_alone() -> None:
    shelf = Shelf(booking())
    shelf.sync(file(loan()))
    (document,) = (b.document for b in shelf.live() if isinstance(b.document, Invoice))
    links = {document.customer: "1"}

    def fields(memo: str, description: str) -> list[str]:
        lines = tuple(
            PostedLine(amount=line.amount, item=line.item, description=description)
            for line in document.lines
        )
        posted = PostedDocument(
            kind=document.kind,
            external_id="9",
            version="1",
            number=document.reference,
            customer_id="1",
            day=document.day,
            due=document.due,
            currency=document.currency,
            total=document.total,
            open=document.total,
            memo=memo,
            lines=lines,
        )
        told = msgspec.structs.replace(
            document,
            memo="Pago",
            lines=tuple(msgspec.structs.replace(n, description="Uno") for n in document.lines),
        )
        found = differences(told, posted, links, descriptions=True, memo=True)
        return sorted(difference.field for difference in found)

    assert fields("Pago", "Uno") == []
    assert fields("💰 Pago", "Uno 🎉") == []
    assert fields("💰 Abono", "Dos 🎉") == ["lines", "memo"]
