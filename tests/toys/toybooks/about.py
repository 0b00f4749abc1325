"""The toy's books, before anything is asked of them."""

from __future__ import annotations

from bridge.systems.about import About

ABOUT = About(
    adapter="toybooks.adapter:ToyBooks",
    product="Toy Books",
    base_url="https://books.toy.example",
    token_url="https://login.toy.example/token",
    authorize_url="https://login.toy.example/authorize",
    company={"es": "número, solo cifras", "en": "number, digits only", "pt": "só algarismos"},
    company_where="on the box",
    company_example="777000",
    client_example="toyxxxxxx",
    portal="apps.toy.example",
)
