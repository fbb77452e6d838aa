"""The demo: loads a year's survey through the API, certifies some households, tells the story."""
