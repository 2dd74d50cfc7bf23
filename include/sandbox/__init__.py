"""The vendors' twins and a generated company: everything that Tieout talks to, on one machine.

The twins are written from the vendors' published behaviour and know nothing of the product.
"""
