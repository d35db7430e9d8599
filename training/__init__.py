"""The ground floor: people, places, programmes, activities, the progress ledger and the reports."""
