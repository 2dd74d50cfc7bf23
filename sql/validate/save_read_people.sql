-- name: save_read_people(sha256, headcount, net_pay_minor)!
-- How many people the rows of a document pay and how much; NULL where they don't tell.
-- used by: workflows/validate.py
UPDATE document_control
SET read_headcount = :headcount, read_net_pay_minor = :net_pay_minor
WHERE sha256 = :sha256;
