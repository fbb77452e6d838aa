"""What the services say of themselves: fetched, made into the route table and into one document."""
