"""Starts, watches and stops what Tieout needs on one machine; knows neither product nor sandbox.

What is started is declared in `pyproject.toml` under `[tool.supervisor]`: PostgreSQL, one-off
steps, processes and Airflow's pools. `python -m supervisor --help` lists the commands.
"""
