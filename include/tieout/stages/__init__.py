"""The eight verbs, pure: frames and tables in, frames and findings out."""
