-- What a program of schema 0005 writes that older ones could not: a refused delivery, what the last
-- comparison showed, and a person's answer.
INSERT INTO delivery (id, body) VALUES
  (1, CAST('{"day":"2026-11-20","at":"2026-11-20T11:00:00+00:00","source":"ledger.json","as_of":"2026-11-19","accepted":false,"problems":[{"where":"ledger.json","what":"has no loans; the last snapshot had 3.","fix":"Export again from the app. Nothing was planned."}]}' AS BLOB));
INSERT INTO comparison (books, body) VALUES
  (1, CAST('{"at":"2026-11-20T11:30:00+00:00","day":"2026-11-20","stop":null,"planned_through":1,"items":[{"kind":"foreign","currency":"COP","amount":"-180000.00","reference":"1037","external_id":"7001","document":"invoice","field":"","ledger":"","books":"180000.00","cause":"books.by_hand_on_borrower","action":"say_what_it_is","detail":"","subject":"","loan":"","file":"","row":0,"count":1}],"versions":{}}' AS BLOB));
INSERT INTO answer (task, at, who, note, body) VALUES
  ('1f0c44a9', '2026-11-20T12:00:00+00:00', 'ana', 'a sale of her own shop', CAST('{"code":"books.by_hand_on_borrower","action":"say_what_it_is","system":"quickbooks","subject":"1037","external_id":"7001","currency":"COP","amount":"-180000.00","where":{"file":"","row":0},"detail":"","loan":"","count":1,"behind":0,"behind_amounts":{},"answerable":true}' AS BLOB));
