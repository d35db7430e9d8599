"""Photos of holders: put by themselves or by their base, printed on their certificates, shown at verification."""
