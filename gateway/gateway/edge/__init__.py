"""The door itself: which requests are HTTP that every parser reads alike."""
