"""From the door to the service that owns the address, and back, as a stream."""
