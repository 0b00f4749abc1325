-- What a program of schema 0007 writes that older ones could not: which state it is, and its passes.
INSERT INTO upkeep (name, value) VALUES ('passes', '3'), ('state', '5f0c2a7e91d4b836');
