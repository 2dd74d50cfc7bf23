-- name: save_stated_people(sha256, headcount, net_pay_minor)!
-- How many people a document must pay and how much; NULL where it does not say.
-- used by: workflows/intake.py
UPDATE document_control
SET headcount = :headcount, net_pay_minor = :net_pay_minor
WHERE sha256 = :sha256;
