"""The main pages on a phone, as Lighthouse judges them."""
