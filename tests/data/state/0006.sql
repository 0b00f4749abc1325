-- What a program of schema 0006 writes that older ones could not: what a person said of a row without
-- a number of its own.
INSERT INTO likeness (installation, kind, new_id, old_id, answer, task, at, who) VALUES
  (1, 'loan', 'W7HZ0Q4M2K', 'W1B9TXC5RD', 'same', '5d20be61', '2026-11-20T12:10:00+00:00', 'ana');
