"""What else does the job: written from the rules alone, sharing no code with the product."""
