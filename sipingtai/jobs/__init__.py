"""Periodic and queued work (定时): thin. What is to be done when stands in `schedule.py`; the doing is the loop's."""
