"""What `tools.bench.funds` measures: each module has `async def run(home, table)`."""
