"""What the books told of a document, and what they tell of it later."""

from __future__ import annotations

from msgspec.structs import replace

from bridge.core.books import Status
from bridge.core.delivery import Binding
from bridge.store import Store
from tests.store.rows import BOOKS, invoice, posted


def test_a_document_of_ours_stays_known_as_ours_whatever_is_read_of_it_again(store: Store) -> None:
    document = invoice("DY7F3A-L1")
    told = posted(document.kind, "77", number="M-1", total=document.total, currency="COP")
    bound = Binding(
        reference=document.reference,
        external_id="77",
        version=told.version,
        generation=1,
        document=document,
        posted=told,
    )
    with store.begin() as work:
        work.bindings.put(BOOKS, bound)
        work.mirror.put(BOOKS, [told])
        work.strangers.recognise(BOOKS)
        assert list(work.strangers.of_total(BOOKS, told.kind, told.total)) == []
        work.mirror.put(BOOKS, [replace(told, version="2")])
        assert list(work.strangers.of_total(BOOKS, told.kind, told.total)) == []
        work.mirror.set_status(BOOKS, told.kind, "77", Status.LIVE)
        assert list(work.strangers.of_total(BOOKS, told.kind, told.total)) == []
