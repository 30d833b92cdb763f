"""The demo's texts as they were written, with slots for prices, and what turns them into documents."""
