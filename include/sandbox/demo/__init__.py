"""The demonstration: a month-end close, played by the finance people through the public APIs.

It knows no inside of the product: Airflow's REST API, the cockpit's API, and the control API of
the vendors' twins for what the outside world does.
"""
