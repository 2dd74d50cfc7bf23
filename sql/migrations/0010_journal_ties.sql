-- How journals hang together, and what their tax and foreign lines state beside the amount.

ALTER TABLE journal
ADD COLUMN parts int NOT NULL DEFAULT 1 CHECK (parts > 0),
ADD COLUMN reverses varchar(40) REFERENCES journal (external_id),
ADD COLUMN supersedes varchar(40) REFERENCES journal (external_id),
ADD COLUMN pair text NOT NULL DEFAULT '',
ADD COLUMN rate_basis text NOT NULL DEFAULT '',
ADD COLUMN functional_currency text NOT NULL DEFAULT '',
ADD CONSTRAINT journal_kind_is_known CHECK (
    kind IN (
        'payroll', 'payroll_accrual', 'provision', 'provision_use', 'expense', 'expense_accrual',
        'employee_bill', 'company_card', 'cash_advance', 'intercompany', 'fx_difference',
        'correction'
    )
),
ADD CONSTRAINT journal_part_of_whole CHECK (parts = 1 OR part <= parts);

CREATE INDEX journal_pair ON journal (pair) WHERE pair <> '';
CREATE INDEX journal_reverses ON journal (reverses) WHERE reverses IS NOT NULL;

ALTER TABLE journal_line
ADD COLUMN functional_minor bigint,
ADD COLUMN tax_code text NOT NULL DEFAULT '',
ADD COLUMN tax_base_minor bigint;
