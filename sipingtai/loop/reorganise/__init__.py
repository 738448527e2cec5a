"""架构调整: every open case goes to whoever takes over, one by one, through the door."""
