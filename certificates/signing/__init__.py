"""Signatures: keys, the signature in a document, the code in its QR, the list of standings, and examining a file."""
