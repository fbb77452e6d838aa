"""What funds knows of households: where they are, their poverty status, whether they are certified."""
