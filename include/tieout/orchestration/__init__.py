"""Airflow-facing: task groups, the approval operator, callbacks."""
