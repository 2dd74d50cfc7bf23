"""Pages and API of the cockpit; mounted into Airflow's server, imported on the first request."""
