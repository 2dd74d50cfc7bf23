-- name: insert_journal_line(external_id, line_number, account, cost_center, project, component_class, amount_minor, description, people_count, functional_minor, tax_code, tax_base_minor)!
-- One line; debit positive.
-- used by: workflows/journal_store.py
INSERT INTO journal_line (
    external_id, line_number, account, cost_center, project, component_class,
    amount_minor, description, people_count, functional_minor, tax_code, tax_base_minor
)
VALUES (
    :external_id, :line_number, :account, :cost_center, :project, :component_class,
    :amount_minor, :description, :people_count, :functional_minor, :tax_code, :tax_base_minor
);
