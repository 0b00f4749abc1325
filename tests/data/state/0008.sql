-- What a program of schema 0008 writes that older ones could not: how long a write is tried.
INSERT INTO trial (entry, unclear, passes, since)
SELECT min(id), 4, 2, '2026-11-28T11:00:00.000000Z' FROM outbox;
