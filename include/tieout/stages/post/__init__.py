"""post: whether a journal may be sent now, and what an answer means."""
