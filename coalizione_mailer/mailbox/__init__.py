"""What comes back: PEC receipts (RFC 6109), delivery status notifications (RFC 3464), replies.

``reading`` has the values; each other module reads one kind of message, bytes in, values out.
"""
