"""The desk (工作台), `/`: command-room clerks, platforms, offices and leaders at a screen of 1366×768."""
