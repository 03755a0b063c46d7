"""The official files as they are downloaded: IPA, ISTAT, POSAS, the Interior Ministry.

Each reader turns one published format into the values of ``values``; nothing is decided here.
"""
