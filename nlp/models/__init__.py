"""Optional models: an encoder, any transformers classifier, an LLM. Nothing here runs by default."""
