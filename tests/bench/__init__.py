"""An honest yardstick: the product and what else does its job, on the same files in one run."""
