"""What was said, and what prices did: the only code that touches the network (nlp.models aside)."""
