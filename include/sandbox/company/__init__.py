"""The generated demonstration company: people, ledger, pay and expenses of one month, by a seed.

Every amount here is an integer of minor units of its currency; every date is real. The same seed
gives the same company to the byte. Nothing is read from the product or its configuration.
"""
