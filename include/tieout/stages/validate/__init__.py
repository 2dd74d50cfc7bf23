"""validate: typed rows, row contracts, expectations on totals."""
