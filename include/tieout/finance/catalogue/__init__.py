"""The texts of findings and exceptions, by the part of the chain that tells them."""
