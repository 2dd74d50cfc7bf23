"""Published exchange rates."""

from tieout.adapters.rates.ecb import EcbRates, Leg, Quote

__all__ = ["EcbRates", "Leg", "Quote"]
