"""What `compare` consists of: the peers, what is done with them, and how that is told."""
