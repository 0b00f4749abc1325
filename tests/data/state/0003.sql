-- What the program wrote into the table that schema 0003 added: calls by day.
INSERT INTO call_day (books, day, total, metered, throttled) VALUES
  (1, '2026-11-20', 31, 9, 1);
INSERT INTO call_day (books, day, total, metered, throttled) VALUES
  (1, '2026-11-21', 12, 4, 0);
