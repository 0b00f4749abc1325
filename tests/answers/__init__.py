"""The table of answers: every call that a pass makes, answered in every hostile way.

A cell of it is one call of one system and one answer. A small lender's life is brought to the
point where the call is made; the answer strikes it, once or for the whole pass; then the books
answer truly again, days go by, a person does what is asked of a person, and the books must be
what they are in a life in which nothing happened. `python -m tests.answers` prints the table.
"""
