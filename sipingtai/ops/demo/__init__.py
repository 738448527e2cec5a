"""The demo (演示): made-up matters taken through the real loop, and accounts to look at them with."""
