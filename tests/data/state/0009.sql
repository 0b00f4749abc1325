-- What a program of schema 0009 writes that older ones could not: whose document a write is about.
UPDATE outbox SET customer = 'DY7F3A-D1' WHERE id = (SELECT min(id) FROM outbox WHERE kind = 'invoice');
