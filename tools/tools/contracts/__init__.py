"""What the services promise each other and their callers, written out from the code into `contracts/`."""
