"""Language models over the network, through LiteLLM, which is imported when the first one is asked."""
