-- name: insert_payroll_center(unit_key, entity, provider, cost_center_code, currency, debit_minor, people_count)!
-- What a run's cost center costs, and how many people stand behind it.
-- used by: workflows/payroll_people.py
INSERT INTO payroll_center (
    unit_key, entity, provider, cost_center_code, currency, debit_minor, people_count
)
VALUES (:unit_key, :entity, :provider, :cost_center_code, :currency, :debit_minor, :people_count);
