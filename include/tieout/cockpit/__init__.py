"""Pages and API inside Airflow's server."""
