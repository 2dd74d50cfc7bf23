"""Row contracts and batch expectations of the canonical objects, versioned. Pure."""
