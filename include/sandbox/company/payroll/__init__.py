"""One month of pay per country, as each bureau computes it: lines of its own components.

A line's amount is in its component's own sense: a deduction of 210.00 is 210.00, net pay is
positive. Per person: net pay = earnings + refunds - deductions - employee taxes. Employer cost,
accruals and benefits in kind stand beside and move no cash to the person.
"""
